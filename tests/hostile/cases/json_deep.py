# JSON nested a hundred thousand deep.
# loses: refused
def hand_in(folder, notebook):
    (folder / "small-steps.ipynb").write_text("[" * 100_000 + "]" * 100_000)

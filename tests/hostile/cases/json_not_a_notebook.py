# JSON that is no notebook.
# loses: refused
def hand_in(folder, notebook):
    (folder / "small-steps.ipynb").write_text('["not", "a", "notebook"]')

# A folder without any notebook.
# loses: refused
def hand_in(folder, notebook):
    (folder / "notes.txt").write_text("my notebook is on my other computer")

# A symbolic link to a file outside, beside a right notebook.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps.ipynb")
    (folder / "mine.db").symlink_to("../../../gradebook.db")

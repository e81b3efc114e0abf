# The notebook under another name.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps (1) final.ipynb")

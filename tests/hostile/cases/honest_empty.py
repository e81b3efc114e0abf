# A notebook without any cell.
# loses: everything
import nbformat

def hand_in(folder, notebook):
    nbformat.write(nbformat.v4.new_notebook(), folder / "small-steps.ipynb")

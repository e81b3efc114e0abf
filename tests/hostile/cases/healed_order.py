# All cells in reverse order.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    notebook.cells = notebook.cells[::-1]
    nbformat.write(notebook, folder / "small-steps.ipynb")

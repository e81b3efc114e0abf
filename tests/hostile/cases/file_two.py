# Two different notebooks in both places where one may be.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps.ipynb")
    (folder / "small-steps").mkdir()
    notebook.cells[-1].source = "pass"
    nbformat.write(notebook, folder / "small-steps" / "small-steps.ipynb")

# Every tag of nbgrader's is lost, as some editors lose them.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    nbformat.write(notebook, folder / "small-steps.ipynb")

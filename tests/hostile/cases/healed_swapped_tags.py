# Two answers stand under each other's grade id.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    found = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    a, b = found["square"], found["linear"]
    a.source, b.source = b.source, a.source
    nbformat.write(notebook, folder / "small-steps.ipynb")

# An empty copy follows each test cell; the first answer is wrong.
# loses: square-value
import copy
import nbformat

def hand_in(folder, notebook):
    cells = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") == "square":
            cell.source = "def square_backward(x, dy):\n    return x"
        cells.append(cell)
        if about.get("grade"):
            twin = copy.deepcopy(cell)
            twin.id, twin.source = twin.id + "-2", "pass"
            cells.append(twin)
    notebook.cells = cells
    nbformat.write(notebook, folder / "small-steps.ipynb")

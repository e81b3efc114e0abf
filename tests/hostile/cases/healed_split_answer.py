# An answer split into two cells in the middle of the function.
# loses: nothing
import copy
import nbformat

def hand_in(folder, notebook):
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "square":
            twin = copy.deepcopy(cell)
            twin.id = "twin"
            cell.source = "def square_backward(x, dy):\n    twice = 2 * x"
            twin.source = "    return twice * dy"
            cells.append(twin)
    notebook.cells = cells
    nbformat.write(notebook, folder / "small-steps.ipynb")

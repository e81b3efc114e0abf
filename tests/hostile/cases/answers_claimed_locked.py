# The student's cell claims to be the locked set-up, to run in the tests' kernel.
# loses: square-value
import nbformat

def hand_in(folder, notebook):
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") == "square":
            cell.source = "def square_backward(x, dy):\n    return x"
        if about.get("grade_id") == "setup":
            cell.source += "\nnp.max = lambda *a, **k: 0.0"
    nbformat.write(notebook, folder / "small-steps.ipynb")

# A right answer that imports a file handed in beside the notebook.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    inner = folder / "small-steps"
    inner.mkdir()
    (inner / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "square":
            cell.source = (
                "from helper import twice\n"
                "def square_backward(x, dy):\n    return twice(x) * dy"
            )
    nbformat.write(notebook, inner / "small-steps.ipynb")

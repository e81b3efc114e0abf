# A cell of the student's own claims to be the test.
# loses: square-value
import nbformat

def hand_in(folder, notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "square":
            cell.source = "def square_backward(x, dy):\n    return x"
            mine = nbformat.v4.new_code_cell("pass")
            mine.metadata["nbgrader"] = {
                "grade": True, "grade_id": "square-value", "locked": False, "points": 2,
                "schema_version": 3, "solution": True, "task": False,
            }
    notebook.cells.append(mine)
    nbformat.write(notebook, folder / "small-steps.ipynb")

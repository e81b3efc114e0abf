# An answer whose cell became text.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    for place, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "square":
            text = nbformat.v4.new_markdown_cell(cell.source)
            text.metadata = cell.metadata
            notebook.cells[place] = text
    nbformat.write(notebook, folder / "small-steps.ipynb")

# nbgrader's metadata has an old version and values of wrong types.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader")
        if about:
            about["schema_version"] = 1
            about["points"] = "many"
            about["checksum"] = []
    nbformat.write(notebook, folder / "small-steps.ipynb")

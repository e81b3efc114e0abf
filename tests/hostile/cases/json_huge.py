# A notebook of thirty megabytes.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    notebook.cells[-1].outputs = [
        nbformat.v4.new_output("stream", text="x" * 30_000_000)
    ]
    nbformat.write(notebook, folder / "small-steps.ipynb")

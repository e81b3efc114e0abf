# Folders nested a hundred deep.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps.ipynb")
    deep = folder.joinpath(*["d"] * 100)
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")

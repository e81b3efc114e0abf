# A zip with a file that leads outside of it.
# loses: refused
import nbformat
import zipfile

def hand_in(folder, notebook):
    with zipfile.ZipFile(folder / "handed-in.zip", "w") as archive:
        archive.writestr("small-steps.ipynb", nbformat.writes(notebook))
        archive.writestr("../../../gradebook.db", b"mine")

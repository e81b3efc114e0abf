# A right notebook in a zip.
# loses: nothing
import nbformat
import zipfile

def hand_in(folder, notebook):
    with zipfile.ZipFile(folder / "handed-in.zip", "w") as archive:
        archive.writestr("work/small-steps.ipynb", nbformat.writes(notebook))
        archive.writestr("__MACOSX/work/._small-steps.ipynb", b"\x00")

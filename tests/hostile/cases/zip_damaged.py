# A zip cut off in the middle.
# loses: refused
import io
import nbformat
import zipfile

def hand_in(folder, notebook):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("small-steps.ipynb", nbformat.writes(notebook))
    (folder / "handed-in.zip").write_bytes(file.getvalue()[:-200])

# A zip that unpacks to a thousand times its size.
# loses: refused
import nbformat
import zipfile

def hand_in(folder, notebook):
    with zipfile.ZipFile(folder / "handed-in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small-steps.ipynb", nbformat.writes(notebook))
        archive.writestr("zeros.bin", bytes(80_000_000))

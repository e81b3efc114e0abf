# A zip with a symbolic link.
# loses: refused
import nbformat
import zipfile

def hand_in(folder, notebook):
    with zipfile.ZipFile(folder / "handed-in.zip", "w") as archive:
        archive.writestr("small-steps.ipynb", nbformat.writes(notebook))
        link = zipfile.ZipInfo("data.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

# Five thousand files.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps.ipynb")
    for number in range(5000):
        (folder / f"{number}.txt").touch()

# A named pipe, on which a careless reader waits for ever.
# loses: refused
import nbformat
import os

def hand_in(folder, notebook):
    nbformat.write(notebook, folder / "small-steps.ipynb")
    os.mkfifo(folder / "data.csv")

# A notebook cut off in the middle.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    (folder / "small-steps.ipynb").write_text(nbformat.writes(notebook)[:-100])

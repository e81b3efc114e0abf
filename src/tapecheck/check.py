"""What notebooks call: `check_gradient`, one line when right, plain when wrong.

`check_keys` and `check_unchanged` look at what surrounds the numbers, and complain in
the same words; `check_that` is for all else that one sentence can say.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import Any

import numpy as np

from tapecheck.arrays import Unreadable, as_array
from tapecheck.codes import CODES
from tapecheck.compare import (
    Comparison,
    ExerciseError,
    compare,
    leaves,
    read_expected,
    structure_problem,
)
from tapecheck.diagnose import Context, Diagnosis, diagnose


@dataclass(frozen=True)
class Row:
    """One line of the comparison table; nothing in it tells the right values."""

    name: str
    verdict: str
    shape: str
    wanted_shape: str
    dtype: str
    norm: str


class GradientMismatch(AssertionError):
    """A gradient is not the right one.

    The text is one sentence on what is wrong, a hint where to look, and the codes
    in square brackets: `[factor]`, or `[factor|stale]` when both fit equally.

    Attributes:
        codes: the codes that fit equally, the likeliest first; see
            `tapecheck.codes.CODES`.
        sentence, hint: the two parts of the text.
        name: which gradient it is about.
        rows: the comparison table, one `Row` per gradient checked.
    """

    def __init__(
        self, name: str, codes: tuple[str, ...], sentence: str, hint: str, rows=()
    ) -> None:
        super().__init__(f"{sentence} {hint} [{'|'.join(codes)}]")
        self.name, self.codes = name, codes
        self.sentence, self.hint = sentence, hint
        self.rows: tuple[Row, ...] = tuple(rows)

    def __reduce__(self) -> tuple:  # so that it can cross a process boundary
        parts = (self.name, self.codes, self.sentence, self.hint, self.rows)
        return type(self), parts

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        lines = [f"\x1b[31m✗\x1b[0m {self}"]
        return [*lines, "", *self.table()] if self.rows else lines

    def table(self) -> list[str]:
        """The comparison table as lines of plain text."""
        lines = [_HEADINGS, *(_cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return [
            "  ".join(
                cell.ljust(width) for cell, width in zip(line, widths, strict=True)
            ).rstrip()
            for line in lines
        ]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in _HEADINGS)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(row))
            + "</tr>"
            for row in self.rows
        )
        return (
            f"<p>{escape(self.sentence)} {escape(self.hint)}"
            f" <code>[{escape('|'.join(self.codes))}]</code></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


_HEADINGS = ("gradient", "", "shape", "wanted", "dtype", "your norm")


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, row.verdict, row.shape, row.wanted_shape, row.dtype, row.norm)


def check_gradient(
    student: object,
    expected: object,
    name: str = "gradient",
    *,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    others: Mapping[str, Any] | None = None,
    chain_factors: Mapping[str, Any] | None = None,
    cotangent: Any = None,
    alternatives: Mapping[str, Any] | None = None,
    rtol: float | None = None,
) -> None:
    """Check a gradient; print one short line if it is right, else say why not.

    Arrays may be NumPy arrays, TensorFlow or PyTorch tensors, numbers or lists of
    numbers, of any shape, in float32 or float64. How they are compared is said in
    `tapecheck.compare`.

    Args:
        student: the gradient to check, or a dict, list or tuple of several.
        expected: the right one, nested alike.
        name: what to call it in the message, such as "dL/dW1".
        batch_size: n, so that a sum can be told from a mean.
        learning_rate: so that a step can be told from a gradient.
        others: the right gradients of other parameters, by name; the entries of
            `expected` know of each other already.
        chain_factors: factors of the chain rule, such as {"sigmoid'(z1)": array}:
            numbers, arrays of the gradient's shape, or one number per row or column.
        cotangent: the upstream gradient, alike.
        alternatives: wrong gradients the exercise foresees, each an array or nested
            like `expected`. The key is a code of `tapecheck.codes.CODES`, with a
            detail after a colon if wished ("wrong-loss: not squared"), or any short
            name, which then is the code. Where it is not finite it fits nothing.
        rtol: largest relative error that counts as right; by default 1e-6, or 1e-4
            where float32 is involved.

    Raises:
        GradientMismatch: the gradient is wrong.
        ExerciseError: `expected` or the context cannot be used (a TypeError).
    """
    comparisons = compare(student, expected, name, rtol)
    truths = {leaf: value for leaf, _, value in leaves(expected, name)}
    # The context is read even if all is right, so that its faults show at once.
    contexts = [
        Context(
            batch_size=_positive(batch_size, "batch_size"),
            learning_rate=_positive(learning_rate, "learning_rate"),
            others=_read_all({**_without(comparison.name, truths), **(others or {})}),
            chain_factors=_read_all(chain_factors),
            cotangent=None if cotangent is None else _read(cotangent, "cotangent"),
            alternatives=_read_finite(_at(comparison.path, alternatives or {})),
        )
        for comparison in comparisons
    ]
    diagnoses = [
        diagnose(comparison, context)
        for comparison, context in zip(comparisons, contexts, strict=True)
        if not comparison.right
    ]
    if diagnoses:
        raise _mismatch(comparisons, diagnoses)
    _print_success(comparisons, name)


def check_keys(student: object, keys: Sequence[str], name: str) -> None:
    """Check that a function returned a dict with these keys; further ones are ignored.

    Args:
        student: what the function returned.
        keys: the entries that the exercise asks for.
        name: what to call it in the message, such as "neuron_backward(...)".

    Raises:
        GradientMismatch: it is None, no dict, or lacks an entry.
    """
    wanted = dict.fromkeys(keys)
    if type(student) is dict:
        student = {key: student[key] for key in wanted if key in student}
    if problem := structure_problem(student, wanted):
        code, words = problem
        raise refusal(code, name, **words)


def check_unchanged(given: object, before: object, name: str) -> None:
    """Check that a function left its argument `name` as it found it.

    Args:
        given: the argument after the call, an array or a tensor.
        before: a copy of it from before the call.
        name: what the argument is called.

    Raises:
        GradientMismatch: they differ.
    """
    if not np.array_equal(as_array(given), as_array(before), equal_nan=True):
        raise refusal("input-changed", what=name)


class CheckFailed(AssertionError):
    """What `check_that` was told does not hold; the text is its sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return [f"\x1b[31m✗\x1b[0m {self}"]


def check_that(holds: object, sentence: str) -> None:
    """Check a fact of any kind: `assert`, but the student sees the sentence alone.

    Args:
        holds: true if all is well.
        sentence: what is wrong otherwise.

    Raises:
        CheckFailed: it does not hold (an AssertionError).
    """
    if not holds:
        raise CheckFailed(sentence)


def refusal(code: str, name: str | None = None, **words: str) -> GradientMismatch:
    """The complaint of one code of the table, about `name` or the code's subject."""
    entry = CODES[code]
    name = name or entry.subject
    sentence = f"Your {name} {entry.clause.format(**words)}."
    return GradientMismatch(name, (code,), sentence, entry.hint.format(**words))


def _positive(value: Any, name: str) -> Any:
    if value is None or (isinstance(value, Real) and float(value) > 0):
        return value
    raise ExerciseError(f"The exercise's own {name} must be a positive number.")


def _without(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def _read(value: Any, name: str) -> np.ndarray:
    return read_expected(value, name).astype(np.float64)


def _read_all(values: Mapping[str, Any] | None) -> dict[str, np.ndarray]:
    return {name: _read(value, name) for name, value in (values or {}).items()}


def _read_finite(values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """As `_read_all`, but a foreseen mistake may overflow: then it fits nothing."""
    finite = {}
    for name, value in values.items():
        try:
            array = as_array(value)
        except Unreadable as refusal:
            problem = f"The exercise's own {name} is {refusal.what}."
            raise ExerciseError(problem) from None
        if array.dtype.kind != "c" and np.isfinite(array).all():
            finite[name] = array.astype(np.float64)
    return finite


def _at(path: tuple, alternatives: Mapping[str, Any]) -> dict[str, Any]:
    """The part of each alternative that belongs to the gradient at `path`."""
    found = {}
    for code, nesting in alternatives.items():
        parts = {where: value for _, where, value in leaves(nesting, code)}
        for where in (path, ()):
            if where in parts:
                found[code] = parts[where]
                break
    return found


def _mismatch(
    comparisons: list[Comparison], diagnoses: list[Diagnosis]
) -> GradientMismatch:
    """One sentence, about the first gradient whose mistake has a name.

    Those that are wrong in the same way are listed with it, the others after it.
    """
    first = next((d for d in diagnoses if d.codes != ("unexplained",)), diagnoses[0])
    alike = [d.name for d in diagnoses if d is not first and d.codes == first.codes]
    differ = [d.name for d in diagnoses if d.codes != first.codes]
    sentence = first.sentence
    if alike:
        sentence += f" The same goes for {', '.join(alike)}."
    if differ:
        sentence += f" Wrong in another way: {', '.join(differ)}."
    rows = [_row(comparison) for comparison in comparisons]
    return GradientMismatch(first.name, first.codes, sentence, first.hint, rows)


def _row(comparison: Comparison) -> Row:
    student = comparison.student
    with np.errstate(over="ignore"):
        norm = "" if student is None else f"{np.linalg.norm(student):.4g}"
    return Row(
        comparison.name,
        "right" if comparison.right else "wrong",
        "" if student is None else str(student.shape),
        str(comparison.expected.shape),
        comparison.dtype,
        norm,
    )


def _print_success(comparisons: list[Comparison], name: str) -> None:
    if len(comparisons) == 1:
        shape = " × ".join(map(str, comparisons[0].expected.shape))
        what = f"{name} is right" + (f" ({shape})" if shape else "")
    else:
        what = f"{name} is right: all {len(comparisons)} gradients agree"
    print(f"\x1b[32m✓ {what}\x1b[0m" if _in_ipython() else f"✓ {what}")


def _in_ipython() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None

"""Compare a gradient with the right one, strictly.

In order: type, emptiness, dtype kind, finiteness, shape, and only then numbers.
Nothing is broadcast and nothing is rounded to make two arrays fit.

The relative error of a gradient is the largest difference over the largest entry,

    max|student - expected| / max(max|student|, max|expected|),

one number per parameter. It must stay below `TOLERANCES` of the coarser dtype.

The floor: a right gradient whose entries are all below `ZERO` is a zero that
rounding has blurred, and a relative error would compare noise with noise. Then the
student's entries must be below 100 times the rounding unit of their own dtype.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapecheck.arrays import PYTHON_NUMBERS, Unreadable, as_array, type_name
from tapecheck.positions import describe

TOLERANCES = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-6}
"""Largest relative error of a right gradient, by dtype."""

ZERO = 1e-14
"""A right gradient with no entry above this is taken for zero."""


class ExerciseError(TypeError):
    """The exercise is at fault, not the student: its reference cannot be used."""


@dataclass
class Comparison:
    """The student's gradient of one parameter beside the right one.

    `code` is None when it is right, "value" when only the numbers are wrong, and
    otherwise a code of `tapecheck.codes.CODES`, with `words` for its sentence.
    Arrays that could be read are kept as float64 for the diagnosis, which works with
    the `tolerance` of their dtypes even if the exercise asks for another `rtol`.
    """

    name: str
    path: tuple
    expected: np.ndarray
    student: np.ndarray | None = None
    dtype: str = ""
    code: str | None = None
    words: dict[str, str] | None = None
    tolerance: float = TOLERANCES["float64"]
    rtol: float = TOLERANCES["float64"]
    error: float = np.inf

    @property
    def right(self) -> bool:
        return self.code is None


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """max|a - b| / max(max|a|, max|b|) of two float arrays of one shape.

    It is 0 for two zeros, and infinite when an entry is not finite.
    """
    sizes = largest(a), largest(b)
    if not np.isfinite(sizes).all():
        return np.inf
    scale = max(sizes)
    if scale == 0.0:
        return 0.0
    if scale > 1e300:  # a - b could overflow
        a, b, scale = a / scale, b / scale, 1.0
    return float(largest(a - b) / scale)


def largest(array: np.ndarray) -> float:
    """Largest absolute value; NaN if there is one, 0 for an empty array."""
    if array.size == 0:
        return 0.0
    return float(max(-array.min(), array.max()))  # needs no copy, unlike abs


def compare(
    student: object, expected: object, name: str = "gradient", rtol: float | None = None
) -> list[Comparison]:
    """Compare two gradients, or two nestings of them, parameter by parameter.

    Args:
        student: array, tensor, number, list of numbers, or a dict, list or tuple
            of these. Anything else is wrong, never an exception.
        expected: the right gradients. A dict or a tuple holds one gradient an
            entry, and so does a list, unless all it holds is numbers.
        name: what to call it; entries of nestings are called `name["W1"]`.
        rtol: largest relative error that counts as right, instead of the one in
            `TOLERANCES`.

    Returns:
        One `Comparison` per parameter, in the order of `expected`.

    Raises:
        ExerciseError: `expected` is not readable, not finite or empty.
    """
    if next(leaves(expected, name), None) is None:
        raise ExerciseError(f"The exercise's own {name} holds no gradient at all.")
    with np.errstate(all="ignore"):  # what overflows is found to be infinite
        return list(_walk(student, expected, name, (), rtol))


def is_container(expected: Any) -> bool:
    """Whether `expected` holds several gradients rather than being one."""
    kind = type(expected)
    if issubclass(kind, dict | tuple):
        return True
    return issubclass(kind, list) and not _holds_numbers(expected)


def leaves(expected: object, name: str, path: tuple = ()) -> Iterator[tuple]:
    """All (name, path, gradient) of a nesting; the gradients are not yet read."""
    if not is_container(expected):
        yield name, path, expected
        return
    for key, value in _items(expected):
        yield from leaves(value, f"{name}[{_label(key)}]", (*path, key))


def read_expected(value: object, name: str) -> np.ndarray:
    """Read an array of the exercise's author as finite, non-empty numbers.

    Raises:
        ExerciseError: it is anything else.
    """
    try:
        array = as_array(value)
    except Unreadable as refusal:
        raise ExerciseError(
            f"The exercise's own {name} is {refusal.what}; it must be an array."
        ) from None
    if array.size == 0 or array.dtype.kind == "c" or not np.isfinite(array).all():
        raise ExerciseError(
            f"The exercise's own {name} must hold finite real numbers, at least one."
        )
    return array


def _holds_numbers(values: list) -> bool:
    """Whether a list is an array of numbers, rather than a list of gradients."""
    return all(
        _holds_numbers(value)
        if issubclass(type(value), list)
        else issubclass(type(value), (*PYTHON_NUMBERS, np.number))
        for value in values
    )


def _items(container: Any) -> list[tuple]:
    """(key, value) of a dict, list or tuple, whatever a subclass may override."""
    if issubclass(type(container), dict):
        return list(dict.items(container))
    base = tuple if issubclass(type(container), tuple) else list
    return list(enumerate(base.__iter__(container)))


def _label(key: object) -> str:
    return json.dumps(key) if type(key) is str else str(key)


def _walk(
    student: Any, expected: Any, name: str, path: tuple, rtol: float | None
) -> Iterator[Comparison]:
    if not is_container(expected):
        yield _compare_one(student, expected, name, path, rtol)
        return
    items = _items(expected)
    problem = structure_problem(student, expected)
    if problem:
        code, words = problem
        yield Comparison(name, path, np.zeros(0), code=code, words=words)
        return
    entries = dict(_items(student))
    for key, value in items:
        label = f"{name}[{_label(key)}]"
        yield from _walk(entries[key], value, label, (*path, key), rtol)


def structure_problem(student: Any, expected: Any) -> tuple[str, dict[str, str]] | None:
    """Code and words if two nestings differ at their outer level, else None."""
    items = _items(expected)
    if student is None:
        return "none", {}
    kind = type(student)
    if issubclass(type(expected), dict):
        if not issubclass(kind, dict):
            wanted = ", ".join(_label(key) for key, _ in items)
            problem = f"is not a dict; it must be one with the keys {wanted}"
            return "structure", {"problem": problem}
        given = [key for key, _ in _items(student)]
        # Only keys of a plain type are looked up: others may override __eq__.
        plain = {key for key in given if type(key) is str or type(key) is int}
        for key, _ in items:
            if key not in plain:
                return "structure", {"problem": f"has no entry {_label(key)}"}
        if len(given) > len(items):
            extra = sorted(_label(key)[:40] for key in plain - {k for k, _ in items})
            named = f": {extra[0]}" if extra else ""
            return "structure", {"problem": f"has an entry too many{named}"}
        return None
    if not issubclass(kind, list | tuple):
        problem = f"is of type {type_name(kind)}, not a tuple of {len(items)} gradients"
        return "structure", {"problem": problem}
    given = _items(student)
    if len(given) != len(items):
        problem = f"holds {len(given)} gradients; it must hold {len(items)}"
        return "structure", {"problem": problem}
    return None


def _compare_one(
    student: object, expected: object, name: str, path: tuple, rtol: float | None
) -> Comparison:
    right = read_expected(expected, name)
    result = Comparison(name, path, right.astype(np.float64, copy=False))
    try:
        array = as_array(student)
    except Unreadable as refusal:
        return _wrong(result, refusal.code, what=refusal.what, mend=refusal.mend)
    result.dtype = array.dtype.name
    if array.size == 0:
        return _wrong(result, "empty", shape=_shape(array))
    problem = _dtype_problem(array, right)
    if problem:
        return _wrong(result, "dtype", problem=problem)
    result.student = array.astype(np.float64, copy=False)
    result.tolerance = max(
        TOLERANCES.get(name, TOLERANCES["float64"])
        for name in (right.dtype.name, _precision(student, array))
    )
    result.rtol = rtol or result.tolerance
    finite = np.isfinite(result.student)
    if not finite.all():
        nan = np.isnan(result.student)
        if nan.any():
            return _wrong(result, "nan", where=describe(nan))
        return _wrong(result, "inf", where=describe(~finite))
    if array.shape != right.shape:
        return _wrong(result, "shape", shape=_shape(array), wanted=_shape(right))
    result.error = relative_error(result.student, result.expected)
    if largest(result.expected) < ZERO:
        close = largest(result.student) < 100 * _unit(array, right)
    else:
        close = result.error < result.rtol
    return result if close else _wrong(result, "value")


def _wrong(result: Comparison, code: str, **words: str) -> Comparison:
    result.code, result.words = code, words
    return result


def _shape(array: np.ndarray) -> str:
    return str(array.shape) if array.ndim else "() (a single number)"


def _dtype_problem(array: np.ndarray, right: np.ndarray) -> str | None:
    kind = array.dtype.kind
    if kind == "c":
        return (
            "has an imaginary part" if array.imag.any() else "is complex, though real"
        )
    if kind == "b":
        return "holds True and False"
    if kind in "iu" and right.dtype.kind == "f":
        return f"holds whole numbers ({array.dtype.name})"
    if array.dtype.name == "float16" and right.dtype.name != "float16":
        return "is float16, too coarse to check"
    return None


def _precision(student: object, array: np.ndarray) -> str:
    """The dtype in which `student`, now read as `array`, was computed."""
    if any(type(student) is kind for kind in (float, list, tuple)):
        # Python's floats hide where they come from. float(tensor) or tensor.tolist()
        # of float32 leaves numbers that float32 can hold; others rarely are such.
        if np.array_equal(array, array.astype(np.float32)):
            return "float32"
    return array.dtype.name


def _unit(array: np.ndarray, right: np.ndarray) -> float:
    """The coarser rounding unit of the two."""
    return max(
        float(np.finfo(a.dtype if a.dtype.kind == "f" else np.float64).eps)
        for a in (array, right)
    )

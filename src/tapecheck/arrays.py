"""Read what a student hands over as a plain NumPy array, or say why not.

Only types whose behaviour is known are read: Python numbers and lists of them,
NumPy arrays and scalars, TensorFlow and PyTorch tensors. Nothing is converted
through `__array__`, `__float__` or any other method that an object may override,
so an array that lies about itself is turned away before it is compared.

TensorFlow and PyTorch are looked up among the modules already imported: if a
tensor of theirs arrived, they are there; if not, they are not needed.
"""

import math
import sys
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

MAX_ENTRIES = 3 * 10**7
"""Largest array that is read. A view that repeats one number can claim any size."""

PYTHON_NUMBERS = (int, float, complex, bool)
NUMPY_SCALARS = tuple(set(np.sctypeDict.values()))
_INT_OR_FLOAT = {id(int), id(float)}


class Unreadable(Exception):
    """A value that is not a plain array of numbers.

    Attributes: `code` (a key of `tapecheck.codes.CODES`), `what` (words that
    complete "it is ...") and `mend` (what to do about it).
    """

    def __init__(self, what: str, mend: str, code: str = "type") -> None:
        super().__init__(f"{what}: {mend}")
        self.code, self.what, self.mend = code, what, mend


def as_array(value: object) -> np.ndarray:
    """Read `value` as a plain `numpy.ndarray` of kind b, i, u, f or c.

    Python numbers have no dtype, so a Python int is read as a float.

    Raises:
        Unreadable: `value` is something else.
    """
    kind = type(value)
    if value is None:
        raise Unreadable("None", "Return the gradient.", code="none")
    if kind is np.ndarray:
        return _from_numpy(value)  # type: ignore[arg-type]
    if is_one_of(kind, NUMPY_SCALARS):
        return _from_numpy(np.array(value))
    if is_one_of(kind, PYTHON_NUMBERS):
        return _from_numbers(value)
    if kind is list or kind is tuple:
        return _from_sequence(value, ())  # type: ignore[arg-type]
    torch = sys.modules.get("torch")
    if torch is not None and is_one_of(kind, (torch.Tensor, torch.nn.Parameter)):
        return _from_torch(value, torch)
    if belongs_to(kind, "tensorflow") or belongs_to(kind, "keras"):
        return _from_tensorflow(value)
    raise _refusal(value)


def is_one_of(kind: type, kinds: tuple[type, ...]) -> bool:
    """Identity, unlike `in`, which a metaclass may override."""
    return any(kind is other for other in kinds)


def belongs_to(kind: type, package: str) -> bool:
    """Whether `kind` is the very class that an imported module of `package` holds.

    A class that only claims to be from there is not.
    """
    try:
        module = type.__getattribute__(kind, "__module__")
    except AttributeError:
        return False
    if type(module) is not str or module.split(".")[0] != package:
        return False
    return getattr(sys.modules.get(module), type_name(kind), None) is kind


def type_name(kind: type) -> str:
    """Name of a class, as Python itself stores it and short enough to print."""
    return type.__dict__["__name__"].__get__(kind)[:60]


def _refuse_huge(shape: Iterable[int]) -> None:
    count = math.prod(shape)
    if count > MAX_ENTRIES:
        raise Unreadable(
            f"something of {count} entries", "Look for a product that broadcasts."
        )


def _from_numpy(array: np.ndarray) -> np.ndarray:
    _refuse_huge(array.shape)
    if array.dtype.kind in "biufc":
        return array
    if array.dtype.kind == "O":
        raise Unreadable(
            "an array of Python objects (dtype object)",
            "Its rows may differ in length; build it from numbers only.",
        )
    raise Unreadable(
        f"an array of dtype {array.dtype.name}", "Return float32 or float64 numbers."
    )


def _from_numbers(value: Any) -> np.ndarray:
    try:
        array = np.array(value)
        return array.astype(np.float64) if array.dtype.kind in "iuO" else array
    except OverflowError:
        raise Unreadable(
            "a whole number too large for a float", "Look for a runaway product."
        ) from None


def _from_sequence(values: list | tuple, outer: tuple[int, ...]) -> np.ndarray:
    """Read a list of numbers, of arrays or of lists; `outer` holds the lengths of
    the lists around it, which bounds the work that nested lists can ask for."""
    lengths = (*outer, len(values))
    if len(lengths) > 32:
        raise Unreadable("a list nested too deeply", "Return an array.")
    _refuse_huge(lengths)
    if set(map(id, map(type, values))) <= _INT_OR_FLOAT:
        return _from_numbers(values)
    rows = [
        _from_sequence(row, lengths)
        if type(row) is list or type(row) is tuple
        else as_array(row)
        for row in values
    ]
    if len({row.shape for row in rows}) > 1:
        raise Unreadable(
            "a list whose rows differ in shape", "Give every row the same length."
        )
    return np.stack(rows)


def _from_torch(tensor: Any, torch: ModuleType) -> np.ndarray:
    try:
        with torch.no_grad():
            dense = torch.Tensor.detach(tensor)
            _refuse_huge(dense.shape)
            if dense.layout is not torch.strided:
                dense = dense.to_dense()
            return _from_numpy(dense.numpy(force=True))
    except (RuntimeError, TypeError, ValueError, NotImplementedError):
        raise Unreadable(
            "a torch tensor that holds no values to read",
            "Return float32 or float64 numbers, outside torch.func transforms.",
        ) from None


def _from_tensorflow(value: Any) -> np.ndarray:
    name = type_name(type(value))
    try:
        if name == "IndexedSlices":
            return _from_slices(value)
        if name == "SparseTensor":
            _refuse_huge(value.shape)
            value = sys.modules["tensorflow"].sparse.to_dense(value)
        return _from_numpy(np.asarray(value.numpy()))
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):
        raise Unreadable(
            f"a TensorFlow {name} that holds no values to read",
            "Call the check outside tf.function, on an ordinary tensor.",
        ) from None


def _from_slices(slices: Any) -> np.ndarray:
    """The dense array of a `tf.IndexedSlices`; rows named twice add up."""
    values, rows = as_array(slices.values), as_array(slices.indices)
    if slices.dense_shape is None:
        raise Unreadable(
            "a tf.IndexedSlices without a dense shape",
            "Give it dense_shape, or return tf.convert_to_tensor of it.",
        )
    shape = tuple(int(length) for length in as_array(slices.dense_shape))
    _refuse_huge(shape)
    dense = np.zeros(shape, values.dtype)
    try:
        np.add.at(dense, rows, values)
    except (IndexError, ValueError):
        raise Unreadable(
            "a tf.IndexedSlices whose rows do not fit its shape",
            "Look at its indices and its dense_shape.",
        ) from None
    return dense


def _refusal(value: object) -> Unreadable:
    kind = type(value)
    name = type_name(kind)
    if issubclass(kind, np.ma.MaskedArray):
        return Unreadable(
            "a masked array", "Return a plain array: .filled(0) or .data of it."
        )
    if issubclass(kind, np.ndarray):
        return Unreadable(
            f"a {name}, a special kind of array", "Return np.array(...) of it."
        )
    if issubclass(kind, FunctionType) or kind is type(len):
        return Unreadable("a function", "Call it, and return what it gives.")
    if belongs_to(kind, "pandas"):
        return Unreadable(f"a pandas {name}", "Return .to_numpy() of it.")
    if issubclass(kind, dict):
        return Unreadable("a dict", "Return one array here.")
    if issubclass(kind, str):
        return Unreadable("a string", "Return numbers.")
    return Unreadable(
        f"of type {name}", "Return a NumPy array, a tensor, a number or a list of them."
    )

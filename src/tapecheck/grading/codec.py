"""Values as JSON, on their way between the kernels: nothing is ever unpickled.

Numbers, strings, lists, tuples, dicts and arrays cross by value; an array as ``.npy``
bytes, with the framework and dtype it had. Anything else crosses as a handle, which
each side makes and resolves as it sees fit.
"""

import base64
import functools
import io
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_BYTES = 64_000_000
SAFE_INTEGER = 2**53


class CodecError(Exception):
    """A value that cannot cross, or an answer that is not one; one sentence."""


def no_handles(value: Any) -> Any:
    raise CodecError(f"a {type(value).__name__} cannot cross; give arrays and numbers")


def encode(value: Any, other: Callable[[Any], dict] = no_handles) -> Any:
    """`value` as JSON; what is neither plain nor an array becomes ``other(value)``."""
    budget = [MAX_NODES, MAX_BYTES]

    def node(value: Any, depth: int) -> Any:
        budget[0] -= 1
        if depth > MAX_DEPTH or budget[0] < 0:
            raise CodecError("the value is nested too deeply or has too many parts")
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return value if abs(value) < SAFE_INTEGER else {"int": hex(value)}
        if kind is float:
            return {"float": value.hex()}
        if kind is complex:
            return {"complex": [value.real.hex(), value.imag.hex()]}
        if kind is slice:
            parts = (value.start, value.stop, value.step)
            return {"slice": [node(part, depth + 1) for part in parts]}
        if value is Ellipsis:
            return {"ellipsis": None}
        if kind is list:
            return {"list": [node(v, depth + 1) for v in value]}
        if isinstance(value, tuple):
            return {"tuple": [node(v, depth + 1) for v in value]}
        if isinstance(value, dict):
            pairs = [[node(k, depth + 1), node(v, depth + 1)] for k, v in value.items()]
            return {"dict": pairs}
        packed = encode_array(value)
        if packed is None:
            return other(value)
        budget[1] -= len(packed["npy"])
        if budget[1] < 0:
            raise CodecError(f"the value has more than {MAX_BYTES / 1e6:.0f} MB")
        return packed

    return node(value, 0)


def framework(name: str) -> Any:
    """An imported framework, or None; one that an exercise forbids is none."""
    module = sys.modules.get(name)
    return None if getattr(module, "absent", False) else module


def encode_array(value: Any) -> dict | None:
    """An array or tensor as JSON, or None if `value` is none."""
    extra: dict[str, Any]
    tf, torch = framework("tensorflow"), framework("torch")
    if isinstance(value, np.ndarray | np.generic):
        array = value
        scalar, fixed = isinstance(value, np.generic), False
        if not scalar:
            fixed = not value.flags.writeable
        extra = {"kind": "numpy", "scalar": scalar, "fixed": fixed}
    elif torch is not None and isinstance(value, torch.Tensor):
        plain = value.detach().cpu()
        if plain.dtype is torch.bfloat16:
            plain = plain.float()
        array = plain.numpy()
        extra = {
            "kind": "torch",
            "dtype": str(value.dtype).removeprefix("torch."),
            "grad": bool(value.requires_grad),
        }
    elif tf is not None and isinstance(value, tf.Tensor | tf.Variable):
        array = value.numpy()
        if value.dtype == tf.bfloat16:
            array = array.astype(np.float32)
        extra = {
            "kind": "tensorflow",
            "dtype": value.dtype.name,
            "variable": isinstance(value, tf.Variable),
        }
    else:
        return None
    if array.nbytes > MAX_BYTES:
        raise CodecError(f"the value has more than {MAX_BYTES / 1e6:.0f} MB")
    array = np.array(array, subok=False, copy=None)
    if array.dtype.kind not in "biufcU":
        raise CodecError(f"an array of dtype {array.dtype} cannot cross; give numbers")
    by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
    head = header(array.dtype, array.shape, by_columns)
    raw = head + array.tobytes("F" if by_columns else "C")
    return {"npy": base64.b64encode(raw).decode(), **extra}


@functools.lru_cache(maxsize=1000)
def header(dtype: np.dtype, shape: tuple[int, ...], by_columns: bool) -> bytes:
    """How a ``.npy`` file of such an array begins."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file,
        {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": by_columns,
            "shape": shape,
        },
    )
    return file.getvalue()


@functools.lru_cache(maxsize=1000)
def read_header(head: bytes) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order by columns and dtype; what `header` made them into."""
    file = io.BytesIO(head)
    if np.lib.format.read_magic(file) != (1, 0):
        raise CodecError("not an array")
    return np.lib.format.read_array_header_1_0(file)


def decode(data: Any, other: Callable[[dict], Any] = no_handles) -> Any:
    """The value that `encode` made `data` from; handles become ``other(data)``.

    Raises CodecError for anything `encode` would not have made.
    """
    budget = [MAX_NODES]

    def node(data: Any, depth: int) -> Any:
        budget[0] -= 1
        if depth > MAX_DEPTH or budget[0] < 0:
            raise CodecError("the value is nested too deeply or has too many parts")
        if data is None or type(data) in (bool, int, str):
            return data
        if type(data) is not dict or not data:
            raise CodecError("not an encoded value")
        tag, body = next(iter(data.items()))
        if tag == "int":
            return int(body, 16)
        if tag == "float":
            return float.fromhex(body)
        if tag == "complex":
            return complex(*map(float.fromhex, body))
        if tag == "slice":
            return slice(*[node(part, depth + 1) for part in body])
        if tag == "ellipsis":
            return Ellipsis
        if tag == "list":
            return [node(v, depth + 1) for v in body]
        if tag == "tuple":
            return tuple(node(v, depth + 1) for v in body)
        if tag == "dict":
            return {node(k, depth + 1): node(v, depth + 1) for k, v in body}
        if tag == "npy":
            return decode_array(data)
        return other(data)

    try:
        return node(data, 0)
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"not an encoded value ({type(error).__name__})") from None


def decode_array(data: dict) -> Any:
    """The array or tensor in `data`, of its own framework and dtype."""
    raw = base64.b64decode(data["npy"], validate=True)
    if len(raw) > MAX_BYTES:
        raise CodecError(f"the value has more than {MAX_BYTES / 1e6:.0f} MB")
    # Magic number and version, then the length of the header (numpy.lib.format).
    start = 10 + int.from_bytes(raw[8:10], "little")
    shape, by_columns, dtype = read_header(raw[:start])
    count = 1
    for length in shape:
        count *= length
    # The header may say anything: believe it only if it fits the bytes that follow.
    if dtype.kind not in "biufcU" or count * dtype.itemsize != len(raw) - start:
        raise CodecError("not an array of numbers")
    flat = np.frombuffer(raw, dtype, count, start) if count else np.empty(0, dtype)
    array = flat.reshape(shape, order="F" if by_columns else "C").copy(order="K")
    if data["kind"] == "torch":
        import torch

        tensor = torch.from_numpy(array).to(getattr(torch, str(data["dtype"])))
        return tensor.requires_grad_() if data["grad"] else tensor
    if data["kind"] == "tensorflow":
        import tensorflow as tf

        make = tf.Variable if data["variable"] else tf.constant
        return make(array, dtype=tf.as_dtype(str(data["dtype"])))
    if data["scalar"]:
        return array[()]
    if data["fixed"]:
        array.flags.writeable = False
    return array

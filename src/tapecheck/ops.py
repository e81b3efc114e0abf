"""Differentiate through an op that somebody else wrote, and see all it sends back.

`tapecheck.oracles.vjp` fills unconnected gradients with zeros, because an oracle
must always answer. Here the op itself is on trial: a None stays None, and an op that
leaves the work to the tape can be told from one that has a gradient of its own.
"""

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tapecheck.arrays import as_array, belongs_to
from tapecheck.check import GradientMismatch, check_unchanged, refusal


def through(
    op: Callable,
    inputs: Sequence[Any],
    cotangent: Any,
    *,
    constants: Sequence[Any] = (),
    wanted: Sequence[bool] | None = None,
    second: Sequence[Any] | None = None,
    own: bool = False,
) -> dict[str, Any]:
    """Run ``op(*inputs, *constants)`` on the tape and send `cotangent` back.

    Args:
        op: returns one tensor.
        inputs: tensors of one framework, which decides the tape. The op gets copies.
        cotangent: the upstream gradient, of the shape of what the op returns, or a
            number for all its entries.
        constants: further arguments, passed as they are and not differentiated.
        wanted: for each input whether its gradient is asked for; by default all are.
            One that is not stands still, as a frozen parameter does: its gradient
            is None.
        second: one array per input, of its shape. With g the gradients of the first
            pass, sum(second * g) is differentiated once more.
        own: whether the op must have a gradient of its own.

    Returns:
        A dict: ``value``, an array; ``gradients``, one array per input, None where
        the op sends none back; ``variables``, the same for each `tf.Variable` that
        the op uses; and with `second`, ``seconds``: one array or None per input, and
        a last one for the cotangent.

    Raises:
        GradientMismatch: the op changed an input in place, its value has not the
            shape of the cotangent, or, with `own`, the tape looked inside it.
        TypeError: the inputs are not tensors of one framework.
    """
    # A stand-in for an op in another process passes the question on to it.
    asked = getattr(op, "__tapecheck_through__", None)
    options = {"constants": constants, "second": second, "own": own, "wanted": wanted}
    result = (asked or functools.partial(answer, op))(inputs, cotangent, **options)
    if "refused" in result:
        raise GradientMismatch(*result["refused"])
    return result


def answer(op: Callable, inputs, cotangent, **options) -> dict[str, Any]:
    """What `through` returns; what it would raise is under the key ``refused``."""
    try:
        return _on_tape(op, inputs, cotangent, **options)
    except GradientMismatch as problem:
        told = (problem.name, problem.codes, problem.sentence, problem.hint)
        return {"refused": told}


def _on_tape(op, inputs, cotangent, *, wanted, **options) -> dict[str, Any]:
    arrays = [as_array(value).copy() for value in inputs]
    cotangent = np.asarray(as_array(cotangent), np.float64)
    wanted = [True] * len(arrays) if wanted is None else list(wanted)
    packages = {p for p in ("torch", "tensorflow") for v in inputs if _from(v, p)}
    if packages == {"torch"}:
        return _torch(op, arrays, cotangent, wanted, **options)
    if packages == {"tensorflow"}:
        return _tensorflow(op, arrays, cotangent, wanted, **options)
    raise TypeError("The inputs must be tensors of TensorFlow or of PyTorch.")


def _from(value: Any, package: str) -> bool:
    return belongs_to(type(value), package)


def _upstream(cotangent: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if cotangent.ndim and cotangent.shape != shape:
        raise GradientMismatch(
            "value",
            ("shape",),
            f"Your value has shape {shape}; it must have shape {cotangent.shape}.",
            "Look at the forward pass before the backward pass.",
        )
    return np.broadcast_to(cotangent, shape).copy()


def _unchanged(tensors: Sequence[Any], arrays: list[np.ndarray]) -> None:
    for position, (tensor, array) in enumerate(zip(tensors, arrays, strict=True)):
        check_unchanged(tensor, array, f"input number {position}")


def _arrays(gradients: Sequence[Any]) -> list[np.ndarray | None]:
    return [None if gradient is None else as_array(gradient) for gradient in gradients]


def _spread(gradients: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
    """Gradients of the wanted inputs at their places, None elsewhere."""
    rest = iter(gradients)
    return [next(rest) if asked else None for asked in wanted]


def _torch(op, arrays, cotangent, wanted, constants, second, own) -> dict[str, Any]:
    import torch

    leaves = [
        torch.from_numpy(array.copy()).requires_grad_(asked)
        for array, asked in zip(arrays, wanted, strict=True)
    ]
    # Copies, because a leaf that requires a gradient refuses to be written to.
    given = [leaf.clone() for leaf in leaves]
    value = op(*given, *constants)
    _unchanged(given, arrays)
    up = torch.tensor(_upstream(cotangent, tuple(value.shape)), dtype=value.dtype)
    result = {"value": as_array(value), "variables": []}
    if own and not _own_node(value.grad_fn):
        raise refusal("no-custom-gradient")
    if not value.requires_grad:
        result["gradients"] = [None] * len(leaves)
        return result | ({"seconds": [None] * (len(leaves) + 1)} if second else {})
    up.requires_grad_(second is not None)
    sources = [leaf for leaf in leaves if leaf.requires_grad]
    found = torch.autograd.grad(
        value, sources, up, allow_unused=True, create_graph=second is not None
    )
    first = _spread(found, wanted)
    result["gradients"] = _arrays(first)
    if second is not None:
        total = sum(
            (torch.as_tensor(s, dtype=value.dtype) * g).sum()
            for s, g in zip(second, first, strict=True)
            if g is not None
        )
        again: Sequence[Any] = [None] * (len(sources) + 1)
        if torch.is_tensor(total) and total.requires_grad:
            again = torch.autograd.grad(total, [*sources, up], allow_unused=True)
        result["seconds"] = _arrays(_spread(again, [*wanted, True]))
    return result


def _own_node(node: Any) -> bool:
    """Whether a backward pass from `node` meets a torch.autograd.Function."""
    own = sys.modules["torch"].autograd.function.BackwardCFunction
    stack, seen = [node], set()
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        if isinstance(node, own):
            return True
        seen.add(node)
        stack += [following for following, _ in node.next_functions]
    return False


def _tensorflow(
    op, arrays, cotangent, wanted, constants, second, own
) -> dict[str, Any]:
    import tensorflow as tf

    tensors = [tf.constant(array) for array in arrays]
    if own and not _own_operation(op, tensors, constants):
        raise refusal("no-custom-gradient")
    sources = [t for t, asked in zip(tensors, wanted, strict=True) if asked]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            value = op(*tensors, *constants)
        variables = inner.watched_variables()
        up = tf.constant(_upstream(cotangent, tuple(value.shape)), value.dtype)
        outer.watch(up)
        found = inner.gradient(value, [*sources, *variables], up)
        first = _spread(found, wanted)
        weighted = [
            tf.reduce_sum(tf.cast(s, value.dtype) * g)
            for s, g in zip(second or [], first, strict=False)
            if g is not None
        ]
        total = tf.add_n(weighted) if weighted else None
    _unchanged(tensors, arrays)
    result = {
        "value": as_array(value),
        "gradients": _arrays(first),
        "variables": _arrays(found[len(sources) :]),
    }
    if second is not None:
        again = [None] * (len(sources) + 1)
        if weighted:
            again = outer.gradient(total, [*sources, up])
        result["seconds"] = _arrays(_spread(again, [*wanted, True]))
    return result


# What tracing an op meets hangs on the kinds of its inputs, not on their values.
traced: WeakKeyDictionary[Callable, dict[tuple, bool]] = WeakKeyDictionary()


def _own_operation(op, tensors, constants) -> bool:
    """Whether tracing `op` meets a tf.custom_gradient."""
    kinds = *((t.dtype, tuple(t.shape)) for t in tensors), *map(repr, constants)
    try:
        known = traced.setdefault(op, {})
    except TypeError:  # an object that cannot be a key
        known = {}
    if kinds not in known:
        known[kinds] = _meets_custom_gradient(op, tensors, constants)
    return known[kinds]


def _meets_custom_gradient(op, tensors, constants) -> bool:
    """See `_own_operation`.

    An op that cannot be traced has left TensorFlow on the way, where no tape follows.
    """
    import tensorflow as tf

    # Without AutoGraph tracing takes a third of the time, but an op with an `if` about
    # a tensor needs it.
    for autograph in (False, True):
        try:
            graph = tf.function(
                lambda *given: op(*given, *constants), autograph=autograph
            ).get_concrete_function(*tensors)
            break
        except Exception:
            pass
    else:
        return True
    return any(
        "_gradient_op_type" in operation.node_def.attr
        for operation in graph.graph.get_operations()
    )

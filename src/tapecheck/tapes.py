"""One formula on both tapes, which must agree: the truth that tests compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class TapesDisagree(AssertionError):
    """TensorFlow's and PyTorch's gradients differ: the formula itself is at fault."""


def both_tapes(
    formula: Callable[..., Any], *inputs: Any, cotangent: Any = 1.0
) -> list[np.ndarray]:
    """Gradients of `formula` by TensorFlow's tape, after PyTorch's has agreed.

    `formula(ops, *inputs)` is written once, with NumPy's names: `ops` is
    `tensorflow.experimental.numpy` in one run and `torch` in the other, so
    `ops.exp`, `ops.log`, `ops.tanh`, `ops.sum(a, axis=0)`, `ops.einsum` and `@` mean
    the same in both. Every array that it uses must come in through `inputs`; Python
    numbers need not.

    Args:
        formula: the function to differentiate.
        inputs: array-likes of floats; they become float64.
        cotangent: the upstream gradient, of the shape of the formula's value, or a
            number for all its entries.

    Returns:
        One float64 array per input, of its shape.

    Raises:
        TapesDisagree: the two gradients differ by more than rounding.
    """
    arrays = [np.array(value, dtype=np.float64) for value in inputs]
    recorded = _tensorflow(formula, arrays, cotangent)
    for ours, theirs in zip(recorded, _torch(formula, arrays, cotangent), strict=True):
        if not np.allclose(ours, theirs, rtol=1e-9, atol=1e-12, equal_nan=True):
            raise TapesDisagree(f"TensorFlow finds {ours}, PyTorch {theirs}")
    return recorded


def _tensorflow(formula, arrays, cotangent) -> list[np.ndarray]:
    import tensorflow as tf

    inputs = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = formula(tf.experimental.numpy, *inputs)
    upstream = tf.broadcast_to(tf.constant(cotangent, tf.float64), value.shape)
    gradients = tape.gradient(
        value, inputs, upstream, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return [gradient.numpy() for gradient in gradients]


def _torch(formula, arrays, cotangent) -> list[np.ndarray]:
    import torch

    inputs = [torch.tensor(array, requires_grad=True) for array in arrays]
    value = formula(torch, *inputs)
    upstream = torch.broadcast_to(
        torch.as_tensor(cotangent, dtype=torch.float64), value.shape
    )
    gradients = torch.autograd.grad(
        value, inputs, upstream, allow_unused=True, materialize_grads=True
    )
    return [gradient.numpy() for gradient in gradients]

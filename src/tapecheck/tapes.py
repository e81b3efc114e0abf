"""One formula on both tapes, which must agree: the truth that tests compare with."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tapecheck.oracles import agree, vjp


def both_tapes(
    formula: Callable[..., Any], *inputs: Any, cotangent: Any = 1.0
) -> list[np.ndarray]:
    """Gradients of `formula` by TensorFlow's tape, after PyTorch's has agreed.

    `formula(ops, *inputs)` is written once, with NumPy's names: `ops` is `numpy`,
    `tensorflow.experimental.numpy` or `torch`, so `ops.exp`, `ops.log`, `ops.tanh`,
    `ops.sum(a, axis=0)`, `ops.einsum` and `@` mean the same in all three. Every array
    that it uses must come in through `inputs`; Python numbers need not.

    Args:
        formula: the function to differentiate; it returns an array or a number.
        inputs: array-likes of floats; they become float64.
        cotangent: the upstream gradient, of the shape of the formula's value, or a
            number for all its entries.

    Returns:
        One float64 array per input, of its shape; a NumPy number for a number.

    Raises:
        ExerciseError: the two tapes disagree: the formula itself is at fault.
    """
    import tensorflow as tf
    import torch

    arrays = [np.array(value, dtype=np.float64) for value in inputs]
    upstream = np.full(np.shape(formula(np, *arrays)), cotangent, dtype=float)
    recorded = vjp(
        partial(formula, tf.experimental.numpy),
        [tf.constant(array) for array in arrays],
        upstream,
    )
    traced = vjp(
        partial(formula, torch), [torch.tensor(array) for array in arrays], upstream
    )
    # [()] makes a number of an array without axes.
    return [gradient[()] for gradient in agree(recorded, traced)]

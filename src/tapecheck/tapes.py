"""One formula on both tapes, which must agree: the truth that tests compare with."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tapecheck.oracles import agree, vjp

# TensorFlow's eager tape takes six times as long as PyTorch's. So it is asked at the
# first so many points of each formula, for each set of shapes. A formula is its code:
# what it closes over changes from point to point.
ASKED_BOTH = 3
agreed: WeakKeyDictionary[Any, Counter] = WeakKeyDictionary()


def both_tapes(
    formula: Callable[..., Any], *inputs: Any, cotangent: Any = 1.0
) -> list[np.ndarray]:
    """Gradients of `formula` by PyTorch's tape, with which TensorFlow's has agreed.

    `formula(ops, *inputs)` is written once, with NumPy's names: `ops` is `numpy`,
    `tensorflow.experimental.numpy` or `torch`, so `ops.exp`, `ops.log`, `ops.tanh`,
    `ops.sum(a, axis=0)`, `ops.einsum` and `@` mean the same in all three. Every array
    that it uses must come in through `inputs`; Python numbers need not. TensorFlow is
    asked at the first `ASKED_BOTH` points of each formula and set of shapes.

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
    import torch

    arrays = [np.array(value, dtype=np.float64) for value in inputs]
    upstream = np.full(np.shape(formula(np, *arrays)), cotangent, dtype=float)
    gradients = vjp(
        partial(formula, torch), [torch.tensor(array) for array in arrays], upstream
    )
    times = agreed.setdefault(getattr(formula, "__code__", formula), Counter())
    shapes = tuple(array.shape for array in arrays)
    if times[shapes] < ASKED_BOTH:
        import tensorflow as tf

        recorded = vjp(
            partial(formula, tf.experimental.numpy),
            [tf.constant(array) for array in arrays],
            upstream,
        )
        agree(gradients, recorded)
        times[shapes] += 1
    # [()] makes a number of an array without axes.
    return [gradient[()] for gradient in gradients]

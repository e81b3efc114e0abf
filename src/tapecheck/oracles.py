"""Where right gradients come from: two tapes and two numerical differences.

Every oracle calls `f` with one argument per parameter and returns NumPy arrays
nested like the parameters:

    oracle(f, x)                  calls f(x),          returns df/dx
    oracle(f, [W, b])             calls f(W, b),       returns [df/dW, df/db]
    oracle(f, {"W": W, "b": b})   calls f(W=W, b=b),   returns {"W": ..., "b": ...}

Each states its accuracy. Where two apply, `agree` compares them: two truths that
differ are a fault of the exercise, never of the student.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from tapecheck.arrays import as_array, belongs_to
from tapecheck.compare import ExerciseError, compare, is_container, read_expected

ACCURACY = {
    "tape_gradient": {"float64": 1e-12, "float32": 1e-5},
    "central_difference": {"float64": 1e-7, "float32": 1e-2},
    "complex_step": {"float64": 1e-12},
}
"""Relative error to expect of each oracle for a smooth f whose value, gradient and
arguments are of the order of 1; worse where terms cancel or f has a kink nearby."""


def tape_gradient(f: Callable, params: Any) -> Any:
    """Gradient of a scalar function, from the tape of the parameters' framework.

    Args:
        f: returns one number, computed with TensorFlow or PyTorch.
        params: tensors or variables of one framework, float32 or float64, of any
            shape; one of them, a list, a tuple or a dict. They are not changed: f
            is called with new tensors of the same values.

    Returns:
        Arrays of the parameters' shapes and dtypes, zero where f does not depend on
        a parameter. Accuracy: rounding, see `ACCURACY`.

    Raises:
        ExerciseError: no tensors, of two frameworks, or f is not one number.
    """
    return _on_tape(f, params, None)


def vjp(f: Callable, inputs: Any, cotangent: Any) -> Any:
    """Vector-Jacobian product: the gradient of sum(cotangent * f) on the tape.

    Args:
        f: returns one tensor of any shape.
        inputs: as `params` of `tape_gradient`.
        cotangent: array of the shape of what f returns, the upstream gradient.

    Returns:
        Arrays of the inputs' shapes and dtypes. Accuracy: rounding.

    Raises:
        ExerciseError: as for `tape_gradient`, or the cotangent has another shape.
    """
    return _on_tape(f, inputs, read_expected(cotangent, "cotangent"))


def central_difference(f: Callable, params: Any) -> Any:
    """Gradient of a scalar function by (f(x + h) - f(x - h)) / 2h, entry by entry.

    The step h is the cube root of the rounding unit times max(1, |x|), which
    balances the error of the formula, of order h², against rounding in f, of order
    1/h (Nocedal & Wright, Numerical Optimization, section 8.1).

    Args:
        f: returns one real number, computed with NumPy. It must be smooth near x.
        params: float32 or float64 arrays or numbers; nested as everywhere here.

    Returns:
        Arrays of the parameters' shapes and dtypes. Accuracy: see `ACCURACY`; f is
        computed in the parameters' dtype, so float32 costs most of the digits.

    Raises:
        ExerciseError: a parameter is not a float array, or f is not one number.
    """
    arrays = _float_arrays(params, copy=True)

    def value() -> float:
        return float(_one_number(f, arrays, params).real)

    def gradient(x: np.ndarray) -> np.ndarray:
        result = np.zeros_like(x)
        scale = float(np.cbrt(np.finfo(x.dtype).eps))
        for place in np.ndindex(x.shape):
            here = x[place]
            h = scale * max(1.0, abs(float(here)))
            x[place] = above = here + x.dtype.type(h)
            high = value()
            x[place] = below = here - x.dtype.type(h)
            low = value()
            x[place] = here
            # The step that was really taken, after rounding.
            result[place] = (high - low) / (float(above) - float(below))
        return result

    return _rebuild(params, [gradient(x) for x in arrays])


def complex_step(f: Callable, params: Any) -> Any:
    """Gradient of a scalar function by Im f(x + ih) / h with h = 1e-100.

    Nothing is subtracted, so nothing cancels (Squire & Trapp, SIAM Review 40, 1998).
    f must be analytic: abs, max, a comparison, .real or a conjugate on the way give
    wrong numbers silently, so the result is compared with `central_difference`.

    Args:
        f: returns one number, computed with NumPy from complex arrays.
        params: float64 arrays or numbers; nested as everywhere here.

    Returns:
        float64 arrays of the parameters' shapes. Accuracy: rounding, see `ACCURACY`.

    Raises:
        ExerciseError: as for `central_difference`, or the two disagree.
    """
    h = 1e-100
    arrays = [x.astype(np.complex128) for x in _float_arrays(params)]

    def gradient(x: np.ndarray) -> np.ndarray:
        result = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            here = x[place]
            x[place] = here + 1j * h
            result[place] = _one_number(f, arrays, params).imag / h
            x[place] = here
        return result

    result = _rebuild(params, [gradient(x) for x in arrays])
    numeric = central_difference(f, _rebuild(params, [x.real for x in arrays]))
    return agree(result, numeric, rtol=100 * ACCURACY["central_difference"]["float64"])


def agree(first: Any, *others: Any, rtol: float | None = None) -> Any:
    """The first of several gradients, once all of them are the same.

    Args:
        first, others: gradients from different oracles, nested alike.
        rtol: largest relative error between them; see `tapecheck.compare`.

    Returns:
        `first`.

    Raises:
        ExerciseError: two disagree, so the exercise cannot know what is right.
    """
    for other in others:
        for comparison in compare(other, first, "gradient", rtol):
            if not comparison.right:
                raise ExerciseError(
                    f"Two oracles disagree on {comparison.name}, so the exercise is at"
                    f" fault: their relative error is {comparison.error:.1e}."
                )
    return first


# --- nestings --------------------------------------------------------------------


def _flat(params: Any) -> list:
    if isinstance(params, dict):
        return list(params.values())
    return list(params) if is_container(params) else [params]


def _rebuild(params: Any, values: list) -> Any:
    if isinstance(params, dict):
        return dict(zip(params, values, strict=True))
    if is_container(params):
        return type(params)(values)
    return values[0]


def _call(f: Callable, values: list, params: Any) -> Any:
    if isinstance(params, dict):
        return f(**dict(zip(params, values, strict=True)))
    return f(*values)


def _float_arrays(params: Any, copy: bool = False) -> list[np.ndarray]:
    arrays = [read_expected(value, "parameter") for value in _flat(params)]
    if any(array.dtype.kind != "f" for array in arrays):
        raise ExerciseError(
            "A parameter holds whole numbers; to differentiate, write 2.0 for 2."
        )
    return [array.copy() for array in arrays] if copy else arrays


def _one_number(f: Callable, values: list, params: Any) -> np.ndarray:
    result = as_array(_call(f, values, params))
    if result.size != 1:
        raise ExerciseError(
            f"The function must return one number; its shape is {result.shape}."
        )
    return result.reshape(())


# --- the two tapes ---------------------------------------------------------------


def _on_tape(f: Callable, params: Any, cotangent: np.ndarray | None) -> Any:
    # A stand-in for a function in another process passes the question on to it.
    if asked := getattr(f, "__tapecheck_derivative__", None):
        if cotangent is None:
            return asked("tape_gradient", params)
        return asked("vjp", params, cotangent)
    values = _flat(params)
    framework = {_framework(value) for value in values}
    if framework == {"torch"}:
        gradients = _torch(f, params, values, cotangent, sys.modules["torch"])
    elif framework == {"tensorflow"}:
        gradients = _tensorflow(f, params, values, cotangent, sys.modules["tensorflow"])
    else:
        raise ExerciseError(
            "A tape needs tensors of one framework, TensorFlow or PyTorch; for NumPy"
            " arrays there is central_difference."
        )
    return _rebuild(params, gradients)


def _framework(value: object) -> str:
    for package in ("torch", "tensorflow"):
        if belongs_to(type(value), package):
            return package
    return "none"


def _check_output(output: Any, cotangent: np.ndarray | None) -> None:
    if _framework(output) == "none":
        raise ExerciseError("The function must return a tensor of its framework.")
    shape = tuple(output.shape)
    if cotangent is None and np.prod(shape) != 1:
        raise ExerciseError(
            f"The function must return one number; its shape is {shape}. For an array"
            " there is vjp."
        )
    if cotangent is not None and cotangent.shape != shape:
        raise ExerciseError(
            f"The cotangent has shape {cotangent.shape}; the function returns {shape}."
        )


def _torch(
    f: Callable,
    params: Any,
    values: list,
    cotangent: np.ndarray | None,
    torch: ModuleType,
) -> list[np.ndarray]:
    leaves = [value.detach().clone().requires_grad_() for value in values]
    with torch.enable_grad():
        output = _call(f, leaves, params)
    _check_output(output, cotangent)
    if cotangent is None:
        weight = torch.ones_like(output)
    else:
        weight = torch.as_tensor(cotangent, dtype=output.dtype)
    if not output.requires_grad:  # f does not depend on any parameter
        return [np.zeros_like(as_array(value)) for value in values]
    gradients = torch.autograd.grad(output, leaves, weight, allow_unused=True)
    return [
        np.zeros_like(as_array(value)) if gradient is None else as_array(gradient)
        for value, gradient in zip(values, gradients, strict=True)
    ]


def _tensorflow(
    f: Callable,
    params: Any,
    values: list,
    cotangent: np.ndarray | None,
    tf: ModuleType,
) -> list[np.ndarray]:
    inputs = [tf.identity(tf.convert_to_tensor(value)) for value in values]
    with tf.GradientTape() as tape:
        for value in inputs:
            tape.watch(value)
        output = _call(f, inputs, params)
    _check_output(output, cotangent)
    weight = None if cotangent is None else tf.cast(cotangent, output.dtype)
    gradients = tape.gradient(
        output,
        inputs,
        output_gradients=weight,
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )
    return [as_array(gradient) for gradient in gradients]

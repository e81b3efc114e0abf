"""The oracles agree with formulas and with each other, and say when they cannot."""

import numpy as np
import pytest

import tapecheck  # noqa: F401  before the frameworks
from tapecheck.compare import ExerciseError, relative_error
from tapecheck.oracles import (
    ACCURACY,
    agree,
    central_difference,
    complex_step,
    tape_gradient,
    vjp,
)

import tensorflow as tf  # isort: skip
import torch  # isort: skip

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2)
ONES = np.ones((5, 2))


def net(module):
    """sum(tanh(X W + b)**2) in NumPy, TensorFlow or torch."""
    x = X if module is np else module.constant(X) if module is tf else module.tensor(X)
    total = module.reduce_sum if module is tf else module.sum

    def f(W, b):
        return total(module.tanh(x @ W + b) ** 2)

    return f


def by_formula(W, b):
    A = np.tanh(X @ W + b)
    D = 2 * A * (1 - A**2)
    return X.T @ D, D.sum(0)


TAPES = {
    "TensorFlow": lambda: tape_gradient(net(tf), [tf.constant(W), tf.Variable(B)]),
    "torch": lambda: tape_gradient(net(torch), [torch.tensor(W), torch.tensor(B)]),
    "central": lambda: central_difference(net(np), [W, B]),
    "complex": lambda: complex_step(net(np), [W, B]),
}


@pytest.mark.parametrize("name", TAPES)
def test_every_oracle_gives_the_derivative_to_its_accuracy(name):
    oracle = {"central": "central_difference", "complex": "complex_step"}
    limit = ACCURACY[oracle.get(name, "tape_gradient")]["float64"]
    for found, right in zip(TAPES[name](), by_formula(W, B), strict=True):
        assert found.shape == right.shape
        assert found.dtype == np.float64
        assert relative_error(found, right) < limit


@pytest.mark.parametrize("name", TAPES)
def test_no_oracle_takes_another_function_s_derivative_for_right(name):
    with pytest.raises(ExerciseError, match="disagree"):
        agree(TAPES[name](), [1.001 * g for g in by_formula(W, B)], rtol=1e-5)


@pytest.mark.parametrize("exponent", range(-3, 4))
def test_the_step_of_a_central_difference_follows_the_scale(exponent):
    x = 1.7 * 10.0**exponent
    found = central_difference(lambda x: np.sin(x / 10.0**exponent), x)
    right = np.cos(1.7) / 10.0**exponent
    # Below 1 the step no longer shrinks with x, so small scales lose digits.
    limit = 1e-7 if exponent >= 0 else 1e-7 * 10.0 ** (-2 * exponent)
    assert abs(found - right) < limit * abs(right)


def test_float32_is_differentiated_in_float32():
    W32, B32 = W.astype(np.float32), B.astype(np.float32)
    found = central_difference(net(np), [W32, B32])
    assert found[0].dtype == np.float32
    error = relative_error(found[0].astype(float), by_formula(W, B)[0])
    assert 1e-7 < error < ACCURACY["central_difference"]["float32"]
    tape = tape_gradient(lambda w: (w**3).sum(), torch.tensor(W32))
    assert tape.dtype == np.float32
    assert relative_error(tape, 3 * W32**2) < ACCURACY["tape_gradient"]["float32"]


def test_parameters_may_be_single_listed_or_named_and_are_not_changed():
    before = W.copy()
    single = central_difference(lambda W: np.sum(W**2), W)
    listed = central_difference(lambda W, b: np.sum(W**2) + np.sum(b), (W, B))
    named = central_difference(lambda W, b: np.sum(W**2) + np.sum(b), {"b": B, "W": W})
    np.testing.assert_array_equal(single, listed[0])
    np.testing.assert_array_equal(single, named["W"])
    assert isinstance(listed, tuple)
    assert list(named) == ["b", "W"]
    np.testing.assert_array_equal(W, before)
    assert central_difference(lambda x: x**2 + 4 * x, 3) == pytest.approx(10)


@pytest.mark.parametrize("tensor", [tf.Variable, tf.constant, torch.tensor])
def test_tensors_are_not_changed_and_unused_ones_have_gradient_zero(tensor):
    w, b = tensor(W), tensor(B)
    module = torch if tensor is torch.tensor else tf
    total = torch.sum if module is torch else tf.reduce_sum
    found = tape_gradient(lambda W, b: total(W**2), {"W": w, "b": b})
    np.testing.assert_allclose(found["W"], 2 * W)
    np.testing.assert_array_equal(found["b"], 0 * B)
    assert getattr(w, "grad", None) is None
    np.testing.assert_array_equal(np.asarray(w), W)


@pytest.mark.parametrize("tensor", [tf.constant, torch.tensor])
def test_vjp_weighs_the_outputs(tensor):
    cotangent = RNG.normal(size=(5, 2))
    found = vjp(lambda x, w: x @ w, [tensor(X), tensor(W)], cotangent)
    np.testing.assert_allclose(found[0], cotangent @ W.T)
    np.testing.assert_allclose(found[1], X.T @ cotangent)
    plain = vjp(lambda x: x @ tensor(W), tensor(X), ONES)
    np.testing.assert_allclose(plain, ONES @ W.T)
    assert relative_error(plain, found[0]) > 0.1


@pytest.mark.parametrize("f", [np.abs, np.real, np.conj])
def test_a_complex_step_through_what_is_not_analytic_is_noticed(f):
    with pytest.raises(ExerciseError, match="Two oracles disagree"):
        complex_step(lambda x: np.sum(f(x) * (-1.0) ** np.arange(3)), X[0])


def test_agree_returns_the_first_and_compares_them_all():
    first = [W, B]
    assert agree(first, (W + 1e-9, B), [W, B]) is first
    with pytest.raises(ExerciseError, match=r"gradient\[1\]"):
        agree(first, [W, B], [W, 2 * B])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: tape_gradient(lambda x: x, X), "central_difference"),
        (
            lambda: tape_gradient(net(torch), [torch.tensor(W), tf.constant(B)]),
            "one fr",
        ),
        (lambda: tape_gradient(lambda x: 2 * x, torch.tensor(X)), "one number"),
        (lambda: tape_gradient(lambda x: 3.0, torch.tensor(X)), "a tensor"),
        (lambda: vjp(lambda x: 2 * x, torch.tensor(X), np.ones(5)), "cotangent has"),
        (lambda: vjp(lambda x: 2 * x, tf.constant(X), np.ones(5)), "cotangent has"),
        (lambda: central_difference(lambda x: x, X), "one number"),
        (lambda: central_difference(np.sum, np.arange(3)), "whole numbers"),
        (lambda: complex_step(np.sum, "x"), "must be an array"),
    ],
)
def test_what_cannot_be_differentiated_is_the_exercise_s_fault(call, reason):
    with pytest.raises(ExerciseError, match=reason):
        call()

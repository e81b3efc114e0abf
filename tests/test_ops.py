"""Differentiating through somebody else's op: all it sends back is seen."""

import numpy as np
import pytest

import tapecheck.ops  # before the frameworks
from tapecheck.ops import answer, through

import tensorflow as tf  # isort: skip
import torch  # isort: skip
from torch.autograd import Function  # isort: skip

X = np.array([1.0, -0.4, 0.2])
DY = np.array([0.7, 1.2, -0.5])


@tf.custom_gradient
def cube_tf(x):
    return x**3, lambda dy: 3 * x**2 * dy


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * dy


class Forgetful(Function):
    """Keeps its slope as a constant, so that a second derivative loses it."""

    @staticmethod
    def forward(ctx, x):
        ctx.slope = 3 * x**2
        return x**3

    @staticmethod
    def backward(ctx, dy):
        return ctx.slope * dy


class Greedy(Function):
    """Sends nothing back to its second input."""

    @staticmethod
    def forward(ctx, x, y):
        return x + y

    @staticmethod
    def backward(ctx, dy):
        return dy, None


@tf.custom_gradient
def greedy_tf(x, y):
    return x + y, lambda dy: (dy, None)


BOTH = pytest.mark.parametrize(
    ("op", "tensor"), [(cube_tf, tf.constant), (Cube.apply, torch.tensor)]
)


@BOTH
def test_value_and_both_derivatives(op, tensor):
    found = through(op, [tensor(X)], DY, second=[np.ones(3)], own=True)
    np.testing.assert_allclose(found["value"], X**3)
    np.testing.assert_allclose(found["gradients"][0], DY * 3 * X**2)
    np.testing.assert_allclose(found["seconds"][0], DY * 6 * X)
    np.testing.assert_allclose(found["seconds"][1], 3 * X**2)


@BOTH
def test_a_number_is_the_cotangent_of_every_entry(op, tensor):
    found = through(op, [tensor(X)], 0.7)
    np.testing.assert_allclose(found["gradients"][0], 0.7 * 3 * X**2)


@BOTH
def test_the_dtype_stays(op, tensor):
    found = through(op, [tensor(X.astype(np.float32))], 0.7)
    assert found["value"].dtype == found["gradients"][0].dtype == np.float32


def test_a_second_derivative_that_is_lost_is_none_not_zero():
    found = through(Forgetful.apply, [torch.tensor(X)], DY, second=[np.ones(3)])
    np.testing.assert_allclose(found["gradients"][0], DY * 3 * X**2)
    assert found["seconds"][0] is None


@pytest.mark.parametrize(
    ("op", "tensor"), [(greedy_tf, tf.constant), (Greedy.apply, torch.tensor)]
)
def test_none_stays_none(op, tensor):
    found = through(op, [tensor(X), tensor(X)], DY)
    assert found["gradients"][0] is not None and found["gradients"][1] is None


@pytest.mark.parametrize(
    ("op", "tensor"),
    [
        (lambda x: x**3, tf.constant),
        (lambda x: x**3, torch.tensor),
        (tf.sinh, tf.constant),
        (torch.sinh, torch.tensor),
    ],
)
def test_an_op_that_leaves_the_work_to_the_tape_is_told_apart(op, tensor):
    assert through(op, [tensor(X)], DY)["gradients"][0] is not None
    with pytest.raises(tapecheck.GradientMismatch) as caught:
        through(op, [tensor(X)], DY, own=True)
    assert caught.value.codes == ("no-custom-gradient",)


def test_an_op_inside_a_longer_function_is_found():
    through(lambda x: 2 * Cube.apply(x) + x, [torch.tensor(X)], DY, own=True)
    through(lambda x: 2 * cube_tf(x) + x, [tf.constant(X)], DY, own=True)


def test_an_op_is_traced_once_for_each_kind_of_input(monkeypatch):
    asked, look = [], tapecheck.ops._meets_custom_gradient
    monkeypatch.setattr(
        tapecheck.ops,
        "_meets_custom_gradient",
        lambda *given: asked.append(given) or look(*given),
    )

    def single_only(x):
        return cube_tf(x) if x.dtype == tf.float32 else x**3

    def there(dtype, *shape):
        x = np.ones(shape, dtype)
        try:
            return through(single_only, [tf.constant(x)], x, own=True) is not None
        except tapecheck.GradientMismatch:
            return False

    assert [there(np.float32, 3), there(np.float64, 3), there(np.float32, 3)] == [
        *(True, False, True)
    ]
    assert len(asked) == 2
    assert there(np.float32, 2) and len(asked) == 3


def test_an_op_that_leaves_tensorflow_counts_as_its_own():
    @tf.custom_gradient
    def outside(x):
        return tf.constant(x.numpy() ** 3), lambda dy: 3 * x**2 * dy

    found = through(outside, [tf.constant(X)], DY, own=True)
    np.testing.assert_allclose(found["gradients"][0], DY * 3 * X**2)


def test_captured_variables():
    k = tf.Variable(2.0, dtype=tf.float64)
    found = through(lambda x: k * x, [tf.constant(X)], DY)
    np.testing.assert_allclose(found["variables"], [np.sum(DY * X)])


def test_constants_are_passed_on_and_not_differentiated():
    found = through(lambda x, k: k * x, [torch.tensor(X)], DY, constants=[3])
    np.testing.assert_allclose(found["gradients"], [3 * DY])


def test_an_input_changed_in_place_is_noticed():
    def spoil(x):
        x += 1
        return x**2

    with pytest.raises(tapecheck.GradientMismatch, match="input-changed"):
        through(spoil, [torch.tensor(X)], DY)


@pytest.mark.parametrize("tensor", [tf.constant, torch.tensor])
def test_a_value_of_another_shape_is_the_ops_fault(tensor):
    with pytest.raises(tapecheck.GradientMismatch, match="shape"):
        through(lambda x: x[:2], [tensor(X)], DY)


@pytest.mark.parametrize("inputs", [[X], [tf.constant(X), torch.tensor(X)]])
def test_inputs_of_no_framework_or_of_two_are_refused(inputs):
    with pytest.raises(TypeError, match="TensorFlow or of PyTorch"):
        through(lambda *given: given[0], inputs, DY)


def test_a_stand_in_is_asked_in_its_place():
    class StandIn:
        def __tapecheck_through__(self, inputs, cotangent, **options):
            return answer(lambda x: x**3, inputs, cotangent, **options)

    found = through(StandIn(), [torch.tensor(X)], DY)
    np.testing.assert_allclose(found["gradients"][0], DY * 3 * X**2)
    with pytest.raises(tapecheck.GradientMismatch, match="no-custom-gradient"):
        through(StandIn(), [torch.tensor(X)], DY, own=True)


@pytest.mark.parametrize("tensor", [tf.constant, torch.tensor])
def test_an_input_that_is_not_wanted_stands_still(tensor):
    def product(x, y):
        return x**2 * y

    inputs = [tensor(X), tensor(2 * X)]
    found = through(product, inputs, DY, wanted=[False, True], second=[0 * X, X])
    assert found["gradients"][0] is None and found["seconds"][0] is None
    np.testing.assert_allclose(found["gradients"][1], DY * X**2)
    np.testing.assert_allclose(found["seconds"][2], X**3)


def test_an_op_learns_what_is_wanted():
    asked = []

    class Product(Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y

        @staticmethod
        def backward(ctx, dy):
            asked.append(ctx.needs_input_grad)
            x, y = ctx.saved_tensors
            return dy * y, dy * x

    inputs = [torch.tensor(X), torch.tensor(X)]
    through(Product.apply, inputs, DY, wanted=[True, False])
    assert asked == [(True, False)]

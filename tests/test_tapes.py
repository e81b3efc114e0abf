"""One formula, two tapes: they agree, and a formula on which they do not is refused."""

import numpy as np
import pytest

from tapecheck.compare import ExerciseError
from tapecheck.tapes import ASKED_BOTH, both_tapes


def test_gradients_of_every_input():
    x, W = np.arange(6.0).reshape(3, 2), np.array([[1.0, -2, 0.5], [3, 1, 2]])
    dy = np.linspace(-1, 1, 9).reshape(3, 3)
    dx, dW = both_tapes(lambda ops, x, W: x @ W, x, W, cotangent=dy)
    np.testing.assert_allclose(dx, dy @ W.T)
    np.testing.assert_allclose(dW, x.T @ dy)


def test_one_number_as_cotangent_stands_for_every_entry():
    (found,) = both_tapes(lambda ops, x: ops.exp(x), [0.0, 1.0], cotangent=0.7)
    np.testing.assert_allclose(found, 0.7 * np.exp([0.0, 1.0]))


def test_an_input_that_is_not_used_gets_zeros():
    _, found = both_tapes(lambda ops, x, y: ops.sum(x), [1.0, 2.0], [3.0, 4.0])
    np.testing.assert_array_equal(found, [0.0, 0.0])


def test_tapes_that_disagree_are_noticed():
    def formula(ops, x):
        return ops.sum(x) * (2 if ops.__name__ == "torch" else 1)

    with pytest.raises(ExerciseError, match="disagree"):
        both_tapes(formula, [1.0, 2.0])


def test_tensorflow_is_asked_at_the_first_points_of_each_formula_and_shape():
    asked = []

    def formula(ops, x):
        asked.append(ops.__name__.split(".")[0])
        return ops.sum(x**2)

    def times(package, points):
        asked.clear()
        for point in points:
            (found,) = both_tapes(formula, point)
            np.testing.assert_allclose(found, 2 * np.array(point))
        return asked.count(package)

    points = [[1.0, number] for number in range(ASKED_BOTH + 4)]
    assert times("tensorflow", points) == ASKED_BOTH
    assert times("torch", points) == len(points)
    assert times("tensorflow", [[1.0, 2.0, 3.0]]) == 1
    other = [both_tapes(lambda ops, x: ops.sum(x**2), points[0])[0] for _ in points]
    np.testing.assert_allclose(other, [2 * np.array(points[0])] * len(points))

"""The reader of formulas reads them as a person does, and notices a wrong one."""

import latex
import nbformat
import numpy as np
import pytest

X, W = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (r"-\frac{Y}{A_2} + \frac{1 - Y}{1 - A_2}", -0.3 / 0.8 + 0.7 / (1 - 0.8)),
        (r"A_2 (1 - A_2)", 0.8 * (1 - 0.8)),
        (
            r"-Y \ln A_2 - (1 - Y) \ln (1 - A_2)",
            0.5 * 0 - 0.3 * np.log(0.8) - 0.7 * np.log(1 - 0.8),
        ),
        (r"\tfrac{1}{2} (Y - A_2)^2", 0.5 * 0.25),
        (r"\frac12 A_2", 0.4),
        (
            r"\max(A_2, 0) - Y A_2 + \ln (1 + e^{-|A_2|})",
            0.8 - 0.24 + np.log(1 + np.exp(-0.8)),
        ),
        (r"\sum_i v_i + \frac1n \sum_i v_i^2", 6 + 14 / 3),
        (r"\overline{v v} - 1", 14 / 3 - 1),
        (r"X W", X @ W),
        (r"W^\top X^\top", W.T @ X.T),
        (r"\frac{\partial L}{\partial w_1} v_1", 10.0),
    ],
)
def test_formula(formula, value):
    values = {
        "Y": 0.3,
        "A_2": 0.8,
        "v_i": np.arange(1.0, 4),
        "v": np.arange(1.0, 4),
        "n": 3,
        "X": X,
        "W": W,
        "dL/dw_1": 5.0,
        "v_1": 2.0,
    }
    np.testing.assert_allclose(latex.evaluate(formula, values), value)


def test_statements_of_an_equation():
    text = r"""\frac{\mathrm{d}A_3}{\mathrm{d}A_1} = a = b, \qquad
\hat y_i = \sum_{i=1}^{n} [i = c] \quad \text{at } x = 1"""
    assert latex.statements(text) == [
        ("dA_3/dA_1", ["a", "b"]),
        ("hat_y_i", [r"\sum_{i=1}^{n} [i = c]"]),
    ]


def test_labelled_equations_are_found():
    cell = nbformat.v4.new_markdown_cell(
        "Text\n\n```{math}\n:label: eq-one\na = b\n```\n\n```{math}\nc = d\n```\n"
    )
    assert latex.equations(nbformat.v4.new_notebook(cells=[cell])) == {
        "eq-one": "a = b\n"
    }


@pytest.mark.parametrize("formula", [r"A_2 (1 - A_2", r"\prod x", "A_2 % 3"])
def test_unknown_notation_is_refused(formula):
    with pytest.raises((ValueError, KeyError)):
        latex.evaluate(formula, {"A_2": 0.8, "x": 1.0})


def test_a_name_without_a_value_is_refused():
    with pytest.raises(KeyError):
        latex.evaluate("A_2 + A_3", {"A_2": 0.8})

"""Chapter 4: its formulas by computer algebra, and what it says of the frameworks."""

import html
import json
import re
from pathlib import Path

import latex
import nbformat
import numpy as np
import pytest
import sympy as sp

import tapecheck  # noqa: F401  # before the frameworks

import tensorflow as tf  # isort: skip
import torch  # isort: skip

CHAPTER = Path(__file__).parent.parent / "book/04-custom-gradients.ipynb"
NOTEBOOK = nbformat.read(CHAPTER, as_version=4)
EQUATIONS = latex.equations(NOTEBOOK)

u, z, M, e, n, eta, y_bar = sp.symbols("u z M e n eta ybar", real=True)
a, b = sp.symbols("a b", real=True)


def vanishes(expression, **ranges) -> bool:
    """Whether an expression is 0 at many points, to 40 digits."""
    draw = np.random.default_rng(0).uniform
    names = sorted(expression.free_symbols, key=str)
    for _ in range(20):
        point = {s: sp.Float(draw(*ranges.get(str(s), (-3, 3))), 50) for s in names}
        if abs(expression.subs(point).evalf(50)) > sp.Float("1e-40"):
            return False
    return True


def softsign():
    y = u / (1 + sp.Abs(u))
    return sp.diff(y, u) - 1 / (1 + sp.Abs(u)) ** 2


def vjp_of_softsign():
    """J is diagonal, so one entry of its product with the cotangent tells all."""
    return y_bar * sp.diff(u / (1 + sp.Abs(u)), u) - y_bar / (1 + sp.Abs(u)) ** 2


def shrinking():
    """Distances after a step: Hessian 2, the factors n/2 and 1/2 of the two bugs."""
    weights = (1 - 2 * (n / 2) * eta) - (1 - n * eta)
    bias = (1 - 2 * sp.Rational(1, 2) * eta) - (1 - eta)
    return weights**2 + bias**2


def log1pexp():
    return sp.diff(sp.log(1 + sp.exp(z)), z) - sp.exp(z) / (1 + sp.exp(z))


def max_out():
    right = sp.Max(a, b) + sp.log(1 + sp.exp(-sp.Abs(a - b)))
    return sp.log(sp.exp(a) + sp.exp(b)) - right


def logcosh():
    middle = sp.log((sp.exp(u) + sp.exp(-u)) / 2)
    right = sp.Abs(u) + sp.log(1 + sp.exp(-2 * sp.Abs(u))) - sp.log(2)
    slope = sp.diff(middle, u) - sp.tanh(u)
    return (middle - sp.log(sp.cosh(u))) ** 2 + (middle - right) ** 2 + slope**2


def kepler_implicit():
    E = sp.Function("E")(M, e)
    equation = E - e * sp.sin(E) - M
    by_time = sp.solve(sp.diff(equation, M), sp.diff(E, M))[0]
    by_shape = sp.solve(sp.diff(equation, e), sp.diff(E, e))[0]
    angle = sp.Symbol("angle", real=True)
    first = by_time * (1 - e * sp.cos(E)) - 1
    second = by_shape * (1 - e * sp.cos(E)) - sp.sin(E)
    return (first**2 + second**2).subs(E, angle)


FORMULAS = {
    "eq-softsign": (
        r"y = \frac{u}{1 + |u|}, \qquad"
        r" \frac{\mathrm{d}y}{\mathrm{d}u} = \frac{1}{(1 + |u|)^2}",
        softsign,
    ),
    "eq-vjp": (
        r"\bar u = J^T \bar y, \qquad \text{here} \quad"
        r" \bar u_i = \frac{\bar y_i}{(1 + |u_i|)^2}",
        vjp_of_softsign,
    ),
    "eq-shrink": (
        r"\text{weights: } 1 - 2 \cdot \tfrac{n}{2}\,\eta = 1 - n\eta, \qquad"
        r" \text{bias: } 1 - 2 \cdot \tfrac12\,\eta = 1 - \eta",
        shrinking,
    ),
    "eq-log1pexp": (
        r"f(z) = \ln(1 + e^z), \qquad f'(z) = \frac{e^z}{1 + e^z}",
        log1pexp,
    ),
    "eq-max-out": (
        r"\ln(e^a + e^b) = \max(a, b) + \ln\left(1 + e^{-|a - b|}\right)",
        max_out,
    ),
    "eq-logcosh": (
        r"g(u) = \ln\frac{e^u + e^{-u}}{2}"
        r" = |u| + \ln\left(1 + e^{-2|u|}\right) - \ln 2, \qquad g'(u) = \tanh u",
        logcosh,
    ),
    "eq-kepler-implicit": (
        r"\frac{\partial E}{\partial M} (1 - e\cos E) = 1, \qquad"
        r" \frac{\partial E}{\partial e} (1 - e\cos E) = \sin E",
        kepler_implicit,
    ),
}
"""What the page prints, and an expression that must vanish if that is right."""


def test_every_labelled_equation_is_tested():
    # Kepler's equation itself is a definition.
    assert set(EQUATIONS) - {"eq-kepler"} == set(FORMULAS)


@pytest.mark.parametrize("label", FORMULAS)
def test_formula_is_right(label):
    text, difference = FORMULAS[label]
    assert " ".join(EQUATIONS[label].split()) == text
    assert vanishes(difference(), e=(0, 0.9))


def test_a_wrong_formula_is_noticed():
    assert not vanishes(log1pexp() + sp.exp(-z) / 1000)
    assert not vanishes(softsign() + u * 1e-9)


def test_both_frameworks_refuse_a_wrong_number_of_gradients():
    @tf.custom_gradient
    def one_short(a, b):
        return a + b, lambda dy: (dy,)

    class OneShort(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, dy):
            return dy

    v = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        total = one_short(v, v)
    with pytest.raises(ValueError, match="expected to return 2 gradients"):
        tape.gradient(total, v)
    t = torch.tensor(1.0, requires_grad=True)
    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        OneShort.apply(t, t).backward()


def test_pytorch_refuses_only_a_shape_that_cannot_be_summed():
    class Longer(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a.sum()

        @staticmethod
        def backward(ctx, dy):
            return torch.ones(4)

    t = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="invalid gradient"):
        Longer.apply(t).backward()


def test_the_batch_figure_says_the_factor_of_each_batch_size():
    (cell,) = [cell for cell in NOTEBOOK.cells if cell.id == "sweep-figure"]
    (page,) = [o.data["text/html"] for o in cell.outputs if "text/html" in o.data]
    stored = re.search(r'<script type="application/json">(.*?)</script>', page)[1]
    figure = json.loads(html.unescape(stored))
    assert len(figure["values"]) == len(figure["readouts"]) == len(figure["points"])
    for size, readout in zip(figure["values"], figure["readouts"], strict=True):
        factor = f"{1 - 0.01 * int(size):.2f}".replace("-", "−")
        assert f"Batch size {size}:" in readout
        assert readout.endswith(f"distance by {factor}.")

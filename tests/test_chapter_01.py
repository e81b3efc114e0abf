"""Chapter 1: every displayed formula, and every claim about errors, put to the test.

Formulas that `latex` can read are taken from the page and compared with both tapes.
The others are compared, letter by letter, with a formula that is tested here.
"""

import re
from pathlib import Path

import latex
import nbformat
import numpy as np
import pytest
import sympy
import tensorflow as tf
import torch

from tapecheck.tapes import both_tapes

CHAPTER = Path(__file__).parent.parent / "book/01-autodiff.ipynb"
NOTEBOOK = nbformat.read(CHAPTER, as_version=4)
EQUATIONS = latex.equations(NOTEBOOK)


# --- formulas read from the page ------------------------------------------------------


def parabola(x=1.7):
    def y(ops, x):
        return x**2 + 4 * x

    return {"x": x, "y": y(np, x), "dy/dx": both_tapes(y, x)[0]}


def softplus(z=1.28):
    def g(ops, z):
        return ops.log(1 + ops.exp(-z))

    return {"z": z, "g": g(np, z), "dg/dz": both_tapes(g, z)[0]}


def neuron(Y=0.3):
    x, w, b = np.array([1.3, 2.1]), np.array([0.7, -0.3]), 1.0

    def cross_entropy(ops, p):
        return -Y * ops.log(p) - (1 - Y) * ops.log(1 - p)

    def sigmoid(ops, z):
        return 1 / (1 + ops.exp(-z))

    def loss(ops, w, x):
        return cross_entropy(ops, sigmoid(ops, ops.sum(w * x) + b))

    A1 = w @ x + b
    A2 = sigmoid(np, A1)
    return {
        "x_1": x[0], "x_2": x[1], "w_1": w[0], "w_2": w[1], "b": b, "Y": Y, "A_1": A1,
        "A_2": A2, "A_3": cross_entropy(np, A2),
        "dA_3/dA_2": both_tapes(cross_entropy, A2)[0],
        "dA_2/dA_1": both_tapes(sigmoid, A1)[0],
        "dA_1/dw_1": x[0],
        "dA_3/dw_1": both_tapes(loss, w, x)[0][0],
    }  # fmt: skip


SETTINGS = {
    "eq-ad-parabola": parabola,
    "eq-ad-softplus": softplus,
    "eq-ad-neuron-chain": neuron,
    "eq-ad-neuron-product": neuron,
}


def disagreements(text: str, values: dict) -> list[str]:
    """The right-hand sides of an equation that are not what they should be."""
    return [
        f"{name} = {side}"
        for name, sides in latex.statements(text)
        for side in sides
        if not np.allclose(latex.evaluate(side, values), values[name], rtol=1e-9)
    ]


@pytest.mark.parametrize("label", SETTINGS)
def test_formula_is_right(label):
    assert disagreements(EQUATIONS[label], SETTINGS[label]()) == []


@pytest.mark.parametrize(
    ("label", "right", "wrong"),
    [
        ("eq-ad-parabola", "2x + 4", "2x - 4"),
        ("eq-ad-softplus", "e^{z}", "e^{-z}"),
        ("eq-ad-neuron-chain", "(1 - Y)", "(1 + Y)"),
        (
            "eq-ad-neuron-product",
            r"\frac{\mathrm{d} A_2}{\mathrm{d} A_1}",
            r"\frac{\mathrm{d} A_3}{\mathrm{d} A_2}",
        ),
    ],
)
def test_a_slip_in_a_formula_is_noticed(label, right, wrong):
    assert right in EQUATIONS[label]
    slip = EQUATIONS[label].replace(right, wrong, 1)
    assert disagreements(slip, SETTINGS[label]()) != []


# --- formulas with a limit, a map or a matrix in them ---------------------------------

z, h, x1, x2, x3 = sympy.symbols("z h x1 x2 x3", real=True)
g = sympy.Function("g")


def remainder(quotient, order: int):
    """What a difference quotient is beyond g'(z), to the given order in h."""
    beyond = quotient.series(h, 0, order + 1).removeO() - g(z).diff(z)
    return sympy.simplify(sympy.expand(beyond.doit()))


def differences():
    forward = (g(z + h) - g(z)) / h
    central = (g(z + h) - g(z - h)) / (2 * h)
    # The first term left out, as the text below the V-curve gives it.
    assert sympy.simplify(remainder(forward, 1) - h * g(z).diff(z, 2) / 2) == 0
    assert sympy.simplify(remainder(central, 2) - h**2 * g(z).diff(z, 3) / 6) == 0


def complex_step():
    f = sympy.log(1 + sympy.exp(-z))
    series = f.subs(z, z + sympy.I * h).series(h, 0, 3).removeO()
    on_page = f + sympy.I * h * f.diff(z) - h**2 * f.diff(z, 2) / 2
    assert sympy.simplify(series - on_page) == 0
    assert sympy.simplify(sympy.im(series) / h - f.diff(z)) == 0


def spiral():
    outputs = sympy.Matrix([x1 * x2, x1 * sympy.sin(x3)])
    on_page = [[x2, x1, 0], [sympy.sin(x3), 0, x1 * sympy.cos(x3)]]
    assert outputs.jacobian([x1, x2, x3]) == sympy.Matrix(on_page)


def products():
    """Both products at one point, with the Jacobian that `spiral` has tested."""
    a, v, u = np.array([2.0, 3.0, 0.5]), np.array([1.0, -2.0, 0.5]), [0.7, -0.4]
    J = np.array([[a[1], a[0], 0], [np.sin(a[2]), 0, a[0] * np.cos(a[2])]])

    def f(ops, x):
        return ops.stack([x[0] * x[1], x[0] * ops.sin(x[2])])

    np.testing.assert_allclose(both_tapes(f, a, cotangent=u)[0], J.T @ u)
    s = 1e-6
    slope = (f(np, a + s * v) - f(np, a - s * v)) / (2 * s)
    np.testing.assert_allclose(slope, J @ v, rtol=1e-8)
    t = tf.constant(a)
    with tf.autodiff.ForwardAccumulator(t, tf.constant(v)) as forward:
        y = f(tf, t)
    np.testing.assert_allclose(forward.jvp(y), J @ v)


def relative_error():
    """The case of the table in the exercise: 0.25 for 2 against 3 beside a 4."""
    a, n = np.array([1.0, 2.0, -4.0]), np.array([1.0, 3.0, -4.0])
    assert abs(a - n).max() / max(abs(a).max(), abs(n).max()) == 0.25


TESTED = {
    "eq-ad-differences": (
        r"g'(z) \approx \frac{g(z + h) - g(z)}{h}, \qquad"
        r" g'(z) \approx \frac{g(z + h) - g(z - h)}{2h}",
        differences,
    ),
    "eq-ad-complex": (
        r"g(z + \mathrm{i}h) = g(z) + \mathrm{i}h\,g'(z) - \tfrac12 h^2 g''(z) + \dots"
        r" \quad\Longrightarrow\quad"
        r" g'(z) \approx \frac{\operatorname{Im} g(z + \mathrm{i}h)}{h}",
        complex_step,
    ),
    "eq-ad-spiral": (
        r"f(x) = \begin{pmatrix} x_1 x_2 \\ x_1 \sin x_3 \end{pmatrix}, \qquad"
        r" J = \begin{pmatrix} x_2 & x_1 & 0 \\ \sin x_3 & 0 & x_1 \cos x_3"
        r" \end{pmatrix}",
        spiral,
    ),
    "eq-ad-vjp": (r"\text{VJP:}\quad u \mapsto J^\top u,", products),
    "eq-ad-jvp": (
        r"\text{JVP:}\quad v \mapsto J v ="
        r" \left.\frac{\mathrm{d}}{\mathrm{d}s} f(x + s v)\right|_{s=0}",
        products,
    ),
    "eq-ad-rel-error": (
        r"\text{relative error} = \frac{\max_i \lvert a_i - n_i \rvert}"
        r" {\max(\max_i \lvert a_i \rvert, \max_i \lvert n_i \rvert)}",
        relative_error,
    ),
}


@pytest.mark.parametrize("label", TESTED)
def test_the_page_shows_the_formula_that_is_tested(label):
    on_page, test = TESTED[label]
    assert re.sub(r"\s+", " ", EQUATIONS[label].strip()) == on_page
    test()


def test_every_labelled_equation_is_tested():
    assert set(EQUATIONS) == set(SETTINGS) | set(TESTED)


# --- claims of the text ---------------------------------------------------------------


def test_the_best_step_of_a_central_difference():
    """h^2 g'''/6 + eps g/h is least at an h that grows like eps^(1/3)."""
    eps, third, size = sympy.symbols("eps third size", positive=True)
    H = sympy.symbols("H", positive=True)
    best = sympy.solve(sympy.diff(H**2 * third / 6 + eps * size / H, H), H)
    assert len(best) == 1
    assert sympy.simplify(best[0].subs(eps, 8 * eps) / best[0]) == 2
    forward = sympy.solve(sympy.diff(H * third / 2 + eps * size / H, H), H)
    assert sympy.simplify(forward[0].subs(eps, 4 * eps) / forward[0]) == 2


def test_transposes_are_bound_together():
    """u . (J v) = (J^T u) . v for any matrix and vectors."""
    J = sympy.Matrix(2, 3, sympy.symbols("j:6"))
    u = sympy.Matrix(sympy.symbols("u:2"))
    v = sympy.Matrix(sympy.symbols("v:3"))
    assert sympy.expand((u.T * J * v - (J.T * u).T * v)[0]) == 0


def test_a_typed_residual_costs_the_square_of_twice_the_intercept():
    a, b, x = sympy.symbols("a b x")
    y = a * x + b
    assert sympy.expand((y - a * x + b) ** 2) == 4 * b**2


def test_frameworks_differ_at_a_tie_as_the_text_says():
    x = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        y = tf.maximum(x, 0.0)
    t = torch.tensor(0.0, requires_grad=True)
    torch.maximum(t, torch.tensor(0.0)).backward()
    assert (tape.gradient(y, x).numpy(), t.grad.item()) == (1.0, 0.5)


def test_the_figure_of_the_neuron_says_the_numbers_of_both_tapes():
    (cell,) = [cell for cell in NOTEBOOK.cells if cell.id == "links-figure"]
    said = set(re.findall(r"-?\d+\.\d+", "".join(cell.outputs[0].data["text/plain"])))
    n = neuron(Y=1.0)
    delta = n["dA_3/dA_2"] * n["dA_2/dA_1"]
    values = [n["A_2"], n["A_3"], n["dA_3/dA_2"], delta, delta * 1.3, delta * 2.1]
    assert np.isclose(delta * 1.3, n["dA_3/dw_1"])
    for value, text in zip(
        values, [0.7824, 0.2453, -1.278, -0.2176, -0.2828, -0.4569], strict=True
    ):
        assert f"{value:.4f}" in said and round(value, 4) == text
    assert len(said) == len(values) + 1  # and A1

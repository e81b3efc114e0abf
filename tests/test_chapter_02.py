"""Chapter 2: what its displayed formulas say is what the mathematics says.

Most right-hand sides are read from the page and evaluated, and compared with a
derivation by sympy or by brute force. What the reader of formulas cannot read is
written again in Python, beside the words of the page that it stands for.
"""

import json
import re
from pathlib import Path

import latex
import nbformat
import numpy as np
import pytest
import sympy as sp

CHAPTER = Path(__file__).parent.parent / "book/02-gradient-descent.ipynb"
NOTEBOOK = nbformat.read(CHAPTER, as_version=4)
EQUATIONS = latex.equations(NOTEBOOK)

rng = np.random.default_rng(2)
eta, k, x0 = 0.03, 7, 0.0
X, y, W, b = (rng.normal(size=s) for s in [(5, 3), (5, 1), (3, 1), (1,)])
n = len(y)


def residual(W, b):
    return X @ W + b - y


def mse(W, b):
    return np.mean(residual(W, b) ** 2)


def slope_by_differences(f, at):
    """Central differences; exact for a parabola, up to rounding."""
    slope = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = 1e-3
        slope[place] = (f(at + step) - f(at - step)) / 2e-3
    return slope


def walk(steps, lr):
    x = x0
    for _ in range(steps):
        x -= lr * (2 * x + 4)
    return x


def best_momentum():
    """The rate and beta of the smallest spectral radius, on a fine grid."""
    low, high = 0.3, 4.0
    found = []
    for lr in np.linspace(0.3, 1.2, 181):
        for beta in np.linspace(0.0, 0.9, 181):
            radius = max(
                np.abs(np.roots([1, lr * bend - 1 - beta, beta])).max()
                for bend in (low, high)
            )
            found.append((radius, lr, beta))
    return low, high, min(found)


def sympy_fence(order):
    x = sp.symbols("x", positive=True)
    return float(sp.diff(750 / x + 10 * x, x, order).subs(x, 3.7))


def noise_of_batches(size):
    """Variance of the mean of `size` rows, over every choice of rows."""
    from itertools import combinations

    rows = rng.normal(size=6)
    means = [np.mean(rows[list(choice)]) for choice in combinations(range(6), size)]
    return rows, np.var(means)


ROWS, BATCH_VARIANCE = noise_of_batches(2)
LOW, HIGH, (RADIUS, RATE, BETA) = best_momentum()
Z = rng.normal(size=5)
LABELS = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
P = 1 / (1 + np.exp(-Z))
LOGIT_LOSS = -LABELS * np.log(P) - (1 - LABELS) * np.log(1 - P)

# label, words of the page, values of their names, what they must come out as.
READ = [
    ("eq-contraction", r"(1 - 2\eta)\, e_k", {"eta": eta, "d_k": walk(3, eta) + 2},
     walk(4, eta) + 2),
    ("eq-closed-form", r"-2 + 2\,(1 - 2\eta)^k", {"eta": eta, "k": k}, walk(k, eta)),
    ("eq-closed-form", r"-2\left(1 - (1 - 2\eta)^k\right)", {"eta": eta, "k": k},
     walk(k, eta)),
    ("eq-stable", r"\frac{2}{\lambda}", {"lambda": 2.0}, 1.0),
    ("eq-fence", r"\frac{750}{x} + 10x", {"x": 3.7}, sympy_fence(0)),
    ("eq-fence", r"-\frac{750}{x^2} + 10", {"x": 3.7}, sympy_fence(1)),
    ("eq-mse-gradient", r"\frac2n X^\top r", {"n": n, "X": X, "r": residual(W, b)},
     slope_by_differences(lambda W: mse(W, b), W)),
    ("eq-mse-gradient", r"\frac2n \sum_i r_i", {"n": n, "r_i": residual(W, b)[:, 0]},
     slope_by_differences(lambda b: mse(W, b), b)[0]),
    ("eq-logits", r"\ln(1 + e^z) - yz", {"z": Z, "y": LABELS, "e": np.e}, LOGIT_LOSS),
    ("eq-ball", r"\frac{\eta\, \sigma^2}{\lambda\, (2 - \eta\lambda)}",
     {"eta": 0.1, "lambda": 3.0, "sigma": 0.7},
     0.1**2 * 0.7**2 / (1 - (1 - 0.1 * 3.0) ** 2)),
]  # fmt: skip

# label, words of the page, the same in Python, what it must come out as.
TRANSCRIBED = [
    ("eq-steps", r"k > \frac{\ln(\varepsilon / 2)}{\ln |1 - 2\eta|}",
     np.ceil(np.log(1e-3 / 2) / np.log(abs(1 - 2 * eta))),
     next(k for k in range(1000) if abs(walk(k, eta) + 2) < 1e-3)),
    ("eq-hessian", r"H = \frac2n A^\top A", 2 / n * X.T @ X,
     np.stack([slope_by_differences(lambda W: mse(W, b), W + e[:, None])[:, 0]
               - slope_by_differences(lambda W: mse(W, b), W)[:, 0]
               for e in np.eye(3)])),
    ("eq-broadcast", r"""\operatorname{Var}(y) + \operatorname{Var}(\hat y)
+ (\bar y - \bar{\hat y})^2""",
     y.var() + (X @ W).var() + (y.mean() - (X @ W).mean()) ** 2,
     np.mean([(target - guess) ** 2 for target in y for guess in X @ W])),
    ("eq-logistic-gradient", r"\frac{\sigma(z_i) - y_i}{n}", (P - LABELS) / n,
     slope_by_differences(
         lambda z: np.mean(np.logaddexp(0, z) - LABELS * z), Z)),
    ("eq-logits", r"\max(z, 0) - yz + \ln\bigl(1 + e^{-|z|}\bigr)",
     np.maximum(Z, 0) - LABELS * Z + np.log(1 + np.exp(-np.abs(Z))), LOGIT_LOSS),
    ("eq-noise", r"\frac{s^2}{B} \left(1 - \frac Bn\right)",
     ROWS.var(ddof=1) / 2 * (1 - 2 / 6), BATCH_VARIANCE),
    ("eq-best-momentum",
     r"\left( \frac{2}{\sqrt{\lambda_{\max}} + \sqrt{\lambda_{\min}}} \right)^2",
     (2 / (np.sqrt(HIGH) + np.sqrt(LOW))) ** 2, RATE),
    ("eq-best-momentum", r"\left( \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} \right)^2",
     ((np.sqrt(HIGH / LOW) - 1) / (np.sqrt(HIGH / LOW) + 1)) ** 2, BETA),
    ("eq-best-momentum", r"\text{factor } \sqrt\beta",
     (np.sqrt(HIGH / LOW) - 1) / (np.sqrt(HIGH / LOW) + 1), RADIUS),
]  # fmt: skip

# Definitions: nothing to derive. The chapter's own cells run them.
DEFINITIONS = {"eq-descent", "eq-mse", "eq-logistic", "eq-momentum", "eq-armijo"}
MODES = {"eq-modes"}


def one_line(text):
    return " ".join(text.split())


def test_every_labelled_equation_is_tested():
    tested = {label for label, *_ in READ + TRANSCRIBED}
    assert tested | DEFINITIONS | MODES == set(EQUATIONS)


@pytest.mark.parametrize("case", READ, ids=lambda c: c[0])
def test_a_formula_of_the_page_has_the_right_value(case):
    label, words, values, expected = case
    assert one_line(words) in one_line(EQUATIONS[label])
    sigma = values.get("sigma")
    if sigma is not None:  # to the reader, sigma is the logistic function, and e is e
        words, values = words.replace(r"\sigma", "s"), {**values, "s": sigma}
    words = words.replace(r"\frac2n", r"\frac{2}{n}").replace("e_k", "d_k")
    np.testing.assert_allclose(latex.evaluate(words, values), expected, rtol=1e-7)


@pytest.mark.parametrize("case", TRANSCRIBED, ids=lambda c: c[0])
def test_a_formula_of_the_page_says_what_is_so(case):
    label, words, value, expected = case
    assert one_line(words) in one_line(EQUATIONS[label])
    # Differences are good to five digits, the grid of rates and betas to two.
    np.testing.assert_allclose(value, expected, rtol=3e-2 if "best" in label else 1e-5)


def test_each_direction_of_the_bowl_shrinks_by_its_own_factor():
    assert r"\sum_i (1 - \eta\lambda_i)^k\, c_i\, v_i" in EQUATIONS["eq-modes"]
    H = 2 / n * X.T @ X
    bends, v = np.linalg.eigh(H)
    goal, theta0 = rng.normal(size=3), rng.normal(size=3)
    theta = theta0
    for _ in range(k):
        theta = theta - eta * H @ (theta - goal)
    c = v.T @ (theta0 - goal)
    predicted = sum((1 - eta * bends[i]) ** k * c[i] * v[:, i] for i in range(3))
    np.testing.assert_allclose(theta - goal, predicted, rtol=1e-10)


@pytest.mark.parametrize(
    ("words", "slip"),
    [
        (r"-2 + 2\,(1 - 2\eta)^k", r"-2 + 2\,(1 - \eta)^k"),
        (r"\frac{\eta\, s^2}{\lambda\, (2 - \eta\lambda)}",
         r"\frac{\eta\, s^2}{\lambda\, (1 - \eta\lambda)}"),
    ],
)  # fmt: skip
def test_a_slip_in_a_formula_changes_its_value(words, slip):
    values = {"eta": eta, "k": k, "lambda": 3.0, "s": 0.7}
    assert latex.evaluate(words, values) != latex.evaluate(slip, values)


def figure_data(cell_id):
    """What the reader's browser gets of an interactive figure."""
    (cell,) = (cell for cell in NOTEBOOK.cells if cell.id == cell_id)
    page = cell.outputs[0].data["text/html"]
    return json.loads(re.search(r"json\">(.*?)</script>", page, re.S)[1])


def what_the_slider_should_say(rate, flat):
    """Steps from (2, 2) until the distance is below 0.01, counted one by one."""
    x = y = 2.0
    for steps in range(2000):
        if np.hypot(x, y) < 0.01:
            way = "one side" if max(rate * flat, rate * 2) <= 1 else "side to side"
            return f"rate {rate:g}: {steps} steps to 0.01, from {way}"
        x, y = x - rate * flat * x, y - rate * 2 * y
    if np.hypot(x, y) > 10:
        return f"rate {rate:g}: it diverges"
    return f"rate {rate:g}: it jumps from side to side for ever"


@pytest.mark.parametrize(("cell", "flat"), [("bowl-round", 1.4), ("bowl-narrow", 0.08)])
def test_the_slider_says_what_happens(cell, flat):
    data = figure_data(cell)
    assert len(data["values"]) == len(data["points"]) == 22
    for value, said in zip(data["values"], data["readouts"], strict=True):
        expected = what_the_slider_should_say(float(value), flat)
        assert said.replace(".0:", ":") == expected


def test_a_wrong_count_of_steps_is_noticed():
    assert what_the_slider_should_say(0.5, 1.4) != what_the_slider_should_say(0.5, 1.3)

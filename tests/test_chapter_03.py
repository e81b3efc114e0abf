"""Chapter 3: every displayed formula, read from the page, against both tapes."""

from pathlib import Path

import latex
import nbformat
import numpy as np
import pytest

from tapecheck.tapes import both_tapes

CHAPTER = Path(__file__).parent.parent / "book/03-backprop-by-hand.ipynb"
EQUATIONS = latex.equations(nbformat.read(CHAPTER, as_version=4))

rng = np.random.default_rng(3)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def neuron():
    """One neuron with a soft label; `i` stands for either input."""
    x, w = np.array([1.3, 2.1]), np.array([0.7, -0.3])
    b, Y, eta = 1.0, 0.3, 0.1

    def cross_entropy(ops, p):
        return -Y * ops.log(p) - (1 - Y) * ops.log(1 - p)

    def slope(ops, z):
        return 1 / (1 + ops.exp(-z))

    A1 = w @ x + b
    A2 = sigmoid(A1)
    (of_A2,) = both_tapes(cross_entropy, A2)
    (of_A1,) = both_tapes(slope, A1)
    (through,) = both_tapes(lambda ops, z: cross_entropy(ops, slope(ops, z)), A1)
    return {
        "x_1": x[0], "x_2": x[1], "w_1": w[0], "w_2": w[1], "b": b, "Y": Y, "eta": eta,
        "A_1": A1, "A_2": A2, "A_3": cross_entropy(np, A2), "z": A1, "x_i": x[1],
        "w_i": w[1], "dA_3/dA_2": of_A2, "dA_2/dA_1": of_A1, "dA_3/dA_1": through,
        "dA_1/dw_i": x[1], "dA_1/db": 1.0, "dA_3/dw_i": through * x[1],
        "dA_3/db": through,
    }  # fmt: skip


def step():
    """One step of gradient descent: what stands left is the new value."""
    values = neuron()
    return values, {
        "w_i": values["w_i"] - values["eta"] * values["dA_3/dw_i"],
        "b": values["b"] - values["eta"] * values["dA_3/db"],
    }


def tanh_net(w1=0.7, w2=-0.4):
    x, t, b = 0.5, 0.3, 0.2

    def output(ops, w1, w2, b):
        return ops.tanh(w2 * ops.tanh(w1 * x) + b)

    def cost(ops, *w):
        return (output(ops, *w) - t) ** 2 / 2

    def cost_from(ops, z1):
        return (ops.tanh(w2 * ops.tanh(z1) + b) - t) ** 2 / 2

    dw1, dw2, db = both_tapes(cost, w1, w2, b)
    (delta1,) = both_tapes(cost_from, w1 * x)
    (dw,) = both_tapes(lambda ops, w: cost(ops, w, w, b), w1)
    a1 = np.tanh(w1 * x)
    return {
        "x": x, "t": t, "w_1": w1, "w_2": w2, "b": b, "z_1": w1 * x, "a_1": a1,
        "z_2": w2 * a1 + b, "y": output(np, w1, w2, b), "C": cost(np, w1, w2, b),
        "delta_1": delta1, "delta_2": db, "dC/dw_1": dw1, "dC/dw_2": dw2, "dC/db": db,
        "dC/dw": dw,
    }  # fmt: skip


def rows():
    n, d, h = 5, 2, 3
    X, Y = rng.normal(size=(n, d)), rng.choice([-1.0, 1.0], size=(n, 1))
    W1, b1 = rng.normal(size=(d, h)), rng.normal(size=h)
    W2, b2 = rng.normal(size=(h, 1)), rng.normal(size=1)

    def loss_of_score(ops, s, Y):
        return ops.sum(ops.log(1 + ops.exp(-Y * s)))

    def loss_of_sum(ops, z, W2, b2, Y):
        return loss_of_score(ops, 1 / (1 + ops.exp(-z)) @ W2 + b2, Y)

    def loss(ops, W1, b1, W2, b2, X, Y):
        return loss_of_sum(ops, X @ W1 + b1, W2, b2, Y)

    H = sigmoid(X @ W1 + b1)
    s = H @ W2 + b2
    dW1, db1, dW2, db2, *_ = both_tapes(loss, W1, b1, W2, b2, X, Y)
    delta_s, _ = both_tapes(loss_of_score, s, Y)
    delta_1, *_ = both_tapes(loss_of_sum, X @ W1 + b1, W2, b2, Y)
    return {
        "X": X, "Y": Y, "W_1": W1, "b_1": b1, "W_2": W2, "b_2": b2, "H": H, "s": s,
        "P": sigmoid(Y * s), "Y_i": Y[:, 0], "s_i": s[:, 0],
        "L": loss(np, W1, b1, W2, b2, X, Y), "delta_s": delta_s, "delta_1": delta_1,
        "dL/ds": delta_s, "dL/dW_1": dW1, "dL/dW_2": dW2, "dL/db_k": db1,
        "delta_k,i": delta_1,
    }  # fmt: skip


def columns():
    x, y = rng.normal(size=(1, 2)), np.array([[12.6]])
    W1, b1 = rng.normal(size=(2, 2)), rng.normal(size=(2, 1))
    W2, b2 = rng.normal(size=(1, 2)), rng.normal(size=(1, 1))

    def cost_of_sum(ops, z1, W2, b2):
        return (y[0, 0] - (W2 @ (1 / (1 + ops.exp(-z1))) + b2)) ** 2 / 2

    def cost(ops, W1, b1, W2, b2, column):
        return cost_of_sum(ops, W1 @ column + b1, W2, b2)

    dW1, db1, dW2, db2, _ = both_tapes(cost, W1, b1, W2, b2, x.T)
    delta1, *_ = both_tapes(cost_of_sum, W1 @ x.T + b1, W2, b2)
    h = sigmoid(W1 @ x.T + b1)
    return {
        "x": x, "y": y, "W_1": W1, "b_1": b1, "W_2": W2, "b_2": b2,
        "z_1": W1 @ x.T + b1, "h": h, "hat_y": W2 @ h + b2,
        "C": cost(np, W1, b1, W2, b2, x.T), "delta_1": delta1, "delta_2": db2,
        "dC/dW_1": dW1, "dC/dW_2": dW2,
    }  # fmt: skip


def softmax():
    """Scores of four classes; entries i and j of the Jacobian, and class c."""
    z, i, j, c = rng.normal(size=4), 2, 0, 2
    p = np.exp(z) / np.exp(z).sum()

    def loss(ops, z, truth):
        return ops.log(ops.sum(ops.exp(z))) - ops.sum(z * truth)

    def probability(ops, z, entry):
        return ops.sum(ops.exp(z) * entry) / ops.sum(ops.exp(z))

    dz, _ = both_tapes(loss, z, np.eye(4)[c])
    row, _ = both_tapes(probability, z, np.eye(4)[i])
    return {
        "z_j": z, "z_i": z[i], "z_c": z[c], "p_i": p[i], "p_j": p[j], "p_c": p[c],
        "L": -np.log(p[c]), "[i=j]": 0.0, "[i=c]": 1.0,
        "dp_i/dz_j": row[j], "dL/dz_i": dz[i],
    }  # fmt: skip


def batch_norm():
    """One feature of five samples."""
    x, delta = rng.normal(size=5), rng.normal(size=5)
    gamma, beta, eps, n = 1.7, -0.4, 0.1, 5

    def with_mean_and_variance(ops, mu, v, x):
        return gamma * (x - mu) / ops.sqrt(v + eps) + beta

    def output(ops, x):
        mu = ops.mean(x)
        return with_mean_and_variance(ops, mu, ops.mean((x - mu) ** 2), x)

    mu, v = x.mean(), x.var()
    dmu, dv, _ = both_tapes(with_mean_and_variance, mu, v, x, cotangent=delta)
    (dx,) = both_tapes(output, x, cotangent=delta)
    x_hat = (x - mu) / np.sqrt(v + eps)
    return {
        "x_i": x, "mu": mu, "v": v, "n": n, "gamma": gamma, "beta": beta,
        "varepsilon": eps, "hat_x_i": x_hat, "hat_x": x_hat, "g_i": gamma * delta,
        "g": gamma * delta, "y_i": output(np, x), "dL/dv": dv, "dL/dmu": dmu,
        "dL/dx_i": dx,
    }  # fmt: skip


def same(values):
    """Left-hand sides are among the values that the tapes and the code give."""
    return values, values


SETTINGS = {
    "eq-forward": lambda: same(neuron()),
    "eq-local": lambda: same(neuron()),
    "eq-chain": lambda: same(neuron()),
    "eq-collapse": lambda: same(neuron()),
    "eq-stable-loss": lambda: same(neuron()),
    "eq-step": step,
    "eq-tanh-forward": lambda: same(tanh_net()),
    "eq-tanh-deltas": lambda: same(tanh_net()),
    "eq-tanh-gradients": lambda: same(tanh_net()),
    "eq-shared": lambda: same(tanh_net(0.7, 0.7)),
    "eq-rows-forward": lambda: same(rows()),
    "eq-rows-score": lambda: same(rows()),
    "eq-rows-backward": lambda: same(rows()),
    "eq-columns-forward": lambda: same(columns()),
    "eq-columns-backward": lambda: same(columns()),
    "eq-softmax": lambda: same(softmax()),
    "eq-softmax-jacobian": lambda: same(softmax()),
    "eq-softmax-gradient": lambda: same(softmax()),
    "eq-batchnorm": lambda: same(batch_norm()),
    "eq-batchnorm-paths": lambda: same(batch_norm()),
    "eq-batchnorm-sum": lambda: same(batch_norm()),
    "eq-batchnorm-fused": lambda: same(batch_norm()),
}


def disagreements(text: str, values: dict, expected: dict) -> list[str]:
    """The right-hand sides of an equation that are not what they should be."""
    found = []
    for name, right_sides in latex.statements(text):
        assert right_sides, f"{name} is not said to equal anything"
        for side in right_sides:
            value = latex.evaluate(side, values)
            # p_i is one entry where the formula is written for any i.
            if value.shape != np.shape(expected[name]) or not np.allclose(
                value, expected[name], rtol=1e-9, atol=1e-12
            ):
                found.append(f"{name} = {side.strip()}")
    return found


def test_every_labelled_equation_has_a_setting():
    assert set(EQUATIONS) == set(SETTINGS)


@pytest.mark.parametrize("label", SETTINGS)
def test_formula_is_right(label):
    assert disagreements(EQUATIONS[label], *SETTINGS[label]()) == []


@pytest.mark.parametrize(
    ("label", "right", "wrong"),
    [
        ("eq-local", "1 - A_2", "1 + A_2"),
        ("eq-tanh-deltas", "a_1^2", "a_1"),
        ("eq-rows-backward", "H^\\top \\delta_s", "H^\\top (P - 1)"),
        ("eq-columns-backward", "\\delta_2 h^\\top", "h \\delta_2^\\top"),
        ("eq-softmax-jacobian", "- p_j", "- p_i"),
        ("eq-batchnorm-fused", "- \\overline{g}", "+ \\overline{g}"),
    ],
)
def test_a_slip_in_a_formula_is_noticed(label, right, wrong):
    text = EQUATIONS[label]
    assert right in text
    assert disagreements(text.replace(right, wrong, 1), *SETTINGS[label]()) != []

"""Chapter 5: every displayed formula, and what its interactive figure shows.

A formula is pinned as it stands on the page, beside a transcription that is compared
with the libraries; when either changes, the other has to follow.
"""

import re
from collections.abc import Callable
from pathlib import Path

import latex
import nbformat
import numpy as np
import pytest

CHAPTER = Path(__file__).parent.parent / "book/05-training-loops.ipynb"
NOTEBOOK = nbformat.read(CHAPTER, as_version=4)
EQUATIONS = latex.equations(NOTEBOOK)
BETA1, BETA2, ETA, EPS = 0.875, 1 - 2**-6, 0.125, 1e-3

rng = np.random.default_rng(5)


def standardise():
    """Against the layer that Keras calls Normalization."""
    import keras

    x = rng.normal(3, 2, size=(7, 3))
    n = len(x)
    mu = x.sum(axis=0) / n
    s = np.sqrt(((x - mu) ** 2).sum(axis=0) / n)
    layer = keras.layers.Normalization(dtype="float64")
    layer.adapt(x)
    return (x - mu) / s, np.array(layer(x)), 1e-6


def house_net():
    """Against PyTorch's layers, samples in columns."""
    import torch

    net = torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1)
    ).double()
    W1, b1, W2, b2 = (p.detach().numpy() for p in net.parameters())
    x, y = rng.normal(size=(2, 1)), rng.normal()
    h = 1 / (1 + np.exp(-(W1 @ x + b1[:, None])))
    L = 0.5 * (y - (W2 @ h + b2[:, None])) ** 2
    loss = torch.nn.functional.mse_loss(
        net(torch.tensor(x.T))[0],
        torch.tensor([y], dtype=torch.float64),
        reduction="sum",
    )
    return L[0, 0], loss.item() / 2, 1e-12


def epoch_mean():
    """Against the mean over all rows at once."""
    losses = rng.normal(size=11) ** 2
    batches = np.split(losses, [4, 8])
    n_k, L_k = [len(b) for b in batches], [b.mean() for b in batches]
    return sum(n * L for n, L in zip(n_k, L_k, strict=True)) / 11, losses.mean(), 1e-12


def row_net():
    """Against Keras, samples in rows."""
    import keras

    X, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    W1, b1 = rng.normal(size=(2, 4)), rng.normal(size=4)
    W2, b2 = rng.normal(size=(4, 1)), rng.normal(size=1)
    A = np.tanh(X @ W1 + b1)
    L = ((A @ W2 + b2 - y) ** 2).sum() / 5
    layers = [
        keras.layers.Dense(4, activation="tanh", dtype="float64"),
        keras.layers.Dense(1, dtype="float64"),
    ]
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *layers])
    model.set_weights([W1, b1, W2, b2])
    guess = np.array(model(X))
    return L, np.mean((guess - y) ** 2), 1e-12


def walk(rule):
    """Where a rule leads from 1 in six steps, for fixed gradients."""
    w, state = np.ones(3), [np.zeros(3), np.zeros(3)]
    for t, g in enumerate(gradients(), start=1):
        w, state = rule(w, g, state, t)
    return w


def gradients():
    return np.random.default_rng(6).normal(size=(6, 3)) * [1.0, 1e-3, 100.0]


def torch_walk(make):
    import torch

    w = torch.ones(3, dtype=torch.float64, requires_grad=True)
    optimiser = make(torch.optim, [w])
    for g in gradients():
        w.grad = torch.tensor(g)
        optimiser.step()
    return w.detach().numpy()


def momentum():
    def rule(w, g, state, t):
        u = 0.7 * state[0] + g
        return w - ETA * u, [u]

    theirs = torch_walk(lambda optim, w: optim.SGD(w, lr=ETA, momentum=0.7))
    return walk(rule), theirs, 1e-12


def running_means(g, state):
    m = BETA1 * state[0] + (1 - BETA1) * g
    return m, BETA2 * state[1] + (1 - BETA2) * g**2


def adam():
    def rule(w, g, state, t):
        m, v = running_means(g, state)
        m_hat, v_hat = m / (1 - BETA1**t), v / (1 - BETA2**t)
        return w - ETA * m_hat / (np.sqrt(v_hat) + EPS), [m, v]

    theirs = torch_walk(
        lambda optim, w: optim.Adam(w, lr=ETA, betas=(BETA1, BETA2), eps=EPS)
    )
    return walk(rule), theirs, 1e-12


def adam_keras():
    import keras

    def rule(w, g, state, t):
        m, v = running_means(g, state)
        rate = ETA * np.sqrt(1 - BETA2**t) / (1 - BETA1**t)
        return w - rate * m / (np.sqrt(v) + EPS), [m, v]

    w = keras.Variable(np.ones(3), dtype="float64")
    optimiser = keras.optimizers.Adam(ETA, BETA1, BETA2, epsilon=EPS)
    for g in gradients():
        optimiser.apply([keras.ops.convert_to_tensor(g, "float64")], [w])
    return walk(rule), keras.ops.convert_to_numpy(w), 1e-12


def linear_stack():
    x = rng.normal(size=(5, 2))
    W1, b1 = rng.normal(size=(2, 4)), rng.normal(size=4)
    W2, b2 = rng.normal(size=(4, 3)), rng.normal(size=3)
    return x @ (W1 @ W2) + (b1 @ W2 + b2), (x @ W1 + b1) @ W2 + b2, 1e-12


def accumulate():
    """Against the gradient of the whole batch, for a line through the origin."""
    x, y, w = rng.normal(size=11), rng.normal(size=11), 0.3

    def slope(rows):
        return np.mean(2 * (x[rows] * w - y[rows]) * x[rows])

    parts = np.split(np.arange(11), [4, 8])
    return sum(len(p) / 11 * slope(p) for p in parts), slope(np.arange(11)), 1e-12


def clip():
    import tensorflow as tf

    parts = [rng.normal(size=(2, 3)), rng.normal(size=3)]
    norm = np.sqrt(sum((g**2).sum() for g in parts))
    found, wanted = [], []
    for limit in [norm / 3, norm * 3]:
        found += [g * min(1, limit / norm) for g in parts]
        wanted += tf.clip_by_global_norm([tf.constant(g) for g in parts], limit)[0]
    return np.concatenate([g.ravel() for g in found]), np.concatenate(
        [g.numpy().ravel() for g in wanted]
    ), 1e-12  # fmt: skip


FORMULAS: dict[str, tuple[str, Callable]] = {
    "eq-standardise": (
        r"x'_{ij} = \frac{x_{ij} - \mu_j}{s_j}, \qquad"
        r" \mu_j = \frac1n \sum_i x_{ij}, \qquad"
        r" s_j^2 = \frac1n \sum_i (x_{ij} - \mu_j)^2",
        standardise,
    ),
    "eq-house-net": (
        r"h = \sigma(W_1 x + b_1), \qquad \hat y = W_2 h + b_2, \qquad"
        r" L = \tfrac12 (y - \hat y)^2",
        house_net,
    ),
    "eq-epoch-mean": (
        r"\bar L = \frac{1}{n} \sum_{k} n_k L_k"
        r" \qquad\text{and not}\qquad \frac1K \sum_k L_k",
        epoch_mean,
    ),
    "eq-row-net": (
        r"A = \tanh(X W_1 + b_1), \qquad \hat y = A W_2 + b_2, \qquad"
        r" L = \frac1n \sum_i (\hat y_i - y_i)^2",
        row_net,
    ),
    "eq-momentum-rule": (
        r"u \leftarrow \mu u + g, \qquad w \leftarrow w - \eta u",
        momentum,
    ),
    "eq-adam": (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad"
        r" v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \qquad"
        r" \hat m = \frac{m}{1 - \beta_1^t}, \qquad"
        r" \hat v = \frac{v}{1 - \beta_2^t}, \qquad"
        r" w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        adam,
    ),
    "eq-adam-keras": (
        r"w \leftarrow w - \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}\,"
        r" \frac{m}{\sqrt{v} + \varepsilon}",
        adam_keras,
    ),
    "eq-linear-stack": (
        r"(x W_1 + b_1) W_2 + b_2 = x\, (W_1 W_2) + (b_1 W_2 + b_2)",
        linear_stack,
    ),
    "eq-accumulate": (r"g = \sum_k \frac{n_k}{n} g_k", accumulate),
    "eq-clip": (
        r"g \leftarrow g \cdot \min\!\left(1, \frac{c}{\lVert g \rVert}\right), \qquad"
        r" \lVert g \rVert^2 = \sum_{\text{parameters}} \sum_{\text{entries}} g_{ij}^2",
        clip,
    ),
}


def test_every_formula_on_the_page_is_the_one_tested_here():
    page = {label: " ".join(text.split()) for label, text in EQUATIONS.items()}
    assert page == {label: text for label, (text, _) in FORMULAS.items()}


@pytest.mark.parametrize("label", FORMULAS)
def test_formula_agrees_with_an_independent_computation(label):
    ours, theirs, tolerance = FORMULAS[label][1]()
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    assert not np.allclose(np.asarray(ours) * 1.001, theirs, rtol=1e-5)  # can fail


# --- the anatomy of two minibatches --------------------------------------------------


def anatomy_html() -> str:
    cell = next(c for c in NOTEBOOK.cells if c.id == "anatomy-figure")
    return cell.outputs[0].data["text/html"]


def tables(html: str) -> list[dict[str, list[float]]]:
    """The table of each panel: the three numbers of each row, by the row's name."""
    found = []
    for panel in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
        rows = re.findall(r'scope="row">(.*?)</th>(.*?)</tr>', panel, flags=re.DOTALL)
        strip = re.compile(r"<[^>]+>")
        found.append(
            {
                name: [float(strip.sub("", cell)) for cell in cells.split("</td>")[:-1]]
                for name, cells in rows
            }
        )
    return found


def houses():
    """The two batches of four houses, prepared anew."""
    from tapecheck.data import load_king_county_houses

    table = load_king_county_houses().to_numpy(dtype=float)
    rows = np.random.default_rng(0).permutation(len(table))[:400]
    known = table[rows]
    X, y = known[:, :2], np.log(known[:, 2])
    X, y = (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()
    order = np.random.default_rng(4).permutation(400)
    return [
        (np.column_stack([np.ones(4), X[part]]), y[part])
        for part in (order[:4], order[16:20])
    ]


def test_the_anatomy_shows_what_pytorch_computes():
    import torch

    shown = tables(anatomy_html())
    assert len(shown) == 13  # the start, and six parts of each batch
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([w], lr=0.1)
    for batch, (X, y) in enumerate(houses(), start=1):
        optimiser.zero_grad()
        before = w.detach().clone()
        ((torch.tensor(X) @ w - torch.tensor(y)) ** 2).mean().backward()
        optimiser.step()
        memory = optimiser.state[w]
        last = shown[6 * batch]
        for name, value in {
            "parameters": w,
            "gradient": w.grad,
            "m": memory["exp_avg"],
            "v": memory["exp_avg_sq"],
            "step": w - before,
        }.items():
            right = value.detach().numpy()
            np.testing.assert_allclose(last[name], right, atol=6e-5)
            assert not np.allclose(right + 1e-3, last[name], atol=6e-5)
        # Before its update, a batch leaves the parameters alone.
        np.testing.assert_allclose(
            shown[6 * batch - 1]["parameters"], before, atol=6e-5
        )

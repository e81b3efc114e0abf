"""Networks whose gradients the benchmark spoils.

Each network draws a random point and gives two independent routes to its gradients:
`loss`, for the tape of PyTorch, and `backward`, by hand in NumPy, which also returns
the mistakes that only make sense inside it: what a student's `backward` gives when
a factor is forgotten, a path cut, an index reused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

N = 5
"""Batch size: neither 1 nor 2, which hide mistakes."""


@dataclass(frozen=True)
class Plant:
    """A wrong gradient: the code it must get, whose gradient, and the array."""

    code: str
    name: str
    wrong: Any
    context: dict[str, Any] = field(default_factory=dict)


@dataclass
class Backward:
    """Gradients by hand, and the mistakes special to this network.

    `unsummed` holds, for a bias, the array whose sum over axis 0 is its gradient.
    """

    grads: dict[str, np.ndarray]
    plants: list[Plant] = field(default_factory=list)
    unsummed: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Network:
    """One random point of a network.

    `values` are the arrays `loss` and `backward` take by name; gradients are asked
    for those in `wanted`. `reduction` says whether the loss is a mean or a sum over
    the batch; `context` is what an exercise would tell `check_gradient`.
    """

    values: dict[str, np.ndarray]
    wanted: tuple[str, ...]
    loss: Callable[..., torch.Tensor]
    backward: Callable[..., Backward]
    reduction: str = "mean"
    context: dict[str, Any] = field(default_factory=dict)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def linear(rng: np.random.Generator) -> Network:
    """Linear regression with the mean squared error, one output as a vector."""

    def loss(X, y, w, b):
        return ((X @ w + b - y) ** 2).mean()

    def backward(X, y, w, b):
        r = X @ w + b - y
        grads = {
            "w": 2 / N * X.T @ r,
            "b": 2 / N * r.sum(),
            "X": 2 / N * np.outer(r, w),
        }
        # (n,) against (n, 1): every prediction is compared with every target.
        R = (X @ w + b)[:, None] - y
        crossed = {"w": 2 / N**2 * X.T @ R.sum(1), "b": 2 / N**2 * R.sum()}
        plants = [
            Plant(
                "broadcast",
                "w",
                crossed["w"],
                {"alternatives": {"broadcast": crossed["w"]}},
            )
        ]
        plants += [
            Plant("factor", name, grads[name] * N / 2)  # the 2/n of the loss is lost
            for name in ("w", "b")
        ]
        absolute = X.T @ np.sign(r) / N
        plants += [
            Plant(
                "wrong-loss", "w", absolute, {"alternatives": {"wrong-loss": absolute}}
            ),
            Plant("unexplained", "w", X.T @ (X @ w - b - y)),
            Plant("unexplained", "b", ((X @ w + b) * r).sum()),
        ]
        return Backward(grads, plants, {"b": 2 / N * r})

    values = {
        "X": rng.normal(size=(N, 3)),
        "y": rng.normal(size=N),
        "w": rng.normal(size=3),
        "b": rng.normal(size=()),
    }
    return Network(values, ("w", "b", "X"), loss, backward)


def predictions(rng: np.random.Generator) -> Network:
    """The gradient of a squared error by its predictions, a column."""

    def loss(p, y):
        return ((p - y) ** 2).mean()

    def backward(p, y):
        r = p - y
        plants = [
            Plant("broadcast", "p", 2 / N * (p - y[:, 0])),
            Plant("unexplained", "p", 2 / N * (p + y)),
        ]
        if r.min() < 0 < r.max():  # otherwise abs flips all signs or none
            plants.append(Plant("some-signs", "p", 2 / N * np.abs(r)))
        return Backward({"p": 2 / N * r}, plants)

    values = {"p": rng.normal(size=(N, 1)), "y": rng.normal(size=(N, 1))}
    return Network(values, ("p",), loss, backward)


def logistic(rng: np.random.Generator) -> Network:
    """Logistic regression, mean cross-entropy of logits."""

    def loss(X, y, w, b):
        z = X @ w + b
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y)

    def backward(X, y, w, b):
        p = sigmoid(X @ w + b)
        d = (p - y) / N
        squared = X.T @ ((p - y) * p * (1 - p)) * 2 / N
        non_logits = X.T @ (d / (p * (1 - p)))
        plants = [
            Plant(
                "wrong-loss",
                "w",
                squared,
                {"alternatives": {"wrong-loss: squared error": squared}},
            ),
            Plant(
                "missing-factor",
                "w",
                non_logits,
                {"alternatives": {"missing-factor: sigmoid'(z)": non_logits}},
            ),
            Plant("unexplained", "w", squared),
            Plant("unexplained", "w", X.T @ (p - 1) / N),
        ]
        return Backward({"w": X.T @ d, "b": d.sum()}, plants, {"b": d})

    values = {
        "X": rng.normal(size=(N, 4)),
        "y": rng.integers(0, 2, N).astype(float),
        "w": rng.normal(size=4),
        "b": rng.normal(size=()),
    }
    return Network(values, ("w", "b"), loss, backward)


def softmax(rng: np.random.Generator) -> Network:
    """Multinomial regression, mean cross-entropy."""
    labels = rng.integers(0, 4, N)

    def loss(X, W, b):
        return torch.nn.functional.cross_entropy(X @ W + b, torch.as_tensor(labels))

    def backward(X, W, b):
        Z = X @ W + b
        P = np.exp(Z - Z.max(1, keepdims=True))
        P /= P.sum(1, keepdims=True)
        D = (P - np.eye(4, dtype=P.dtype)[labels]) / N
        all_ones = X.T @ (P - 1) / N
        no_target = X.T @ P / N
        plants = [
            Plant(
                "no-one-hot",
                "W",
                no_target,
                {"alternatives": {"no one-hot": no_target}},
            ),
            Plant("unexplained", "W", all_ones),
            Plant("unexplained", "W", no_target),
        ]
        return Backward({"W": X.T @ D, "b": D.sum(0)}, plants, {"b": D})

    values = {
        "X": rng.normal(size=(N, 3)),
        "W": rng.normal(size=(3, 4)),
        "b": rng.normal(size=4),
    }
    return Network(values, ("W", "b"), loss, backward)


def tanh_scalars(rng: np.random.Generator) -> Network:
    """The 1-1-1 tanh net: every parameter is one number, the hardest case."""

    def loss(x, t, w1, b1, w2, b2):
        return 0.5 * ((torch.tanh(w2 * torch.tanh(w1 * x + b1) + b2) - t) ** 2).sum()

    def backward(x, t, w1, b1, w2, b2):
        z1 = w1 * x + b1
        h = np.tanh(z1)
        z2 = w2 * h + b2
        y = np.tanh(z2)
        d2 = (y - t) * (1 - y**2)
        d1 = d2 * w2 * (1 - h**2)
        grads = {
            "w1": (d1 * x).sum(),
            "b1": d1.sum(),
            "w2": (d2 * h).sum(),
            "b2": d2.sum(),
        }
        lacks = (d2 * w2 * x).sum()
        plants = [
            Plant(
                "missing-factor",
                "w1",
                lacks,
                {"alternatives": {"missing-factor: tanh'(z1)": lacks}},
            ),
            Plant("unexplained", "w1", lacks),
            Plant("unexplained", "w1", (d2 * w2 * (1 - z1**2) * x).sum()),
            Plant("unexplained", "w2", ((y - t) * (1 - z2**2) * h).sum()),
            Plant("unexplained", "b1", (d2 * w1 * (1 - h**2)).sum()),
        ]
        return Backward(grads, plants, {"b1": d1, "b2": d2})

    values = {"x": rng.normal(size=N), "t": rng.uniform(-1, 1, N)}
    values |= {name: rng.normal(size=()) for name in ("w1", "b1", "w2", "b2")}
    return Network(values, ("w1", "b1", "w2", "b2"), loss, backward, "sum")


def rows_2_3_1(rng: np.random.Generator) -> Network:
    """2-3-1 with sigmoids, one sample a row, mean squared error."""

    def loss(X, Y, W1, b1, W2, b2):
        S = torch.sigmoid(torch.sigmoid(X @ W1 + b1) @ W2 + b2)
        return ((S - Y) ** 2).mean()

    def backward(X, Y, W1, b1, W2, b2):
        H = sigmoid(X @ W1 + b1)
        S = sigmoid(H @ W2 + b2)
        D2 = 2 / N * (S - Y) * S * (1 - S)
        D1 = D2 @ W2.T * H * (1 - H)
        grads = {"W1": X.T @ D1, "b1": D1.sum(0), "W2": H.T @ D2, "b2": D2.sum(0)}
        bare = 2 / N * (S - Y)  # the outer sigmoid is forgotten
        lacks2 = {"W2": H.T @ bare, "W1": X.T @ (bare @ W2.T * H * (1 - H))}
        lacks1 = {"W1": X.T @ (D2 @ W2.T)}
        twice1 = {"W1": X.T @ (D1 * H * (1 - H))}
        foreseen = {
            "missing-factor: sigmoid'(z2)": lacks2,
            "missing-factor: sigmoid'(z1)": lacks1,
            "factor-twice: sigmoid'(z1)": twice1,
        }
        plants = [
            Plant(
                key.split(":")[0],
                name,
                wrong,
                {
                    "alternatives": {
                        k: v[name] for k, v in foreseen.items() if name in v
                    }
                },
            )
            for key, wrongs in foreseen.items()
            for name, wrong in wrongs.items()
        ]
        plants += [Plant("unexplained", name, wrong) for name, wrong in lacks2.items()]
        plants += [
            Plant("unexplained", "W1", lacks1["W1"]),
            Plant("unexplained", "b1", (D2 @ W2.T * H).sum(0)),
        ]
        return Backward(grads, plants, {"b1": D1, "b2": D2})

    values = {
        "X": rng.normal(size=(N, 2)),
        "Y": rng.uniform(size=(N, 1)),
        "W1": rng.normal(size=(2, 3)),
        "b1": rng.normal(size=3),
        "W2": rng.normal(size=(3, 1)),
        "b2": rng.normal(size=1),
    }
    return Network(values, ("W1", "b1", "W2", "b2"), loss, backward)


def columns_2_2_1(rng: np.random.Generator) -> Network:
    """2-2-1, one sample as a column: every weight gradient is an outer product."""

    def loss(x, y, W1, b1, W2, b2):
        return ((W2 @ torch.sigmoid(W1 @ x + b1) + b2 - y) ** 2).sum()

    def backward(x, y, W1, b1, W2, b2):
        a1 = sigmoid(W1 @ x + b1)
        s1 = a1 * (1 - a1)
        d2 = 2 * (W2 @ a1 + b2 - y)
        d1 = W2.T @ d2 * s1
        grads = {"W1": d1 @ x.T, "b1": d1, "W2": d2 @ a1.T, "b2": d2}
        known = {"chain_factors": {"sigmoid'(z1)": s1}}
        plants = [
            Plant("missing-factor", "W1", (W2.T @ d2) @ x.T, known),
            Plant("missing-factor", "b1", W2.T @ d2, known),
            Plant("factor-twice", "W1", (d1 * s1) @ x.T, known),
            Plant("factor-twice", "b1", d1 * s1, known),
            Plant("axis-factor", "W1", (W2.T @ d2) @ x.T),
            Plant("axis-factor", "W1", (d1 * s1) @ x.T),
        ]
        return Backward(grads, plants)

    values = {
        "x": rng.normal(size=(2, 1)),
        "y": rng.normal(size=(1, 1)),
        "W1": rng.normal(size=(2, 2)),
        "b1": rng.normal(size=(2, 1)),
        "W2": rng.normal(size=(1, 2)),
        "b2": rng.normal(size=(1, 1)),
    }
    return Network(values, ("W1", "b1", "W2", "b2"), loss, backward, "none")


def neuron(rng: np.random.Generator) -> Network:
    """One neuron, one sample, cross-entropy."""

    def loss(x, y, w, b):
        z = x @ w + b
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y)

    def backward(x, y, w, b):
        a = sigmoid(x @ w + b)
        s = a * (1 - a)
        d = a - y
        known = {"chain_factors": {"sigmoid'(z)": s}}
        plants = [
            Plant("reordered", "w", d * x[::-1]),
            Plant("missing-factor", "w", d / s * x, known),
            Plant("missing-factor", "b", d / s, known),
            Plant("factor-twice", "w", d * s * x, known),
            Plant("factor", "w", d / s * x),
            Plant("unexplained", "b", d / s),
            Plant("unexplained", "w", a * x - y),
        ]
        return Backward({"w": d * x, "b": d}, plants)

    values = {
        "x": rng.normal(size=2),
        "y": np.float64(rng.integers(0, 2)),
        "w": rng.normal(size=2),
        "b": rng.normal(size=()),
    }
    return Network(values, ("w", "b"), loss, backward, "none")


def deep(rng: np.random.Generator) -> Network:
    """Four tanh layers, 3-4-3-2-1, in rows."""
    widths = (3, 4, 3, 2, 1)

    def loss(X, Y, **weights):
        A = X
        for k in range(1, 5):
            A = torch.tanh(A @ weights[f"W{k}"] + weights[f"b{k}"])
        return ((A - Y) ** 2).sum()

    def backward(X, Y, **weights):
        A = [X]
        for k in range(1, 5):
            A.append(np.tanh(A[-1] @ weights[f"W{k}"] + weights[f"b{k}"]))
        grads, unsummed, plants = {}, {}, []
        D = 2 * (A[4] - Y) * (1 - A[4] ** 2)
        for k in range(4, 0, -1):
            grads[f"W{k}"], grads[f"b{k}"] = A[k - 1].T @ D, D.sum(0)
            unsummed[f"b{k}"] = D
            back = D @ weights[f"W{k}"].T
            D = back * (1 - A[k - 1] ** 2)
            if k > 1:
                lacks = A[k - 2].T @ back
                plants += [
                    Plant(
                        "missing-factor",
                        f"W{k - 1}",
                        lacks,
                        {"alternatives": {f"missing-factor: tanh'(z{k - 1})": lacks}},
                    ),
                    Plant("unexplained", f"W{k - 1}", lacks),
                ]
        return Backward(grads, plants, unsummed)

    values = {"X": rng.normal(size=(N, 3)), "Y": rng.uniform(-1, 1, (N, 1))}
    for k, (rows, columns) in enumerate(zip(widths, widths[1:], strict=False), 1):
        values[f"W{k}"] = rng.normal(size=(rows, columns))
        values[f"b{k}"] = rng.normal(size=columns)
    wanted = tuple(name for name in values if name not in "XY")
    return Network(values, wanted, loss, backward, "sum")


def shared(rng: np.random.Generator) -> Network:
    """One weight matrix used twice: its gradient has two terms."""

    def loss(X, W, v):
        return ((torch.tanh(torch.tanh(X @ W) @ W) @ v) ** 2).mean()

    def backward(X, W, v):
        H = np.tanh(X @ W)
        G = np.tanh(H @ W)
        r = 2 / N * (G @ v)
        D2 = np.outer(r, v) * (1 - G**2)
        D1 = D2 @ W.T * (1 - H**2)
        late, early = H.T @ D2, X.T @ D1
        plants = []
        for lost, kept in (("first", late), ("second", early)):
            cut = {"alternatives": {f"detached: the {lost} use is lost": kept}}
            plants += [
                Plant("detached", "W", kept, cut),
                Plant("unexplained", "W", kept),
            ]
        return Backward({"W": early + late, "v": G.T @ r}, plants)

    values = {
        "X": rng.normal(size=(N, 3)),
        "W": rng.normal(size=(3, 3)),
        "v": rng.normal(size=3),
    }
    return Network(values, ("W", "v"), loss, backward)


def convolution(rng: np.random.Generator) -> Network:
    """A kernel slid along a sequence: one gradient, summed over places."""

    def loss(X, k, b):
        windows = X.unfold(1, 3, 1)  # (n, places, 3)
        return (torch.tanh(windows @ k + b) ** 2).sum() / N

    def backward(X, k, b):
        windows = np.lib.stride_tricks.sliding_window_view(X, 3, axis=1)
        A = np.tanh(windows @ k + b)
        D = 2 * A * (1 - A**2) / N
        dk = np.einsum("npk,np->k", windows, D)
        plants = [
            Plant("reordered", "k", dk[::-1].copy()),
            Plant("not-summed", "k", np.einsum("npk,np->pk", windows, D)),
            Plant("not-summed", "k", np.einsum("npk,np->nk", windows, D)),
            Plant("over-summed", "k", dk.sum()),
            Plant("unexplained", "k", np.einsum("npk,np->k", windows, A) / N),
        ]
        return Backward({"k": dk, "b": D.sum()}, plants)

    values = {
        "X": rng.normal(size=(N, 7)),
        "k": rng.normal(size=3),
        "b": rng.normal(size=()),
    }
    return Network(values, ("k", "b"), loss, backward)


def embedding(rng: np.random.Generator) -> Network:
    """Rows of a table looked up, some of them twice."""
    rows = np.array([0, 2, 4, 4, 5])
    rows[0] = rng.choice([0, 1])

    def loss(E, Y):
        return ((E[torch.as_tensor(rows)] - Y) ** 2).mean()

    def backward(E, Y):
        D = 2 * (E[rows] - Y) / Y.size
        added, assigned = np.zeros_like(E), np.zeros_like(E)
        np.add.at(added, rows, D)
        assigned[rows] = D  # the last of two equal rows wins
        shifted = np.zeros_like(E)
        np.add.at(shifted, rows - 1, D)
        plants = [
            Plant("some-entries", "E", assigned),
            Plant("reordered", "E", shifted),
            Plant("shape", "E", D),
        ]
        return Backward({"E": added}, plants)

    values = {"E": rng.normal(size=(6, 3)), "Y": rng.normal(size=(N, 3))}
    return Network(values, ("E",), loss, backward)


def batch_norm(rng: np.random.Generator) -> Network:
    """Batch normalisation, trained statistics, weighted sum as loss."""

    def loss(X, gamma, beta, C):
        hat = (X - X.mean(0)) / X.std(0, unbiased=False)
        return (C * torch.tanh(gamma * hat + beta)).sum()

    def backward(X, gamma, beta, C):
        std = X.std(0)
        hat = (X - X.mean(0)) / std
        G = C * (1 - np.tanh(gamma * hat + beta) ** 2)
        dhat = G * gamma
        centred = dhat - dhat.mean(0) - hat * (dhat * hat).mean(0)
        grads = {"X": centred / std, "gamma": (G * hat).sum(0), "beta": G.sum(0)}
        constant = dhat / std  # mean and deviation taken for constants
        known = {"chain_factors": {"1/std": 1 / std, "gamma": gamma}}
        plants = [
            Plant(
                "detached",
                "X",
                constant,
                {"alternatives": {"detached: mean and deviation": constant}},
            ),
            Plant("unexplained", "X", constant),
            Plant("missing-factor", "X", centred, known),
            Plant("factor-twice", "X", centred / std**2, known),
            Plant("missing-factor", "X", centred / std / gamma, known),
            Plant("axis-factor", "X", centred),
            Plant("unexplained", "gamma", (G * X).sum(0)),
        ]
        return Backward(grads, plants, {"gamma": G * hat, "beta": G})

    values = {
        "X": rng.normal(size=(N, 3)),
        "gamma": rng.uniform(0.5, 2, 3),
        "beta": rng.normal(size=3),
        "C": rng.normal(size=(N, 3)),
    }
    return Network(values, ("X", "gamma", "beta"), loss, backward, "sum")


def linear_op(rng: np.random.Generator) -> Network:
    """The custom op X W + b with an upstream gradient of 0.7 everywhere."""

    def loss(X, W, b):
        return 0.7 * (X @ W + b).sum()

    def backward(X, W, b):
        dY = np.full((N, 4), 0.7, X.dtype)
        ones = np.ones_like(dY)
        plain = {"X": ones @ W.T, "W": X.T @ ones, "b": ones.sum(0)}
        twice = {"X": 0.7 * dY @ W.T, "W": 0.7 * X.T @ dY, "b": 0.7 * dY.sum(0)}
        known = {"cotangent": dY}
        plants = [Plant("no-upstream", k, v, known) for k, v in plain.items()]
        plants += [Plant("upstream-twice", k, v, known) for k, v in twice.items()]
        grads = {"X": dY @ W.T, "W": X.T @ dY, "b": dY.sum(0)}
        return Backward(grads, plants, {"b": dY})

    values = {
        "X": rng.normal(size=(N, 3)),
        "W": rng.normal(size=(3, 4)),
        "b": rng.normal(size=4),
    }
    return Network(values, ("X", "W", "b"), loss, backward, "sum")


def softplus_op(rng: np.random.Generator) -> Network:
    """The custom op log(1 + exp(z)), entry by entry, with an upstream gradient."""
    G = rng.normal(size=(N, 3)).astype(np.float32).astype(float)

    def loss(z):
        return (torch.as_tensor(G) * torch.nn.functional.softplus(z)).sum()

    def backward(z):
        g = G.astype(z.dtype)
        s = sigmoid(z)
        known = {"cotangent": G, "chain_factors": {"sigmoid(z)": s}}
        plants = [
            Plant("no-upstream", "z", s, known),
            Plant("no-upstream+factor", "z", 2 * s, known),
            Plant("missing-factor+sign", "z", -g, known),
            Plant("upstream-twice", "z", g**2 * s, known),
            Plant("missing-factor", "z", g + 0, known),
            Plant("factor-twice", "z", g * s**2, known),
            Plant("unexplained", "z", g * s * (1 - s), {"cotangent": G}),
            Plant("unexplained", "z", g * np.exp(z), {"cotangent": G}),
        ]
        return Backward({"z": g * s}, plants)

    return Network({"z": rng.normal(size=(N, 3))}, ("z",), loss, backward, "sum")


NETWORKS: dict[str, Callable[[np.random.Generator], Network]] = {
    "linear regression": linear,
    "squared error": predictions,
    "logistic regression": logistic,
    "softmax cross-entropy": softmax,
    "1-1-1 tanh net": tanh_scalars,
    "2-3-1 net in rows": rows_2_3_1,
    "2-2-1 net in columns": columns_2_2_1,
    "one neuron": neuron,
    "deep stack": deep,
    "shared weights": shared,
    "convolution": convolution,
    "embedding": embedding,
    "batch norm": batch_norm,
    "custom op, linear": linear_op,
    "custom op, softplus": softplus_op,
}

"""Mistakes that can be made in any network, planted in its gradients."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.diagnose.networks import Backward, N, Network, Plant

LEARNING_RATE = 0.03


def generic(
    network: Network,
    hand: Backward,
    earlier: dict[str, np.ndarray],
    truths: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> Iterator[Plant]:
    """Every mistake of the table that applies to some gradient of `hand`.

    `earlier` are the gradients, by hand, at the parameters one step before.
    """
    for name, g in hand.grads.items():
        yield from _constants(network, name, g, earlier[name])
        yield from _arrangements(name, g, hand)
        yield from _unreadable(name, g)
        for other, truth in truths.items():
            if other != name:
                yield Plant(
                    "swapped", name, hand.grads[other], {"others": {other: truth}}
                )
        yield Plant("zero", name, np.zeros_like(g))
        yield Plant("unexplained", name, rng.normal(size=g.shape).astype(g.dtype))
        yield Plant("unexplained", name, g + rng.normal(size=g.shape).astype(g.dtype))
        # Right to three digits only, as from a bad step h.
        noise = rng.uniform(-1, 1, g.shape).astype(g.dtype)
        yield Plant("imprecise", name, g * (1 + 3e-3 * noise))


def _constants(
    network: Network, name: str, g: np.ndarray, before: np.ndarray
) -> Iterator[Plant]:
    yield Plant("sign", name, -g)
    yield Plant("factor", name, 2 * g)
    yield Plant("factor", name, g / 2)
    yield Plant("sign+factor", name, -2 * g)
    yield Plant("sign+factor", name, -g / 2)
    yield Plant("learning-rate", name, LEARNING_RATE * g)
    yield Plant("learning-rate", name, -LEARNING_RATE * g)
    yield Plant("accumulated", name, g + before)
    yield Plant("accumulated", name, g + g + g)
    yield Plant("stale", name, before)
    if network.reduction == "mean":
        yield Plant("sum-not-mean", name, N * g)
        yield Plant("sign+sum-not-mean", name, -N * g)
    if network.reduction == "sum":
        yield Plant("mean-not-sum", name, g / N)
        yield Plant("sign+mean-not-sum", name, -g / N)
    if g.size > 1:
        yield Plant("factor", name, g * g.dtype.type(0.3817))


def _arrangements(name: str, g: np.ndarray, hand: Backward) -> Iterator[Plant]:
    if g.ndim == 2:
        # A matrix of rank one is an outer product, and its transpose the reverse.
        thin = min(g.shape) == 1
        single = not thin and np.linalg.matrix_rank(g, rtol=1e-5) == 1
        code = "outer-reversed" if single else "transpose"
        if max(g.shape) > 1:
            yield Plant(code, name, g.T.copy())
            yield Plant(f"{code}+factor", name, 2 * g.T)
            yield Plant(f"{code}+sign", name, -g.T)
        if not thin and g.shape[0] != g.shape[1]:
            # reshape where a transpose is meant keeps the shape, not the order
            yield Plant("reordered", name, g.T.reshape(g.shape))
        yield Plant("reordered", name, np.roll(g, 1, axis=0))
        yield Plant("reshape", name, g.ravel())
    if g.ndim == 1 and g.size > 1:
        yield Plant("reordered", name, g[::-1].copy())
        yield Plant("reshape", name, g[:, None])
        yield Plant("reshape", name, g[None])
        yield Plant("broadcast", name, np.tile(g, (N, 1)))
    if g.size > 1:
        yield Plant("over-summed", name, g.sum())
        yield Plant("over-summed", name, g.mean())
    if g.size >= 3:
        spoiled = g.copy()
        spoiled.flat[-1] = 0  # a loop that ends one too early
        yield Plant("some-entries", name, spoiled)
    if g.ndim == 0:
        yield Plant("reshape", name, g[None])
    if name in hand.unsummed:
        d = hand.unsummed[name]
        yield Plant("not-summed", name, d)
        yield Plant("not-summed+sign", name, -d)
        if d.ndim == 2:
            # With one unit, its only column is all that the batch axis leaves.
            code = "wrong-axis" if d.shape[1] > 1 else "not-summed"
            yield Plant(code, name, d.sum(1))
            yield Plant("reshape", name, d.sum(0, keepdims=True))


def _unreadable(name: str, g: np.ndarray) -> Iterator[Plant]:
    spoiled: list[tuple[str, Any]] = [
        ("none", None),
        ("type", g.astype(object)),
        ("type", np.ma.array(g)),
        ("type", str(g)),
        ("empty", g[..., None][..., :0]),
        ("dtype", np.ones(g.shape, int)),
        ("dtype", g + 1j * g),
        ("shape", np.ones((7, *g.shape), g.dtype)),
    ]
    for code, value in (("nan", np.nan), ("inf", np.inf)):
        hit = g.copy()
        hit.flat[0] = value
        spoiled.append((code, hit))
    for code, wrong in spoiled:
        yield Plant(code, name, wrong)

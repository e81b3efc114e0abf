"""Plant known mistakes in the gradients of real networks; count what is named.

    python -m benchmarks.diagnose [--points 20] [--right 120] [--table FILE]

At each random point of each network the right gradients come from the tape of
PyTorch in float64, and the student's from formulas by hand in NumPy, in float64
and in float32. Every applicable mistake is planted and handed to `check_gradient`
twice: with what an exercise knows (batch size, learning rate, the other gradients,
the gradient at the earlier parameters, named factors), and with nothing.

A planted mistake is, by the codes of the message,

first         named first, alone or ahead of others that fit equally;
among         among those named, but not first;
general       described by a true statement that names no cause, or a less special
              one: a pattern (`axis-factor`), `unexplained`, or what `GENERAL` lists,
              such as `factor` for a sum in place of a mean when n was not told;
accused       none of these: a cause was named, and it is not the one planted.

The planted code `unexplained` stands for mistakes that no hypothesis describes
(random numbers, a wrong variable in a formula): any cause named there is an
accusation. "named first" counts the runs with context; "wrongly accused" counts
both. A mistake that leaves the gradient right at this point is no mistake there: it
is counted as invisible, and not in N. Nothing else is left out.

The false alarms are right gradients, by hand, that `check_gradient` rejects.
"""

import argparse
import contextlib
import io
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.diagnose.networks import NETWORKS, Backward, N, Network, Plant
from benchmarks.diagnose.plants import LEARNING_RATE, generic
from tapecheck import CODES, GradientMismatch, check_gradient, tape_gradient

GENERAL = {
    "sum-not-mean": {"factor", "accumulated"},  # 5 times: of a batch of 5, or 5 calls
    "mean-not-sum": {"factor"},
    "sign+sum-not-mean": {"sign+factor"},
    "sign+mean-not-sum": {"sign+factor"},
    "learning-rate": {"factor", "sign+factor"},
    "missing-factor": {"factor"},
    "factor-twice": {"factor"},
    "no-upstream": {"factor"},
    "upstream-twice": {"factor"},
    # of one sample, every gradient of a weight is a multiple of the same input
    "accumulated": {"factor"},
    "stale": {"factor"},
}
"""True but less special statements about a planted mistake, without context."""

UNREADABLE = {"none", "type", "empty", "dtype", "nan", "inf", "shape", "zero"}
"""Plants that need no hypothesis to be recognised."""

OUTCOMES = ("first", "among", "general", "accused")


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmark of the diagnoses.")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--right", type=int, default=120)
    parser.add_argument("--table", type=Path, help="write the table as Markdown")
    options = parser.parse_args()
    tallies = {"with context": Tally(), "without": Tally()}
    for number, make in enumerate(NETWORKS.values()):
        run(make, np.random.default_rng(number), options.points, tallies)
    alarms, checked = false_alarms(options.right)
    told, alone = tallies["with context"], tallies["without"]
    text = markdown(told, alone, options.points)
    if options.table:
        options.table.write_text(text)
    print(text)
    print(timing())
    whole, numpy = importing("tapecheck"), importing("numpy")
    print(f"import tapecheck: {whole:.2f} s of CPU, {numpy:.2f} s of them NumPy's")
    print(
        f"named first {100 * told.share('first'):.1f} % of {told.total()};"
        f" wrongly accused {told.count('accused') + alone.count('accused')};"
        f" false alarms {alarms} of {checked}"
    )


class Tally:
    """Outcomes by planted code, and what was named when it was not named first."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.instead: Counter[tuple[str, str]] = Counter()
        self.invisible = 0

    def add(self, plant: Plant, codes: tuple[str, ...] | None) -> None:
        if codes is None:
            self.invisible += 1
            return
        result = outcome(plant.code, codes)
        self.outcomes[plant.code, result] += 1
        if result != "first":
            self.instead[plant.code, "|".join(codes)] += 1

    def count(self, result: str) -> int:
        return sum(n for (_, r), n in self.outcomes.items() if r == result)

    def total(self) -> int:
        return self.outcomes.total()

    def share(self, result: str) -> float:
        return self.count(result) / self.total()

    def among_numbers(self) -> float:
        """Share named first of the plants that `UNREADABLE` does not hold."""
        kept = Counter(
            {k: n for k, n in self.outcomes.items() if k[0] not in UNREADABLE}
        )
        return sum(n for (_, r), n in kept.items() if r == "first") / kept.total()


def outcome(planted: str, codes: tuple[str, ...]) -> str:
    """How a planted mistake was named; see the top of this file."""
    if codes[0] == planted:
        return "first"
    if planted in codes:
        return "among"
    harmless = {code for code in CODES if CODES[code].level >= 2} | {"shape"}
    harmless |= GENERAL.get(planted, set())
    return "general" if set(codes) <= harmless else "accused"


def named(student: Any, expected: Any, **context: Any) -> tuple[str, ...] | None:
    """Codes of the message, or None when the gradient is accepted."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            check_gradient(student, expected, **context)
        except GradientMismatch as mismatch:
            return mismatch.codes
    return None


def run(make: Any, rng: np.random.Generator, points: int, tallies: dict) -> None:
    """Plant every mistake at `points` random points of one network."""
    for _ in range(points):
        network = drawn(make, rng)
        truths = true_gradients(network, network.values)
        before = dict(network.values)
        for name in network.wanted:
            step = rng.normal(size=np.shape(before[name])).astype(np.float32)
            before[name] = before[name] + 0.1 * step.astype(float)
        stale = true_gradients(network, before)
        for dtype in (np.float64, np.float32):
            hand = by_hand(network, network.values, dtype)
            earlier = by_hand(network, before, dtype).grads
            plants = [*hand.plants, *generic(network, hand, earlier, truths, rng)]
            for plant in plants:
                truth = truths[plant.name]
                known = exercise_context(plant, truths, stale)
                told = named(plant.wrong, truth, **known)
                tallies["with context"].add(plant, told)
                tallies["without"].add(plant, named(plant.wrong, truth))


def exercise_context(plant: Plant, truths: dict, stale: dict) -> dict[str, Any]:
    """What an exercise would tell about the network."""
    others = {name: g for name, g in truths.items() if name != plant.name}
    context = {"batch_size": N, "learning_rate": LEARNING_RATE, "others": others}
    alternatives = {"stale": stale[plant.name]}
    extra = dict(plant.context)
    alternatives |= extra.pop("alternatives", {})
    return {**context, **extra, "alternatives": alternatives}


def drawn(make: Any, rng: np.random.Generator) -> Network:
    """A network at a random point whose numbers float32 can hold."""
    network = make(rng)
    for name, value in network.values.items():
        network.values[name] = np.asarray(value, np.float32).astype(np.float64)
    return network


def by_hand(network: Network, values: dict, dtype: type) -> Backward:
    cast = {name: np.asarray(value, dtype) for name, value in values.items()}
    with np.errstate(all="ignore"):
        hand = network.backward(**cast)
    # NumPy gives scalars for arrays of no dimension; a student's are arrays.
    hand.grads = {name: np.asarray(g) for name, g in hand.grads.items()}
    return hand


def true_gradients(network: Network, values: dict) -> dict[str, np.ndarray]:
    fixed = {k: torch.as_tensor(v) for k, v in values.items()}
    wanted = {name: fixed.pop(name) for name in network.wanted}
    return tape_gradient(lambda **params: network.loss(**fixed, **params), wanted)


def false_alarms(points: int) -> tuple[int, int]:
    """(rejected, checked) right gradients, by hand against the tape."""
    alarms = checked = 0
    for number, make in enumerate(NETWORKS.values()):
        rng = np.random.default_rng(1000 + number)
        for _ in range(points):
            network = drawn(make, rng)
            truths = true_gradients(network, network.values)
            for dtype in (np.float64, np.float32):
                hand = by_hand(network, network.values, dtype)
                for name, gradient in hand.grads.items():
                    checked += 1
                    alarms += named(gradient, truths[name]) is not None
    return alarms, checked


def timing() -> str:
    """The time to refuse ten million entries, in the slowest of a few cases."""
    rng = np.random.default_rng(0)
    right = rng.normal(size=(2500, 4000))
    square = right[:, :2500].copy()
    times = {}
    for name, wrong, truth in (
        ("right", right, right),
        ("random", rng.normal(size=right.shape), right),
        ("rows reversed", right[::-1], right),
        ("transposed and doubled", 2 * square.T, square),
        ("one factor per row", right * rng.normal(size=(2500, 1)), right),
    ):
        runs = []
        for _ in range(3):  # the best of three
            start = time.process_time()
            named(wrong, truth, batch_size=N, learning_rate=LEARNING_RATE)
            runs.append(time.process_time() - start)
        times[name] = min(runs)
    slowest = max(times, key=lambda name: times[name])
    return f"10 000 000 entries: at most {times[slowest]:.1f} s of CPU ({slowest})"


def importing(module: str) -> float:
    """CPU seconds that an import takes in a Python of its own; the best of three."""
    code = (
        "import time; start = time.process_time(); "
        f"import {module}; print(time.process_time() - start)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        for _ in range(3)
    ]
    return min(float(run.stdout) for run in runs)


def markdown(told: Tally, alone: Tally, points: int) -> str:
    """The table that the reference page shows."""
    lines = [
        f"{len(NETWORKS)} networks and losses, {points} random points each, in float64"
        f" and float32: {told.total()} wrong gradients, {told.invisible} more that are"
        f" right by luck of the point. Of all, {100 * told.share('first'):.1f} % are"
        f" named first; of those whose numbers are wrong, rather than their type,"
        f" {100 * told.among_numbers():.1f} %.",
        "",
        "| planted mistake | times | named first | among | in general | accused |"
        " when not first, named |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    lines += rows(told)
    lines += [
        "",
        "The same without any context:",
        "",
        "| in all | times | named first | among | in general | accused |",
        "|---|--:|--:|--:|--:|--:|",
        "| all | " + " | ".join(_numbers(alone, sorted(_codes(alone)))) + " |",
        "",
    ]
    return "\n".join(lines)


def rows(tally: Tally) -> Iterator[str]:
    for code in sorted(_codes(tally)):
        instead = [
            f"`{codes}` {n}".replace("|", "\\|")
            for (planted, codes), n in tally.instead.most_common()
            if planted == code
        ]
        numbers = " | ".join(_numbers(tally, [code]))
        yield f"| `{code}` | {numbers} | {', '.join(instead[:3])} |"
    yield "| all | " + " | ".join(_numbers(tally, sorted(_codes(tally)))) + " | |"


def _codes(tally: Tally) -> set[str]:
    return {code for code, _ in tally.outcomes}


def _numbers(tally: Tally, codes: list[str]) -> list[str]:
    counts = [sum(tally.outcomes[code, r] for code in codes) for r in OUTCOMES]
    return [str(n) for n in (sum(counts), *counts)]


if __name__ == "__main__":
    main()

"""The notation page: both layouts of a layer, formula by formula, against a tape."""

import re
from pathlib import Path

import numpy as np
import pytest

from tapecheck.tapes import both_tapes

PAGE = Path(__file__).parents[1] / "book" / "reference" / "notation.md"
n, d, k = 5, 2, 3
LAYOUTS = {"rows": 1, "columns": 2}


def table() -> dict[str, list[str]]:
    """The rows of the table of layouts by their first cell."""
    text = PAGE.read_text(encoding="utf-8").split("## Two layouts")[1]
    lines = [line.strip("|").split("|") for line in text.splitlines() if "|" in line]
    return {cells[0].strip(): [cell.strip() for cell in cells] for cells in lines}


def code(formula: str) -> str:
    r"""`$X^\top D$` as X.T @ D, and `sum of $D$ over axis 0` as D.sum(0)."""
    if found := re.match(r"sum of \$D\$ over axis (\d)(, kept)?", formula):
        return f"D.sum({found[1]}, keepdims={bool(found[2])})"
    body = formula.strip("$").split("=")[-1].replace(r"^\top", ".T")
    return re.sub(r"([A-Z](?:\.T)?) ?(?=[A-Z])", r"\1 @ ", body)


def problems(column: int) -> list[str]:
    """What in one layout is not what its shapes, or the tapes, say."""
    rows, rng = table(), np.random.default_rng(4)
    names = {"n": n, "d": d, "k": k}
    shapes = {
        name: eval(rows[cell][column].strip("$"), names)
        for name, cell in [("X", "batch $X$"), ("W", "weights $W$"), ("b", "bias $b$")]
    }
    X, W, b = (rng.normal(size=shapes[name]) for name in "XWb")
    forward = code(rows["forward"][column])
    values = {"X": X, "W": W, "b": b}
    Z = eval(forward, values)
    D = rng.normal(
        size=eval(rows[r"with $D = \partial L/\partial Z$"][column].strip("$"), names)
    )
    if Z.shape != D.shape:
        return ["Z"]

    def layer(ops, X, W, b):
        return eval(forward, {"X": X, "W": W, "b": b})

    found = []
    for name, truth in zip("XWb", both_tapes(layer, X, W, b, cotangent=D), strict=True):
        formula = code(rows[rf"$\partial L/\partial {name}$"][column])
        gradient = eval(formula, {**values, "D": D})
        if gradient.shape != truth.shape or not np.allclose(gradient, truth):
            found.append(name)
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_formula_agrees_with_both_tapes(layout):
    assert problems(LAYOUTS[layout]) == []


def test_a_formula_of_the_other_layout_would_be_noticed(monkeypatch):
    rows = table()
    row = rows[r"$\partial L/\partial W$"]
    row[1], row[2] = row[2], row[1]
    monkeypatch.setitem(globals(), "table", lambda: rows)
    with pytest.raises(ValueError, match="matmul"):
        problems(1)
    bias = rows[r"$\partial L/\partial b$"]
    row[1], row[2], bias[1] = row[2], row[1], "sum of $D$ over axis 1"
    assert problems(1) == ["b"]

"""Directive for the field guide: one wrong gradient beside the right one.

Everything shown comes from book/reference/field-guide.json, which
``make field-guide`` computes.
"""

import html
import json
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

CELL_WIDTH, CELL_HEIGHT = 76, 30  # pixels
DATA = "book/reference/field-guide.json"


@cache
def entries(path: Path, changed: float) -> dict[str, dict]:
    """The guide's entries by code; `changed` is the file's time, for the cache."""
    return {entry["code"]: entry for entry in json.loads(path.read_text("utf-8"))}


def number(text: str) -> str:
    return text.replace("-", "−")


def shape(value: dict) -> str:
    """`2 × 3`, or the shape in Python's own words where there is one axis or none."""
    sizes = value["shape"]
    return " × ".join(map(str, sizes)) if len(sizes) > 1 else str(tuple(sizes))


def strength(text: str, largest: float) -> float:
    """How strongly a cell is tinted: by the size of its number."""
    value = abs(float(text))
    return 0.34 * min(value / largest, 1) if value < float("inf") else 0.0


def drawing(which: str, value: dict) -> str:
    """An array as a grid: tinted blue above zero, orange below."""
    if "text" in value:
        label = html.escape(value["text"])
        return f'<p class="no-array">{label}</p>'
    rows = [row for row in value["rows"] if row]
    if not rows:
        return '<p class="no-array">no entries</p>'
    finite = [abs(float(x)) for row in rows for x in row if abs(float(x)) < 1e300]
    largest = max(finite, default=0) or 1.0
    cells = []
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            x, y = j * CELL_WIDTH + 1, i * CELL_HEIGHT + 1
            side = "below" if text.startswith("-") else "above"
            cells.append(
                f'<rect class="{side}" x="{x}" y="{y}" width="{CELL_WIDTH}" '
                f'height="{CELL_HEIGHT}" fill-opacity="{strength(text, largest):.2f}"/>'
                f'<text x="{x + CELL_WIDTH / 2:g}" y="{y + CELL_HEIGHT * 0.66:g}" '
                f'text-anchor="middle">{number(text)}</text>'
            )
    spoken = "; ".join(", ".join(map(number, row)) for row in rows)
    alt = f"The {which} array of shape {shape(value)}, row by row: {spoken}"
    width = len(rows[0]) * CELL_WIDTH + 2
    height = len(rows) * CELL_HEIGHT + 2
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">{"".join(cells)}</svg>'
    )


def panel(which: str, code: str, value: dict) -> str:
    size = f"shape {shape(value)}, {value['dtype']}" if "shape" in value else ""
    return (
        f'<div class="panel {which}"><p class="panel-title">{which}</p>'
        f"<pre><code>{html.escape(code)}</code></pre>{drawing(which, value)}"
        f'<p class="panel-size">{size}</p></div>'
    )


def figure(entry: dict) -> str:
    """The pair of arrays, what the checker was told besides, and what it says."""
    told = ""
    if entry["context"]:
        told = (
            f"<p>The exercise tells: <code>{html.escape(entry['context'])}</code></p>"
        )
    codes = "|".join(entry["codes"])
    return (
        '<div class="gradient-pair"><div class="panels">'
        f"{panel('right', entry['right_code'], entry['right'])}"
        f"{panel('wrong', entry['wrong_code'], entry['wrong'])}</div>{told}"
        f'<p class="message"><span aria-hidden="true">✗ </span>'
        f"{html.escape(entry['message'])} {html.escape(entry['hint'])} "
        f"<code>[{codes}]</code></p></div>"
    )


class WrongGradient(SphinxDirective):
    """``{wrong-gradient} CODE``: the guide's example of a diagnosis code."""

    required_arguments = 1

    def run(self):
        path = Path(self.env.srcdir) / DATA
        self.env.note_dependency(str(path))
        known = entries(path, path.stat().st_mtime)
        code = self.arguments[0]
        if code not in known:
            raise self.error(f"wrong-gradient: {DATA} has no code {code!r}")
        return [nodes.raw("", figure(known[code]), format="html")]


def setup(app):
    app.add_directive("wrong-gradient", WrongGradient)

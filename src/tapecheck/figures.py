"""Figures that a reader can move: their numbers are computed here, in Python.

Each function returns a `Figure`: a finished static picture with a text alternative,
so that it shows in Jupyter, in print and without JavaScript. On the site,
`book/_static/figures.js` adds the controls. It redraws from the numbers stored in
the figure; only `graph` computes again in the browser, when a slider moves an input.

    graph      scalars flowing through a computational graph, and gradients back
    signals    the same drawing for numbers that the caller has computed
    slider     curves that change with one parameter
    contour    level lines of a function of two variables, with paths on them
    stepper    panels to be read one after the other
"""

import html
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Figure", "contour", "graph", "signals", "slider", "stepper"]

# --- the frame around every figure ---------------------------------------------------

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Figure:
    """A picture as HTML; `alt` says in words what it shows."""

    html: str
    alt: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def pretty(name: str) -> str:
    """`w12` as w₁₂."""
    match = re.fullmatch(r"(\D+)(\d+)", name)
    return match[1] + match[2].translate(SUBSCRIPTS) if match else name


def number(value: float, digits: int) -> str:
    """Fixed-point text with a true minus sign, as figures.js writes it."""
    return f"{value:z.{digits}f}".replace("-", "−")


def escape(text: str) -> str:
    return html.escape(text, quote=True)


def frame(kind: str, picture: str, data: object, alt: str, caption: str) -> Figure:
    if len(alt.split()) < 3:
        raise ValueError(
            f"alt={alt!r} is no description; say what the picture shows, for readers "
            "who cannot see it."
        )
    stored = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    stored = stored.replace("</", "<\\/")
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    text = (
        f'<figure class="tape-figure" data-kind="{kind}">{picture}{below}'
        f'<script type="application/json">{stored}</script></figure>'
    )
    return Figure(text, alt)


def svg(kind: str, width: float, height: float, alt: str, body: str) -> str:
    # The site shows the tall drawing on narrow screens; Jupyter never does.
    shown = "none" if kind == "graph tall" else "block"
    return (
        f'<svg class="{kind}" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" style="display:{shown};max-width:100%;height:auto" '
        f'font-family="inherit" font-size="13">{body}</svg>'
    )


# --- computational graphs ------------------------------------------------------------


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


@dataclass(frozen=True)
class Operation:
    """A scalar function, its partial derivatives, and the sign drawn in its node."""

    symbol: str
    value: Callable[..., float]
    partials: Callable[..., tuple[float, ...]]


# figures.js holds the same table; a test compares the two on every operation.
OPERATIONS = {
    "add": Operation("+", lambda *a: sum(a), lambda *a: (1.0,) * len(a)),
    "sub": Operation("−", lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": Operation("×", lambda a, b: a * b, lambda a, b: (b, a)),
    "div": Operation("÷", lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2)),
    "square": Operation("( )²", lambda a: a * a, lambda a: (2 * a,)),
    "exp": Operation("exp", math.exp, lambda a: (math.exp(a),)),
    "log": Operation("log", math.log, lambda a: (1 / a,)),
    "tanh": Operation("tanh", math.tanh, lambda a: (1 - math.tanh(a) ** 2,)),
    "relu": Operation("relu", lambda a: max(a, 0.0), lambda a: (float(a > 0),)),
    "sigmoid": Operation("σ", _sigmoid, lambda a: (_sigmoid(a) * (1 - _sigmoid(a)),)),
    # Binary cross-entropy of the probability p with the label y.
    "bce": Operation(
        "BCE",
        lambda p, y: -y * math.log(p) - (1 - y) * math.log(1 - p),
        lambda p, y: (-y / p + (1 - y) / (1 - p), math.log(1 - p) - math.log(p)),
    ),
}

Program = Sequence[tuple[str, ...]]


def evaluate(
    leaves: Mapping[str, float], program: Program
) -> tuple[dict[str, float], dict[str, float], dict[tuple[str, int], float]]:
    """Values, gradients of the last line, and the gradient on each edge.

    An edge is (name of the line, position of the input): a value used twice by one
    line sends two gradients back.
    """
    values = {name: float(value) for name, value in leaves.items()}
    for name, operation, *inputs in program:
        values[name] = OPERATIONS[operation].value(*(values[i] for i in inputs))
    gradients = dict.fromkeys(values, 0.0)
    on_edge = {}
    gradients[program[-1][0]] = 1.0
    for name, operation, *inputs in reversed(program):
        partials = OPERATIONS[operation].partials(*(values[i] for i in inputs))
        for position, (source, partial) in enumerate(
            zip(inputs, partials, strict=True)
        ):
            on_edge[name, position] = gradients[name] * partial
            gradients[source] += on_edge[name, position]
    return values, gradients, on_edge


def _check_program(leaves: Mapping[str, float], program: Program) -> None:
    known = set(leaves)
    if not program:
        raise ValueError("The program is empty; give at least one line.")
    for line in program:
        name, operation, *inputs = line
        if operation not in OPERATIONS:
            raise ValueError(
                f"{line}: there is no operation {operation!r}; "
                f"there are {', '.join(OPERATIONS)}."
            )
        if missing := [i for i in inputs if i not in known]:
            raise ValueError(f"{line}: {missing[0]!r} is not defined before this line.")
        if name in known:
            raise ValueError(f"{line}: {name!r} is defined already.")
        known.add(name)


def _places(
    leaves: Mapping[str, float], program: Program
) -> dict[str, tuple[int, float]]:
    """(rank, slot) of each node: ranks run to the result, slots lie side by side.

    A node stands one rank before the first line that uses it, in the middle of its
    inputs.
    """
    rank = {program[-1][0]: 0}
    for name, _, *inputs in reversed(program):
        for source in inputs:
            rank[source] = max(rank.get(source, 0), rank.get(name, 0) + 1)
    last = max(rank.values())
    inputs_of = {name: inputs for name, _, *inputs in program}
    slots: dict[str, float] = {}
    free = 0

    def place(name: str) -> None:
        nonlocal free
        if name in slots:
            return
        for source in inputs_of.get(name, ()):
            place(source)
        if name in inputs_of:
            below = [slots[source] for source in inputs_of[name]]
            slots[name] = sum(below) / len(below)
        else:
            slots[name] = free
            free += 1

    place(program[-1][0])
    return {name: (last - rank[name], slots[name]) for name in slots}


@dataclass(frozen=True)
class Node:
    name: str
    label: str
    rank: float
    slot: float
    leaf: bool


@dataclass(frozen=True)
class Edge:
    """`key` is what figures.js calls the edge; the texts are its two numbers."""

    key: str
    source: str
    target: str
    forward: str
    backward: str
    where: float | None = None  # its numbers stand: of the way from source to target


RADIUS = 19
Point = tuple[float, float]
Line = tuple[Point, Point]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def _between(start: Point, end: Point, gap: float) -> Line:
    """The line from a node's rim to `gap` before another's middle."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    return (x1 + RADIUS * ux, y1 + RADIUS * uy), (x2 - gap * ux, y2 - gap * uy)


def _astride(line: Line, where: float | None) -> list[Point]:
    """Middles of the two numbers of an edge that runs to the right: above and below."""
    (x1, y1), (x2, y2) = line
    length = math.hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    # Edges that meet are furthest apart at their sources; a level one meets none.
    where = 0.5 if abs(uy) < 0.01 else where or 0.3
    x, y = x1 + where * (x2 - x1), y1 + where * (y2 - y1)
    # Off the line by as much as half a number is high, or wide where it is steep.
    off = 22 * abs(uy) + 9 * abs(ux)
    return [(x + sign * uy * off, y - sign * ux * off + 4.5) for sign in (1, -1)]


def _beside(
    edges: Sequence[Edge], lines: Sequence[Line], circled: Sequence[Box]
) -> list[Point]:
    """Left ends of the numbers of edges that run down, one number below the other.

    Each pair stands where it covers least: a few rounds, since a pair that is placed
    later may push an earlier one to its other side.
    """
    widths = [7.6 * max(len(edge.forward), len(edge.backward)) for edge in edges]
    boxes: list[Box] = []
    for _ in range(4):
        for index, (line, width) in enumerate(zip(lines, widths, strict=True)):
            others = [*circled, *boxes[:index], *boxes[index + 1 :]]
            best = min(
                _along(line, width), key=lambda box: _covered(box, others, lines)
            )
            boxes[index : index + 1] = [best]
    return [(left, above + 13) for left, above, _, _ in boxes]


def _along(line: Line, width: float) -> list[Box]:
    """Boxes for two numbers on both sides of an edge that runs down."""
    (x1, y1), (x2, y2) = line
    off = 5 + min(14 * abs((x2 - x1) / (y2 - y1)), 18)
    boxes = []
    for where in sorted((part / 20 for part in range(1, 18)), key=_from_middle):
        x, y = x1 + where * (x2 - x1), y1 + where * (y2 - y1)
        for left in (x + off, x - off - width):
            boxes.append((left, y - 13, left + width, y + 15))
    return boxes


def _from_middle(where: float) -> float:
    """How far from the best part of an edge: short of its middle, where none meet."""
    return abs(where - 0.4)


def _covered(box: Box, others: Sequence[Box], lines: Sequence[Line]) -> float:
    """How much a box covers of other boxes and of lines; outside counts, too."""
    left, above, right, below = box[0] - 2, box[1], box[2] + 2, box[3]
    area = 50 * max(0.0, -left)
    for other in others:
        across = min(right, other[2]) - max(left, other[0])
        down = min(below, other[3]) - max(above, other[1])
        area += max(across, 0) * max(down, 0)
    for (x1, y1), (x2, y2) in lines:
        for part in range(21):
            x, y = x1 + part / 20 * (x2 - x1), y1 + part / 20 * (y2 - y1)
            area += 16 * (left < x < right and above < y < below)
    return area


def _draw(
    nodes: Sequence[Node], edges: Sequence[Edge], wide: bool, alt: str, out: Edge | None
) -> str:
    """The graph from left to right, or for narrow screens from top to bottom."""
    ranks = 1 + max(node.rank for node in nodes)
    slots = 1 + max(node.slot for node in nodes)
    # From top to bottom the picture must fit a phone, at most 340 across.
    along, across = (124.0, 78.0) if wide else (88.0, min(92.0, 312 / slots))
    margin = 0 if wide else 14  # for numbers beside the outermost edges
    tail = 84.0 if out else 0.0

    def point(rank: float, slot: float) -> tuple[float, float]:
        forth, side = along * (rank + 0.32), margin + across * (slot + 0.5)
        return (forth, side) if wide else (side, forth)

    position = {node.name: point(node.rank, node.slot) for node in nodes}
    ends = [
        _between(position[edge.source], position[edge.target], RADIUS) for edge in edges
    ]
    if out:
        x, y = position[out.source]
        end = (x + tail, y) if wide else (x, y + tail)
        ends.append(_between((x, y), end, 0))
    drawn = [*edges, out] if out else list(edges)
    circled = [(x - 20, y - 20, x + 20, y + 20) for x, y in position.values()]
    beside = [] if wide else _beside(drawn, ends, circled)
    lines, numbers = [], []
    for index, (edge, line) in enumerate(zip(drawn, ends, strict=True)):
        (x1, y1), (x2, y2) = line
        lines.append(
            f'<line data-edge="{edge.key}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" '
            f'y2="{y2:.1f}" stroke="currentColor" stroke-opacity="0.45"/>'
        )
        if wide:
            spots, anchor = _astride(line, edge.where), "middle"
        else:
            x, y = beside[index]
            spots, anchor = [(x, y - 1), (x, y + 13)], "start"
        for role, text, color, spot in (
            ("forward", edge.forward, "currentColor", spots[0]),
            ("backward", edge.backward, "#D55E00", spots[1]),
        ):
            numbers.append(
                f'<text data-{role}="{edge.key}" x="{spot[0]:.1f}" y="{spot[1]:.1f}" '
                f'fill="{color}" text-anchor="{anchor}">{escape(text)}</text>'
            )

    circles = []
    for node in nodes:
        x, y = position[node.name]
        if node.leaf:
            shape = (
                f'<rect x="{x - 17:.1f}" y="{y - 15:.1f}" width="34" height="30" rx="6"'
            )
        else:
            shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"'
        role = "leaf" if node.leaf else "op"
        circles.append(
            f'<g data-node="{escape(node.name)}" class="{role}">'
            f'{shape} fill="none" stroke="currentColor"/>'
            f'<text x="{x:.1f}" y="{y + 4.5:.1f}" fill="currentColor" '
            f'text-anchor="middle">{escape(node.label)}</text></g>'
        )
    length, breadth = along * (ranks - 0.36) + tail, across * slots + 2 * margin
    width, height = (length, breadth) if wide else (breadth, length)
    kind = "graph wide" if wide else "graph tall"
    return svg(kind, width, height, alt, "".join([*lines, *circles, *numbers]))


def _both(nodes: list[Node], edges: list[Edge], alt: str, out: Edge | None) -> str:
    return _draw(nodes, edges, True, alt, out) + _draw(nodes, edges, False, alt, out)


def graph(
    leaves: Mapping[str, float],
    program: Program,
    *,
    alt: str,
    caption: str = "",
    labels: Mapping[str, str] | None = None,
    vary: Mapping[str, tuple[float, float, float]] | None = None,
    digits: int = 3,
) -> Figure:
    """Scalars through a computational graph: values forward, gradients backward.

    leaves: value of each input, e.g. {"x": 2.0, "w": 3.0}.
    program: lines (name, operation, input, ...) in order; the last is the result.
    labels: what to write in a node instead of its name or its operation's sign.
    vary: {"w": (lowest, highest, step)} gives that input a slider.

    Raises ValueError for an unknown operation, an undefined input, or no alt text.
    """
    _check_program(leaves, program)
    values, gradients, on_edge = evaluate(leaves, program)
    labels = dict(labels or {})
    symbols = {name: OPERATIONS[operation].symbol for name, operation, *_ in program}
    nodes = [
        Node(
            name,
            labels.get(name, symbols.get(name, pretty(name))),
            rank,
            slot,
            leaf=name in leaves,
        )
        for name, (rank, slot) in _places(leaves, program).items()
    ]
    edges = [
        Edge(
            f"{name}.{position}",
            source,
            name,
            number(values[source], digits),
            number(on_edge[name, position], digits),
        )
        for name, _, *inputs in program
        for position, source in enumerate(inputs)
    ]
    result = program[-1][0]
    out = Edge("result", result, "", number(values[result], digits), number(1, digits))
    data: dict[str, Any] = {
        "leaves": {name: float(value) for name, value in leaves.items()},
        "program": [list(line) for line in program],
        "names": {name: pretty(name) for name in values},
        "vary": {name: list(span) for name, span in (vary or {}).items()},
        "digits": digits,
    }
    return frame("graph", _both(nodes, edges, alt, out), data, alt, caption)


def signals(
    nodes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str, float, float]],
    *,
    alt: str,
    caption: str = "",
    labels: Mapping[str, str] | None = None,
    digits: int = 3,
) -> Figure:
    """Numbers that the caller has computed, on the edges of a network.

    nodes: {"x1": (rank, slot)}: ranks run from the inputs to the result.
    edges: (source, target, number on the way forward, gradient on the way back).
    """
    labels = dict(labels or {})
    targets = {target for _, target, *_ in edges}
    drawn = [
        Node(name, labels.get(name, pretty(name)), rank, slot, name not in targets)
        for name, (rank, slot) in nodes.items()
    ]
    # Numbers of edges that cross would cover each other in the middle.
    wheres = (0.3, 0.68)
    lines = [
        Edge(
            f"{source}>{target}",
            source,
            target,
            number(forward, digits),
            number(backward, digits),
            wheres[index % 2] if len(edges) > 4 else 0.5,
        )
        for index, (source, target, forward, backward) in enumerate(edges)
    ]
    ranks = sorted({rank for rank, _ in nodes.values()})
    stages = [
        [line.key for line in lines if nodes[line.target][0] == rank]
        for rank in ranks[1:]
    ]
    data = {"stages": stages}
    return frame("signals", _both(drawn, lines, alt, None), data, alt, caption)


# --- curves and contours -------------------------------------------------------------

Curve = tuple[Sequence[float], Sequence[float]]
WIDTH, HEIGHT, LEFT, BOTTOM, MARGIN = 560, 330, 58, 44, 14


@dataclass(frozen=True)
class Axes:
    """Linear axes; `pixel` maps data to the picture."""

    xlim: tuple[float, float]
    ylim: tuple[float, float]
    xlabel: str
    ylabel: str

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        across = (x - x0) / (x1 - x0)
        up = (y - y0) / (y1 - y0)
        return (
            LEFT + across * (WIDTH - LEFT - MARGIN),
            HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - MARGIN),
        )

    def points(self, curve: Curve) -> str:
        """Pixels of a curve; a point that is not finite, or far out, ends it."""
        pixels = []
        for x, y in zip(*curve, strict=True):
            px, py = self.pixel(float(x), float(y))
            if not (math.isfinite(px + py) and abs(px) < 1e4 and abs(py) < 1e4):
                break
            pixels.append(f"{px:.1f},{py:.1f}")
        return " ".join(pixels)

    def draw(self) -> str:
        left, top = LEFT, MARGIN
        right, bottom = WIDTH - MARGIN, HEIGHT - BOTTOM
        parts = [
            f'<clipPath id="figure-axes"><rect x="{left}" y="{top}" '
            f'width="{right - left}" height="{bottom - top}"/></clipPath>',
            f'<path class="axis" d="M{left},{top}V{bottom}H{right}" fill="none" '
            f'stroke="currentColor" stroke-opacity="0.6"/>',
        ]
        for x in ticks(*self.xlim):
            px, _ = self.pixel(x, self.ylim[0])
            parts.append(
                f'<text class="tick" x="{px:.1f}" y="{bottom + 17}" '
                f'fill="currentColor" text-anchor="middle">{tick_label(x)}</text>'
            )
        for y in ticks(*self.ylim):
            _, py = self.pixel(self.xlim[0], y)
            parts.append(
                f'<text class="tick" x="{left - 7}" y="{py + 4:.1f}" '
                f'fill="currentColor" text-anchor="end">{tick_label(y)}</text>'
            )
        middle = (left + right) / 2
        parts.append(
            f'<text x="{middle}" y="{HEIGHT - 6}" fill="currentColor" '
            f'text-anchor="middle">{escape(self.xlabel)}</text>'
            f'<text transform="translate(13 {(top + bottom) / 2}) rotate(-90)" '
            f'fill="currentColor" text-anchor="middle">{escape(self.ylabel)}</text>'
        )
        return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Four to seven round numbers between the limits."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [step * index for index in range(first, last + 1)]


def tick_label(value: float) -> str:
    return f"{value:.6g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def _limits(values: Sequence[float]) -> tuple[float, float]:
    finite = [float(v) for v in values if math.isfinite(v)]
    low, high = min(finite), max(finite)
    pad = 0.05 * (high - low) or 0.5
    return low - pad, high + pad


def _moving(
    kind: str,
    axes: Axes,
    back: str,
    frames: Sequence[Mapping[str, Curve]],
    label: str,
    values: Sequence[float],
    readouts: Sequence[str],
    start: int,
    marks: bool,
    alt: str,
    caption: str,
) -> Figure:
    if not (len(frames) == len(values) == len(readouts) > 0):
        raise ValueError(
            f"There are {len(values)} slider values, {len(frames)} frames and "
            f"{len(readouts)} readouts; each value needs one frame and one readout."
        )
    names = list(frames[0])
    points = [[axes.points(frame[name]) for name in names] for frame in frames]
    curves = [
        f'<polyline data-curve="{index}" class="curve curve-{index}{dots}" '
        f'points="{points[start][index]}" fill="none" '
        f'stroke="{PALETTE[index % len(PALETTE)]}" stroke-width="2"/>'
        for index, dots in enumerate([" dotted" if marks else ""] * len(names))
    ]
    # In ems, because the site makes letters larger on a phone.
    legend = "".join(
        f'<text class="legend curve-{index}" x="{WIDTH - MARGIN - 6}" '
        f'y="{MARGIN}" dy="{1.25 + 1.35 * index:g}em" text-anchor="end" '
        f'fill="{PALETTE[index % len(PALETTE)]}">{escape(name)}</text>'
        for index, name in enumerate(names)
    )
    inside = f'<g clip-path="url(#figure-axes)">{back}{"".join(curves)}</g>'
    picture = svg("plot", WIDTH, HEIGHT, alt, axes.draw() + inside + legend)
    # Every figure of a page needs a clip path of its own name.
    name = f"axes-{abs(hash_text(picture)):x}"
    picture = picture.replace("figure-axes", name)
    picture += f'<p class="readout">{escape(readouts[start])}</p>'
    data = {
        "label": label,
        "values": [f"{value:.6g}" for value in values],
        "points": points,
        "readouts": list(readouts),
        "start": start,
    }
    return frame(kind, picture, data, alt, caption)


# Okabe and Ito (2008); the site replaces them by the colours of its theme.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")


def hash_text(text: str) -> int:
    """The same number in every run, unlike `hash`."""
    total = 0
    for character in text:
        total = (total * 31 + ord(character)) % 2**32
    return total


def slider(
    frames: Sequence[Mapping[str, Curve]],
    *,
    label: str,
    values: Sequence[float],
    readouts: Sequence[str],
    alt: str,
    caption: str = "",
    xlabel: str = "",
    ylabel: str = "",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    background: Mapping[str, Curve] | None = None,
    start: int = 0,
    marks: bool = False,
) -> Figure:
    """Curves that change with one parameter, computed here for each of its values.

    frames: for each slider value {"name of the curve": (xs, ys)}, all with the same
      names; an infinite value ends a curve.
    readouts: for each slider value the sentence below the picture.
    background: curves that stay.  marks: a dot at each point.
    """
    still = dict(background or {})
    curves = [curve for moment in frames for curve in moment.values()]
    curves += still.values()
    axes = Axes(
        xlim or _limits([x for xs, _ in curves for x in xs]),
        ylim or _limits([y for _, ys in curves for y in ys]),
        xlabel,
        ylabel,
    )
    back = "".join(
        f'<polyline class="still" points="{axes.points(curve)}" fill="none" '
        f'stroke="currentColor" stroke-opacity="0.55" stroke-width="1.5"/>'
        for curve in still.values()
    )
    return _moving(
        "slider",
        axes,
        back,
        frames,
        label,
        values,
        readouts,
        start,
        marks,
        alt,
        caption,
    )


def contour(
    x: Sequence[float],
    y: Sequence[float],
    z: Any,
    frames: Sequence[Mapping[str, Curve]],
    *,
    levels: Sequence[float],
    label: str,
    values: Sequence[float],
    readouts: Sequence[str],
    alt: str,
    caption: str = "",
    xlabel: str = "",
    ylabel: str = "",
    start: int = 0,
) -> Figure:
    """Level lines of z[i, j] at (x[j], y[i]), and paths that change with a slider.

    frames, values, readouts: as in `slider`; a path is (xs, ys).
    Needs contourpy, which matplotlib brings.
    """
    from contourpy import contour_generator

    grid = np.asarray(z, dtype=float)
    axes = Axes((min(x), max(x)), (min(y), max(y)), xlabel, ylabel)
    lines = contour_generator(x, y, grid)
    back = []
    for index, level in enumerate(levels):
        strength = 0.25 + 0.45 * (1 - index / max(len(levels) - 1, 1))
        for line in lines.lines(level):
            xs, ys = np.asarray(line, dtype=float).T
            points = axes.points((xs.tolist(), ys.tolist()))
            back.append(
                f'<polyline class="level" points="{points}" fill="none" '
                f'stroke="currentColor" stroke-opacity="{strength:.2f}"/>'
            )
    return _moving(
        "contour",
        axes,
        "".join(back),
        frames,
        label,
        values,
        readouts,
        start,
        True,
        alt,
        caption,
    )


# --- panels --------------------------------------------------------------------------


def stepper(
    panels: Sequence[tuple[str, str]], *, alt: str, caption: str = ""
) -> Figure:
    """Panels (title, HTML) to be read one after the other.

    Without JavaScript they stand below each other. The HTML is used as it is.
    """
    if not panels:
        raise ValueError("A stepper needs at least one panel.")
    items = "".join(
        f'<li><p class="panel-title">{escape(title)}</p>{body}</li>'
        for title, body in panels
    )
    picture = f'<ol class="panels" aria-label="{escape(alt)}">{items}</ol>'
    return frame("stepper", picture, {}, alt, caption)

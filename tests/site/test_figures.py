"""Each interactive figure is moved in a browser; Python says what it must show."""

import re
from pathlib import Path

import numpy as np
import pytest

from tapecheck import figures

STATIC = Path(__file__).parent.parent.parent / "book" / "_static"
pytestmark = pytest.mark.browser

NEURON = [
    ("p", "mul", "w", "x"),
    ("z", "add", "p", "b"),
    ("s", "sigmoid", "z"),
    ("L", "bce", "s", "y"),
]
LEAVES = {"w": 0.7, "x": 1.3, "b": 1.0, "y": 1.0}


def neuron_loss(w, x, b, y):
    s = 1 / (1 + np.exp(-(w * x + b)))
    return -y * np.log(s) - (1 - y) * np.log(1 - s)


def slope_of_loss(leaves, name, h=1e-20):
    """Derivative by a complex step: no formula of the figure is used."""
    moved = {**leaves, name: leaves[name] + 1j * h}
    return neuron_loss(**moved).imag / h


def value(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture
def show(browser, tmp_path):
    """Opens a page that holds one figure; fails on any error in its scripts."""
    contexts, errors = [], []

    def open_page(figure, **options):
        page_file = tmp_path / "figure.html"
        page_file.write_text(
            "<!doctype html><html lang='en' data-theme='light'><meta charset='utf-8'>"
            f"<title>t</title><link rel='stylesheet' href='{STATIC}/custom.css'>"
            f"<body>{figure.html}<script src='{STATIC}/figures.js'></script></body>",
            encoding="utf-8",
        )
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(page_file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors


def texts(page, role: str) -> dict[str, str]:
    """Visible numbers of the wide drawing by edge."""
    found = page.eval_on_selector_all(
        f".graph.wide [data-{role}]:not(.waiting)",
        f"nodes => nodes.map(n => [n.dataset.{role}, n.textContent])",
    )
    return dict(found)


def move(page, slider: str, to: float) -> None:
    page.eval_on_selector(
        slider,
        "(input, to) => { input.value = to; input.dispatchEvent(new Event('input')); }",
        str(to),
    )


def click(page, action: str, times: int = 1) -> None:
    for _ in range(times):
        page.click(f'[data-action="{action}"]')


@pytest.fixture
def neuron():
    return figures.graph(
        LEAVES, NEURON, alt="one neuron and its loss", vary={"w": (-3, 3, 0.1)}
    )


@pytest.mark.parametrize("w", [0.7, -3.0, 2.4])
def test_graph_shows_the_values_and_gradients_of_its_inputs(show, neuron, w):
    page = show(neuron)
    move(page, '[data-leaf="w"]', w)
    leaves = {**LEAVES, "w": w}
    loss = neuron_loss(**leaves)
    forward, backward = texts(page, "forward"), texts(page, "backward")
    assert value(forward["result"]) == pytest.approx(loss, abs=6e-4)
    for key, name in {"p.0": "w", "p.1": "x", "z.1": "b", "L.1": "y"}.items():
        slope = slope_of_loss(leaves, name)
        assert value(backward[key]) == pytest.approx(slope, abs=6e-4), name
    # The check can fail: the gradients of another weight are not these.
    assert value(backward["p.0"]) != pytest.approx(
        slope_of_loss({**leaves, "w": w + 0.5}, "w"), abs=6e-4
    )


def test_graph_starts_as_the_static_picture(show, neuron):
    page = show(neuron)
    static = dict(re.findall(r'data-backward="([^"]+)"[^>]*>([^<]+)<', neuron.html))
    assert texts(page, "backward") == static
    assert len(static) == 8


def test_graph_steps_forward_then_backward(show, neuron):
    page = show(neuron)
    click(page, "first")
    assert set(texts(page, "forward")) == {"p.0", "p.1", "z.1", "L.1"}
    assert texts(page, "backward") == {}
    click(page, "next", 4)
    assert len(texts(page, "forward")) == 8
    assert texts(page, "backward") == {}
    assert "L = 0.138" in page.inner_text(".status")
    click(page, "next", 2)
    assert set(texts(page, "backward")) == {"result", "L.0", "L.1", "s.0"}
    page.keyboard.press("ArrowLeft")
    assert set(texts(page, "backward")) == {"result", "L.0", "L.1"}
    page.keyboard.press("End")
    assert len(texts(page, "backward")) == 8
    page.keyboard.press("Home")
    assert texts(page, "backward") == {}


def test_both_tables_of_operations_agree(show):
    """Every operation, its value and its derivatives, in Python and in the browser."""
    arguments = {"add": 3, "sub": 2, "mul": 2, "div": 2, "bce": 2}
    for operation in figures.OPERATIONS:
        count = arguments.get(operation, 1)
        leaves = dict(zip("abc"[:count], (0.6, 0.3, 0.8)[:count], strict=True))
        figure = figures.graph(
            leaves,
            [("r", operation, *leaves)],
            alt=f"the operation {operation} alone",
            digits=9,
            vary={"a": (0.1, 0.9, 0.1)},
        )
        page = show(figure)
        move(page, '[data-leaf="a"]', 0.4)
        leaves["a"] = 0.4
        values, gradients, _ = figures.evaluate(leaves, [("r", operation, *leaves)])
        assert value(texts(page, "forward")["result"]) == pytest.approx(
            values["r"], abs=2e-9
        )
        for position, name in enumerate(leaves):
            shown = value(texts(page, "backward")[f"r.{position}"])
            assert shown == pytest.approx(gradients[name], abs=2e-9)
            # and the table is right: a central difference of the value
            h = 1e-5
            up, down = ({**leaves, name: leaves[name] + s * h} for s in (1, -1))
            program = [("r", operation, *leaves)]
            slope = (
                figures.evaluate(up, program)[0]["r"]
                - figures.evaluate(down, program)[0]["r"]
            ) / (2 * h)
            assert shown == pytest.approx(slope, abs=1e-7)


def test_reduced_motion_has_no_play_button(show, neuron):
    assert show(neuron).locator('[data-action="play"]').count() == 1
    still = show(neuron, reduced_motion="reduce")
    assert still.locator('[data-action="play"]').count() == 0


def test_without_scripts_every_number_is_there(show, neuron):
    page = show(neuron, java_script_enabled=False)
    assert page.locator(".graph.wide [data-backward]").count() == 8
    assert page.locator("button").count() == 0


@pytest.mark.parametrize("width, shown", [(390, "tall"), (1280, "wide")])
def test_graph_turns_on_a_narrow_screen(show, neuron, width, shown):
    page = show(neuron, viewport={"width": width, "height": 800})
    visible = [
        kind for kind in ("wide", "tall") if page.is_visible(f".tape-figure svg.{kind}")
    ]
    assert visible == [shown]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


# Two neurons' worth of products close together: the chapters' most crowded graph.
CROWDED = [
    ("p1", "mul", "w1", "x1"),
    ("p2", "mul", "w2", "x2"),
    ("A1", "add", "p1", "p2", "b"),
    ("A2", "sigmoid", "A1"),
    ("A3", "bce", "A2", "Y"),
]
INPUTS = {"x1": 1.3, "w1": 0.7, "x2": 2.1, "w2": -0.3, "b": 1.0, "Y": 1.0}
COLLISIONS = """svg => {
  const boxes = [...svg.querySelectorAll("text")].map((t) => t.getBoundingClientRect());
  let found = 0;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    found += across > 1 && down > 4;  // lines of letters are higher than their ink
  }));
  return found;
}"""


def test_on_a_phone_no_number_covers_another(show, monkeypatch):
    def collisions():
        figure = figures.graph(INPUTS, CROWDED, digits=2, alt="Two products, one sum")
        page = show(figure, viewport={"width": 390, "height": 800})
        return page.eval_on_selector("svg.tall", COLLISIONS)

    assert collisions() == 0
    monkeypatch.setattr(figures, "_covered", lambda *given: 0.0)  # nobody looks
    assert collisions() > 0


def test_signals_show_the_given_numbers_layer_by_layer(show):
    edges = [
        ("x1", "h", 1.5, -0.25),
        ("x2", "h", -2.0, 0.5),
        ("h", "y", 0.75, 1.0),
    ]
    figure = figures.signals(
        {"x1": (0, 0), "x2": (0, 1), "h": (1, 0.5), "y": (2, 0.5)},
        edges,
        alt="a network of two inputs and two layers",
    )
    page = show(figure)
    shown = {key: value(text) for key, text in texts(page, "backward").items()}
    assert shown == {f"{a}>{b}": back for a, b, _, back in edges}
    click(page, "first")
    click(page, "next")
    assert set(texts(page, "forward")) == {"x1>h", "x2>h"}
    click(page, "next", 2)
    assert texts(page, "backward") == {"h>y": "1.000"}


def descents(rates):
    """Gradient descent on x² + 4 y² from (2, 1): ten steps for each rate."""
    paths = []
    for rate in rates:
        point, path = np.array([2.0, 1.0]), []
        for _ in range(11):
            path.append(point)
            point = point - rate * np.array([2, 8]) * point
        paths.append(np.array(path))
    return paths


def pixels(page, curve: int) -> np.ndarray:
    points = page.get_attribute(f'[data-curve="{curve}"]', "points")
    return np.array([[float(c) for c in p.split(",")] for p in points.split()])


def as_pixels(path: np.ndarray, xlim, ylim) -> np.ndarray:
    """Where a picture of 560 by 330 with these margins must put the points."""
    across = 58 + (path[:, 0] - xlim[0]) / (xlim[1] - xlim[0]) * (560 - 58 - 14)
    down = 14 + (ylim[1] - path[:, 1]) / (ylim[1] - ylim[0]) * (330 - 44 - 14)
    return np.stack([across, down], axis=1)


def test_contour_moves_its_path_to_the_chosen_rate(show):
    rates = [0.02, 0.1, 0.2]
    paths = descents(rates)
    x, y = np.linspace(-3, 3, 41), np.linspace(-2, 2, 31)
    figure = figures.contour(
        x,
        y,
        x[None, :] ** 2 + 4 * y[:, None] ** 2,
        [{"descent": (path[:, 0], path[:, 1])} for path in paths],
        levels=[0.5, 2, 5, 9],
        label="learning rate",
        values=rates,
        readouts=[f"ends at {path[-1][0]:.4f}" for path in paths],
        alt="level lines of a bowl with a path of gradient descent",
    )
    page = show(figure)
    for index, path in enumerate(paths):
        move(page, 'input[type="range"]', index)
        expected = as_pixels(path, (-3, 3), (-2, 2))
        np.testing.assert_allclose(pixels(page, 0), expected, atol=0.06)
        assert (
            page.inner_text(".readout")
            == f"ends at {2 * (1 - 2 * rates[index]) ** 10:.4f}"
        )
    assert not np.allclose(pixels(page, 0), as_pixels(paths[0], (-3, 3), (-2, 2)))
    # Every level line lies on its level.
    for line in page.eval_on_selector_all(
        ".level", "lines => lines.map(l => l.getAttribute('points'))"
    ):
        points = np.array([[float(c) for c in p.split(",")] for p in line.split()])
        px = -3 + 6 * (points[:, 0] - 58) / (560 - 58 - 14)
        py = 2 - 4 * (points[:, 1] - 14) / (330 - 44 - 14)
        heights = px**2 + 4 * py**2
        assert heights.std() < 0.05


def test_slider_follows_the_keyboard_and_says_its_value(show):
    steps = np.arange(6.0)
    rates = [0.1, 0.5, 1.5]
    frames = [{"distance": (steps, (1 - r) ** steps)} for r in rates]
    figure = figures.slider(
        frames,
        label="step size",
        values=rates,
        readouts=[f"after 5 steps {(1 - r) ** 5:.5f}" for r in rates],
        alt="distance to the minimum over the steps",
        xlim=(0, 5),
        ylim=(-1, 1),
    )
    page = show(figure)
    page.focus('input[type="range"]')
    page.keyboard.press("ArrowRight")
    assert page.get_attribute('input[type="range"]', "aria-valuetext") == "0.5"
    assert page.inner_text(".readout") == "after 5 steps 0.03125"
    expected = as_pixels(np.stack([steps, 0.5**steps], 1), (0, 5), (-1, 1))
    np.testing.assert_allclose(pixels(page, 0), expected, atol=0.06)


def test_stepper_shows_one_panel_at_a_time(show):
    panels = [
        ("One", "<p>first</p>"),
        ("Two", "<p>second</p>"),
        ("Three", "<p>third</p>"),
    ]
    figure = figures.stepper(panels, alt="three panels in order")
    page = show(figure)

    def visible():
        return [t for t in ("first", "second", "third") if page.is_visible(f"text={t}")]

    assert visible() == ["first"]
    click(page, "next")
    assert visible() == ["second"]
    assert page.inner_text(".status") == "2 of 3"
    page.keyboard.press("End")
    assert visible() == ["third"]
    unscripted = show(figure, java_script_enabled=False)
    assert unscripted.locator(".panels li:visible").count() == 3


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: figures.graph({"a": 1.0}, [("b", "sin", "a")], alt="a b c"), "'sin'"),
        (lambda: figures.graph({"a": 1.0}, [("b", "exp", "c")], alt="a b c"), "'c' is"),
        (lambda: figures.graph({"a": 1.0}, [], alt="a b c"), "empty"),
        (lambda: figures.graph({"a": 1.0}, [("b", "exp", "a")], alt="graph"), "alt="),
        (lambda: figures.stepper([], alt="a b c"), "at least one"),
    ],
)
def test_wrong_input_is_one_clear_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()

"""Chapter 5's stepper, as stored on the page, walked through in a browser."""

import re
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).parent.parent.parent / "book"
pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, tmp_path):
    notebook = nbformat.read(BOOK / "05-training-loops.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "anatomy-figure")
    static = BOOK / "_static"
    file = tmp_path / "anatomy.html"
    file.write_text(
        "<!doctype html><html lang='en' data-theme='light'><meta charset='utf-8'>"
        f"<title>t</title><link rel='stylesheet' href='{static}/custom.css'>"
        f"<body>{cell.outputs[0].data['text/html']}"
        f"<script src='{static}/figures.js'></script></body>",
        encoding="utf-8",
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


def row(page, name: str) -> list[float]:
    """The three numbers that a reader sees in a row of the visible table."""
    line = page.locator(f"tr:visible:has(th:text-is('{name}'))")
    assert line.count() == 1
    return [float(text) for text in re.findall(r"-?\d+\.\d+", line.inner_text())]


def test_a_reader_can_check_every_part_with_a_pencil(page):
    seen = []
    for number in range(13):
        names = ["parameters", "gradient", "m", "v", "step"]
        seen.append({name: row(page, name) for name in names})
        assert page.inner_text(".status") == f"{number + 1} of 13"
        page.keyboard.press("ArrowRight") if number else page.click(
            '[data-action="next"]'
        )
    for batch in (1, 2):
        rows, _, gradient, means, step, update = seen[6 * batch - 5 : 6 * batch + 1]
        for i in range(3):
            g = gradient["gradient"][i]
            m = 0.9 * rows["m"][i] + 0.1 * g
            v = 0.999 * rows["v"][i] + 0.001 * g**2
            assert means["m"][i] == pytest.approx(m, abs=2e-4)
            assert means["v"][i] == pytest.approx(v, abs=2e-4)
            moved = rows["parameters"][i] + step["step"][i]
            assert update["parameters"][i] == pytest.approx(moved, abs=2e-4)
            assert update["parameters"][i] != pytest.approx(moved + 1e-2, abs=2e-4)
    assert all(abs(abs(s) - 0.1) < 1e-4 for s in seen[6]["step"])
    assert len({abs(s) for s in seen[12]["step"]}) == 3


def test_the_keyboard_goes_to_both_ends(page):
    page.focus('[data-action="next"]')
    page.keyboard.press("End")
    assert page.inner_text(".status") == "13 of 13"
    page.keyboard.press("Home")
    assert row(page, "parameters") == [0.0, 0.0, 0.0]

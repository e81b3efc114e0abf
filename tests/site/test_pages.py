"""What a reader meets on the built site, in a real browser.

`make audit` looks at every page in both themes and widths; here the pages that
stand for the others are looked at, so that a test run stays short.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from audit import SCROLL_THROUGH, axe_faults
from conftest import SITE

ROOT = Path(__file__).parent.parent.parent
CHAPTER = "03-backprop-by-hand"
GUIDES = ["book/guides/student", "book/reference/field-guide"]
WORDS = [*GUIDES, "book/reference/tapecheck"]
PAGES = ["book/index", f"book/{CHAPTER}", "search", "404", *WORDS]
pytestmark = pytest.mark.browser


@pytest.fixture
def visit(browser, site):
    """Opens pages in one fresh profile; `faults` collects what must not happen."""
    contexts = []

    def open_page(name: str, **options):
        if not contexts or options:
            contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console",
            lambda m: page.faults.append(m.text) if m.type == "error" else None,
        )
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((site, "data:", "blob:", "file:"))
                else page.faults.append(r.url)
            ),
        )
        page.goto(name if ":" in name else f"{site}{name}.html", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_and_fits(visit, name, width, scheme):
    page = visit(name, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.wait_for_timeout(200)
    assert page.faults == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


# A section that is laid out late shows nothing of what stands out of it.
CUT = """document => [...document.querySelectorAll("main section .picture")].filter(
    picture => {
        const box = picture.getBoundingClientRect();
        const frame = picture.closest("section").getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).length"""


@pytest.mark.parametrize("name", ["book/guides/at-scale", f"book/{CHAPTER}"])
def test_no_picture_is_cut_on_a_phone(visit, name):
    page = visit(name, viewport={"width": 390, "height": 900})
    look = f"() => ({CUT})(document)"
    assert page.evaluate(look) == 0
    page.add_style_tag(
        content="section { margin: 0 !important; padding: 0 !important }"
    )
    assert page.evaluate(look) > 0


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", ["book/index", "search", *WORDS])
def test_axe_finds_nothing(visit, name, width, scheme):
    page = visit(name, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.evaluate(SCROLL_THROUGH)
    assert axe_faults(page) == []


def test_axe_would_find_something(visit):
    page = visit("book/index")
    page.evaluate("document.querySelector('main').append(new Image())")
    assert any(fault.startswith("image-alt") for fault in axe_faults(page))


def test_the_site_opens_from_a_folder(visit):
    page = visit((SITE / "index.html").as_uri())
    assert page.faults == []
    page.click("text=Start here")
    assert page.inner_text("h1")
    assert page.faults == []


def test_the_figure_of_the_landing_page_computes(visit):
    page = visit("book/index")
    slider = page.locator('[data-leaf="w"]')
    slider.evaluate("(s) => { s.value = 2; s.dispatchEvent(new Event('input')); }")
    w, x, b, y = 2.0, 1.3, 1.0, 1.0
    s = 1 / (1 + np.exp(-(w * x + b)))
    loss = -np.log(s)
    shown = page.text_content(".graph.wide [data-forward='result']")
    assert shown == f"{loss:.3f}"
    slope = page.text_content(".graph.wide [data-backward='p.0']").replace("−", "-")
    assert float(slope) == pytest.approx((s - y) * x, abs=6e-4)


def test_ticks_last_and_travel(visit, tmp_path):
    page = visit("book/index")
    status = page.locator(".reading-progress output")
    assert status.inner_text().startswith("0 of ")
    page.check(f'[data-done="{CHAPTER}"]')
    assert status.inner_text().startswith("1 of ")
    assert visit(f"book/{CHAPTER}").is_checked(f'[data-done="{CHAPTER}"]')

    with page.expect_download() as download:
        page.click("text=Save to a file")
    saved = tmp_path / "progress.json"
    download.value.save_as(saved)
    finished = json.loads(saved.read_text())
    assert list(finished) == [CHAPTER]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", finished[CHAPTER])

    other = visit("book/index", viewport={"width": 900, "height": 900})
    assert not other.is_checked(f'[data-done="{CHAPTER}"]')
    other.set_input_files('.reading-progress input[type="file"]', saved)
    other.wait_for_function(
        "document.querySelector('.reading-progress output').textContent[0] === '1'"
    )
    spoken = []
    other.on("dialog", lambda dialog: (spoken.append(dialog.message), dialog.accept()))
    saved.write_text("no progress")
    other.set_input_files('.reading-progress input[type="file"]', saved)
    other.wait_for_timeout(300)
    assert spoken == ["This file holds no progress: choose one that was saved here."]
    assert other.is_checked(f'[data-done="{CHAPTER}"]')


def test_the_choice_of_framework_is_kept(visit):
    page = visit(f"book/{CHAPTER}")
    page.locator(".sd-tab-label", has_text="PyTorch").first.click()
    again = visit(f"book/{CHAPTER}")
    checked = again.eval_on_selector_all(
        ".sd-tab-set > input:checked + label",
        "labels => labels.map(l => l.textContent.trim())",
    )
    assert checked and set(checked) == {"PyTorch"}


def test_search_finds_a_word_of_a_chapter(visit, site):
    page = visit(f"{site}search.html?q=sigmoid")
    page.wait_for_selector("#search-results li")
    assert CHAPTER in page.inner_html("#search-results")


def test_a_chapter_offers_the_released_notebook(visit):
    page = visit(f"book/{CHAPTER}")
    with page.expect_download() as download:
        page.click(".student-notebook >> nth=0")
    released = ROOT / "exercises" / CHAPTER / f"{CHAPTER}.ipynb"
    assert download.value.path().read_bytes() == released.read_bytes()


def test_figures_take_the_colour_of_the_text(visit):
    colours = {}
    for scheme in ("light", "dark"):
        page = visit(f"book/{CHAPTER}", color_scheme=scheme)
        colours[scheme] = page.eval_on_selector(
            "svg.themed text", "node => getComputedStyle(node).fill"
        )
        text = page.eval_on_selector("main p", "n => getComputedStyle(n).color")
        assert colours[scheme] == text
    assert colours["light"] != colours["dark"]


def test_chapters_carry_the_numbers_of_their_files():
    pages = sorted((SITE / "book").glob("0*-*.html"))
    assert pages
    for path in pages:
        text = path.read_text("utf-8")
        number = re.search(r'<h1><span class="section-number">(\d+)\.', text)
        assert number and int(number[1]) == int(path.name[:2]), path.name


def test_formulas_are_set_in_their_own_font(visit):
    page = visit(f"book/{CHAPTER}")
    page.evaluate("document.fonts.ready")
    font = page.eval_on_selector(
        ".katex-html .mord", "node => getComputedStyle(node).fontFamily"
    )
    assert "KaTeX" in font
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert any("KaTeX_Main" in family for family in loaded)
    # The MathML is for screen readers: the eye meets each formula once.
    box = page.locator(".katex-mathml").first.bounding_box()
    assert box["width"] <= 1 and box["height"] <= 1


def test_code_has_the_colours_of_its_theme(visit):
    colours = set()
    for scheme in ("light", "dark"):
        page = visit(f"book/{CHAPTER}", color_scheme=scheme)
        colours.add(
            page.eval_on_selector(".highlight .k", "n => getComputedStyle(n).color")
        )
    assert len(colours) == 2


def test_the_landing_page_says_how_long_each_chapter_takes(site):
    cards = (SITE / "book" / "index.html").read_text("utf-8")
    for chapter in sorted((SITE / "book").glob("0*-*.html")):
        said = re.search(
            r"<strong>Time:</strong> ([^.]+)\.", chapter.read_text("utf-8")
        )
        assert f": {' '.join(said[1].split())}</span>" in cards, chapter.name

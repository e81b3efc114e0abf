"""The build's gates let good pages through and stop bad ones; formulas and figures."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import tinycss2
from docutils import nodes
from docutils.utils import new_document

ROOT = Path(__file__).parent.parent.parent
BOOK = ROOT / "book"
sys.path.insert(0, str(BOOK / "_ext"))

import pdf  # noqa: E402
from tapebook import gates, katex, pages, styles, svg  # noqa: E402

PAGE = (
    '<!doctype html><html lang="en"><head><title>t</title>'
    '<link rel="stylesheet" href="style.css"></head><body>{}</body></html>'
)
GOOD = [
    '<img src="loss.png" alt="The loss falls and then rises again">',
    '<img class="logo__image" src="loss.png" alt="">',
    '<svg role="img" aria-label="A neuron with two inputs"></svg>',
    '<a href="https://example.org/paper">a paper</a>',
    '<a href="other.html#there">there</a> <a href="#here" id="here">here</a>',
    '<script>const site = "https://example.org";</script>',
    "<pre>A solution begins with an idea, and its tests are hidden.</pre>",
]
BAD = {
    '<img src="loss.png">': "alt text",
    '<img src="loss.png" alt="">': "alt text",
    '<img src="loss.png" alt="_images/loss.png">': "alt text",
    '<img src="loss.png" alt="Figure">': "alt text",
    '<svg role="img" aria-label="graph"></svg>': "alt text",
    '<img src="https://example.org/a.png" alt="a good description">': "another host",
    '<script src="//example.org/a.js"></script>': "another host",
    '<link rel="stylesheet" href="https://example.org/a.css">': "another host",
    '<link rel="preconnect" href="https://example.org">': "another host",
    "<style>@import url(https://example.org/a.css);</style>": "another host",
    '<p style="background: url(https://example.org/a.png)"></p>': "another host",
    '<script type="module">import "https://example.org/a.js"</script>': "another host",
    '<a href="missing.html">gone</a>': "file that is not there",
    '<a href="other.html#nowhere">gone</a>': "anchor that is not there",
    '<a href="#nowhere">gone</a>': "anchor that is not there",
    "<pre>### BEGIN SOLUTION</pre>": "BEGIN SOLUTION",
    "<pre>### END HIDDEN TESTS</pre>": "HIDDEN TESTS",
}


@pytest.fixture
def faults(tmp_path):
    """Faults of a site with one page that holds the given HTML."""
    (tmp_path / "style.css").write_text("")
    (tmp_path / "loss.png").write_bytes(b"")
    (tmp_path / "other.html").write_text(PAGE.format('<p id="there">there</p>'))

    def of(body: str) -> list[str]:
        (tmp_path / "index.html").write_text(PAGE.format(body))
        return gates.faults_of_site(tmp_path)

    return of


@pytest.mark.parametrize("body", GOOD)
def test_a_good_page_passes_the_gates(faults, body):
    assert faults(body) == []


@pytest.mark.parametrize("body, reason", BAD.items())
def test_a_bad_page_is_stopped_with_its_reason(faults, body, reason):
    (fault,) = faults(body)
    assert fault.startswith("index.html: ") and reason in fault


def test_a_download_with_a_solution_is_stopped(tmp_path):
    notebook = tmp_path / "downloads" / "exercise.ipynb"
    notebook.parent.mkdir()
    notebook.write_text(json.dumps({"cells": [{"source": "### BEGIN SOLUTION\n1"}]}))
    assert gates.faults_of_site(tmp_path) == [
        "downloads/exercise.ipynb: holds 'BEGIN SOLUTION'"
    ]


def test_formulas_become_html_and_mathml():
    text = katex.typeset(r"\frac{\partial L}{\partial w}", True)
    assert 'class="katex-display"' in text
    assert "<mfrac>" in text and '<annotation encoding="application/x-tex">' in text


def test_a_formula_that_cannot_be_read_warns_where_it_stands(monkeypatch):
    warnings = []
    monkeypatch.setattr(
        katex.logger, "warning", lambda *a, **k: warnings.append((a, k))
    )
    assert katex.typeset_node("here", r"\frac{1", False) == ""
    ((arguments, keywords),) = warnings
    assert "KaTeX" in arguments[0] and keywords == {"location": "here"}
    assert katex.typeset_node("here", r"\frac{1}{2}", False) and len(warnings) == 1


@pytest.mark.parametrize(
    "after, sign",
    [
        (". The next", "."),
        ("), where", "),"),
        ("-th layer", "-th"),
        (" and more", ""),
        ("", ""),
    ],
)
def test_a_sign_stays_with_the_formula_before_it(after, sign):
    document = new_document("")
    formula = nodes.math("m", "m")
    document += nodes.paragraph("", "", nodes.Text("every "), formula)
    if after:
        document[0] += nodes.Text(after)
    katex.KeepSigns(document).run()
    assert formula.get("sign", "") == sign
    page = SimpleNamespace(body=[], encode=lambda text: text)
    with pytest.raises(nodes.SkipNode):
        katex.visit_inline(page, formula)
    (html,) = page.body
    assert ('class="unbroken"' in html) == bool(sign)
    assert html.endswith(f"</span>{sign}</span>" if sign else "</span>")
    # Nothing is lost and nothing is said twice.
    rest = "".join(list(document[0].findall(nodes.Text))[2:])
    assert sign + rest == after


@pytest.mark.parametrize(
    "formula, parts",
    [
        (r"a = 1, \qquad b = 2", ["a = 1, ", " b = 2"]),
        (r"\{a \qquad b\}", [r"\{a ", r" b\}"]),
        (r"{a \qquad b}", [r"{a \qquad b}"]),
        (
            r"\begin{cases} a \qquad b \end{cases}",
            [r"\begin{cases} a \qquad b \end{cases}"],
        ),
        (r"\left( a \qquad b \right)", [r"\left( a \qquad b \right)"]),
    ],
)
def test_wide_formulas_are_cut_only_outside_groups(formula, parts):
    assert katex.parts_of(formula) == parts


@pytest.mark.parametrize(
    "formula, split",
    [(r"a &= 1 \\ b &= 2", True), (r"\begin{bmatrix}1\\2\end{bmatrix}", False)],
)
def test_bare_line_breaks_become_aligned_lines(formula, split):
    node = SimpleNamespace(astext=lambda: formula, get=lambda name: False)
    assert (r"\begin{split}" in katex.display_formula(node)) is split
    assert katex.typeset(katex.display_formula(node), True)


def test_black_follows_the_theme_and_ids_stay_apart():
    text = svg.themed(
        '<?xml version="1.0"?><svg width="9"><defs><style type="text/css">*{x: y}'
        '</style></defs><g id="a" style="stroke: #000000"/><use href="#a"/>'
        '<text style="font: 10px">t</text><path fill="#0072b2"/></svg>',
        'the "best" curve',
        "f1",
    )
    assert 'id="f1-a"' in text and 'href="#f1-a"' in text
    assert "stroke: currentColor" in text and 'fill="#0072b2"' in text
    assert '<text style="fill: currentColor' in text and "*{" not in text
    assert 'aria-label="the &quot;best&quot; curve"' in text


def test_only_the_released_notebook_can_be_downloaded():
    assert pages.chapter_slug("book/03-backprop-by-hand") == "03-backprop-by-hand"
    assert pages.chapter_number("book/03-backprop-by-hand") == "3"
    assert pages.chapter_slug("book/index") is None
    assert pages.chapter_slug("solutions/03-backprop-by-hand") is None
    path = pages.student_notebook(ROOT, "03-backprop-by-hand")
    assert path.relative_to(ROOT).parts[0] == "exercises"


def test_every_icon_of_the_theme_is_in_the_cut_down_font():
    icons = json.loads((BOOK / "_ext" / "icons.json").read_text())
    known = {icon for names in icons.values() for icon in names}
    sizes = {"solid", "regular", "brands", "lg", "fw", "sm", "xs"}
    site = ROOT / "_build" / "html"
    assert site.is_dir(), "build the site first: make book"
    for page in site.rglob("*.html"):
        used = set(re.findall(r"\bfa-([a-z-]+)(?![\w-])", page.read_text("utf-8")))
        assert used - sizes <= known, page.name


def lay_out(folder: Path) -> None:
    """Two pages with the repository's configuration."""
    book = folder / "book"
    book.mkdir()
    for name in ("_ext", "_static", "_templates"):
        shutil.copytree(BOOK / name, book / name)
    (book / "references.bib").write_text("")
    (book / "index.md").write_text("# A page\n\nWith one formula, $x^2$.\n")
    shutil.copy(ROOT / "_config.yml", folder)
    (book / "01-first.md").write_text("# First\n\nA chapter.\n")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n- file: book/01-first\n"
    )


def build(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Build the site in `folder`, which gets two pages when it is empty."""
    if not (folder / "book").exists():
        lay_out(folder)
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", "-q"]
    return subprocess.run(
        [*command, "-W", "-n", "."],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
    )


def test_addresses_come_from_the_environment(tmp_path):
    silent, named = tmp_path / "silent", tmp_path / "named"
    silent.mkdir()
    named.mkdir()
    done = build(silent)
    assert done.returncode == 0, done.stderr
    page = (silent / "_build/html/book/index.html").read_text()
    assert "canonical" not in page and "fa-github" not in page
    assert "katex-html" in page and "/mathjax" not in page.lower()
    assert not (silent / "_build/html/sitemap.xml").exists()

    done = build(
        named,
        COURSE_REPO_URL="https://github.com/someone/course",
        COURSE_SITE_URL="https://example.org/course",
    )
    assert done.returncode == 0, done.stderr
    page = (named / "_build/html/book/index.html").read_text()
    assert (
        '<link rel="canonical" href="https://example.org/course/book/index.html"'
        in page
    )
    assert "https://github.com/someone/course" in page
    assert 'property="og:image"' in page
    assert (
        "https://example.org/course/" in (named / "_build/html/sitemap.xml").read_text()
    )
    lost = (named / "_build/html/404.html").read_text()
    assert 'href="/course/book/index.html"' in lost


def test_the_printed_book_keeps_its_links(tmp_path):
    text = pdf.whole_book()
    (tmp_path / "book.html").write_text(text, encoding="utf-8")
    page = gates.Page(tmp_path / "book.html")
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert len(inner) > 100 and inner <= page.ids
    assert not re.search(r"<script|href=\"[\w-]+\.html", text)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_style_sheets_become_one(tmp_path):
    (tmp_path / "theme").mkdir()
    (tmp_path / "basic.css").write_text("a { background: url(a.png) }")
    (tmp_path / "theme" / "main.css").write_text(
        '@charset "utf-8"; @import "../basic.css"; b { src: url("../fonts/b.woff2") }'
        " c { background: url(data:image/png;base64,AA==) }"
    )
    text = styles.read(tmp_path, "theme/main.css")
    assert 'url("a.png")' in text and 'url("fonts/b.woff2")' in text
    assert "url(data:image/png;base64,AA==)" in text and "@" not in text


@pytest.mark.parametrize(
    "rule, kept",
    [
        ("a.used b:hover{color:red}", "a.used b:hover{color:red}"),
        ("a.gone{color:red}", ""),
        ("a.used .gone{color:red}", ""),
        ("#gone{color:red}", ""),
        (".gone,.used{color:red}", ".used{color:red}"),
        ("a:not(.gone){color:red}", "a:not(.gone){color:red}"),
        ("@media print{.gone{x:y}.used{x:y}}", "@media print{.used{x:y}}"),
        ("@media print{.gone{x:y}}", ""),
        ("@font-face{src:url(a.gone)}", "@font-face{src:url(a.gone)}"),
    ],
)
def test_only_rules_that_can_match_are_kept(rule, kept):
    rules = tinycss2.parse_stylesheet(rule)
    assert styles.without_unused(rules, {"used"}) == kept


def test_words_of_pages_and_scripts_are_known(tmp_path):
    (tmp_path / "page.html").write_text('<p class="cell tag_hide-input">')
    (tmp_path / "script.js").write_text('node.classList.add("now")')
    (tmp_path / "style.css").write_text(".gone {}")
    known = styles.words(tmp_path)
    assert {"cell", "tag_hide-input", "now"} <= known and "gone" not in known


def test_the_theme_does_not_lay_out_the_whole_page():
    script = ROOT / "_build/html/_static/scripts/pydata-sphinx-theme.js"
    assert script.is_file(), "build the site first: make book"
    assert pages.ASKS_ALL.search(script.read_text("utf-8")) is None


def test_figures_keep_hundredths_of_a_point():
    before = '<path id="p1.23456" d="M 76.166708 -184.19952 \nL 0 1200.0049"/>'
    after = '<path id="p1.23456" d="M 76.17 -184.2 L 0 1200.0"/>'
    picture = svg.themed(f"<svg>{before}<text>3.14159</text></svg>", "a path", "f")
    assert after.replace('id="', 'id="f-') in picture and ">3.14159<" in picture

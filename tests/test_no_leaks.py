"""No answer and no hidden test in anything a student can get.

What students get is `exercises/` and the built site with its downloads. A leak is
a marker of nbgrader, or three lines in a row of an answer or of a hidden test (all
of it, where it is shorter).
"""

import html
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
SOURCES = sorted((ROOT / "solutions").glob("*/*.ipynb"))
REGION = re.compile(
    r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", flags=re.DOTALL
)
IMPORT = re.compile(r"(import|from) [\w.]+( |$)")
MARKER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")
TEXT = {".html", ".ipynb", ".js", ".json", ".md", ".py", ".rst", ".txt", ".xml"}


def lines_of(text: str) -> list[str]:
    """Lines without surrounding space, without trivial ones and imports."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if len(line) > 3 and not IMPORT.match(line)]


def secrets(source: Path) -> list[list[str]]:
    """Runs of lines of the source notebook that nobody else may show."""
    runs = []
    for cell in nbformat.read(source, as_version=4).cells:
        for _, region in REGION.findall(cell.source):
            lines = lines_of(region)
            size = min(3, len(lines))
            runs += [lines[i : i + size] for i in range(len(lines) - size + 1)]
    return [run for run in runs if sum(map(len, run)) >= 40]


def plain(path: Path) -> str:
    """The text of a file as a reader would copy it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in {".ipynb", ".json", ".js"}:
        text = text.replace("\\n", "\n").replace('\\"', '"')
    if path.suffix == ".html":
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return "\n".join(lines_of(text))


def leaks(path: Path, runs: list[list[str]]) -> list[str]:
    text = plain(path)
    found = [match.group() for match in MARKER.finditer(text)]
    return found + ["\n".join(run) for run in runs if "\n".join(run) in text]


def files_of_students() -> list[Path]:
    files = [*(ROOT / "exercises").rglob("*"), *SITE.rglob("*")]
    return [p for p in files if p.suffix in TEXT and "_static" not in p.parts]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_nothing_of_the_source_reaches_students(source):
    assert SITE.is_dir(), "build the site first: make book"
    runs = secrets(source)
    assert len(runs) > 20
    found = {str(p.relative_to(ROOT)): leaks(p, runs) for p in files_of_students()}
    assert len(found) > 5
    assert {path: hits for path, hits in found.items() if hits} == {}


@pytest.mark.parametrize("suffix", [".ipynb", ".html", ".js"])
def test_a_planted_leak_is_found(suffix, tmp_path):
    runs = secrets(SOURCES[0])
    page = tmp_path / f"page{suffix}"
    lines = "\n".join(f"    {line}" for line in runs[-1])
    if suffix == ".html":
        page.write_text(f"<pre>{html.escape(lines)}</pre>")
    else:
        page.write_text(lines.replace('"', '\\"').replace("\n", "\\n"))
    assert leaks(page, runs)
    page.write_text("### BEGIN HIDDEN TESTS")
    assert leaks(page, runs)
    page.write_text("an innocent page")
    assert not leaks(page, runs)

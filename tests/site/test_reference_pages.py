"""Glossary, citations, links and style of the built site."""

import json
import re
import sys
from pathlib import Path

import pytest
from audit import lychee
from conftest import SITE
from pybtex.database import parse_file
from test_extension import build

BOOK = Path(__file__).parent.parent.parent / "book"
sys.path.insert(0, str(BOOK / "_ext"))

import glossary_links  # noqa: E402

CHAPTERS = sorted(BOOK.glob("0*.ipynb"))
CITATION = re.compile(r'<span class="bibtex-citation".*?</span>', re.DOTALL)
VENUES = ("journal", "booktitle", "publisher", "doi", "eprint", "note")


def prose(path: Path) -> list[str]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_first_use_of_every_term_is_linked(path):
    """If not: python book/_ext/glossary_links.py book/0*.ipynb"""
    cells = prose(path)
    assert glossary_links.linked(cells) == cells
    page = (SITE / "book" / f"{path.stem}.html").read_text("utf-8")
    assert page.count("glossary.html#term-") == sum(
        len(glossary_links.ROLE.findall(text)) for text in cells
    )


def test_only_prose_is_linked_once_and_in_the_words_of_the_text():
    cells = [
        "## A tape\n\n`tape` and $tape$ and *tape*, [a tape](there).\n\n"
        "```\ntape\n```\n| tape | 1 |\n",
        "Two tapes. One tape.",
    ]
    assert glossary_links.linked(cells) == [
        cells[0],
        "Two {term}`tapes <tape>`. One tape.",
    ]
    again = glossary_links.linked(glossary_links.linked(cells))
    assert again == glossary_links.linked(cells)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_citation_leads_to_its_own_page_s_list(path):
    page = (SITE / "book" / f"{path.stem}.html").read_text("utf-8")
    links = re.findall(r'href="([^"]*)"', "".join(CITATION.findall(page)))
    assert links and [link for link in links if not link.startswith("#")] == []


def test_the_bibliography_is_whole():
    entries = parse_file(BOOK / "references.bib").entries
    for key, entry in entries.items():
        assert entry.persons.get("author") and {"title", "year"} <= set(entry.fields)
        assert set(VENUES) & set(entry.fields), key
        assert key.rstrip("abc").endswith(entry.fields["year"]) or "-" in key, key
    cited = set()
    for path in CHAPTERS:
        for keys in re.findall(r"\{cite:\w+\}`([^`]*)`", "\n".join(prose(path))):
            cited |= {key.strip() for key in keys.split(",")}
    assert set(entries) == cited
    page = (SITE / "book/reference/bibliography.html").read_text("utf-8")
    assert page.count('role="listitem"') == len(entries)


def test_no_link_is_broken():
    assert lychee() == []


def test_a_broken_link_would_be_found(tmp_path, monkeypatch):
    import audit

    (tmp_path / "page.html").write_text('<a href="missing.html">gone</a>')
    monkeypatch.setattr(audit, "SITE", tmp_path)
    assert len(lychee()) == 1


def test_a_second_build_leaves_the_style_sheet_as_it_was(tmp_path):
    def style_sheet() -> str:
        done = build(tmp_path)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "_build/html/_static/site.css").read_text("utf-8")

    first = style_sheet()
    # Only this page is written again, so only it tells which style sheets there are.
    (tmp_path / "book" / "01-first.md").write_text("# First\n\nAn edited chapter.\n")
    assert style_sheet() == first
    assert len(first) > 50_000

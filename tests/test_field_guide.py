"""The field guide's data: an example for every code, computed and up to date."""

import re
import sys
from pathlib import Path

import numpy as np

from tapecheck import CODES, field_guide

BOOK = Path(__file__).parents[1] / "book"
FOLDER = BOOK / "reference"
sys.path.insert(0, str(BOOK / "_ext"))

from tapebook import wrong_gradients  # noqa: E402


def test_every_code_has_an_example_that_gets_it_first():
    for entry, code in zip(field_guide.entries(), CODES, strict=True):
        assert entry["code"] == code
        assert entry["codes"][0] == code
        assert entry["message"].startswith(f"Your {CODES[code].subject} ")


def test_the_stored_files_are_what_the_command_writes(tmp_path, monkeypatch):
    """If not: python -m tapecheck.field_guide book/reference"""
    monkeypatch.setattr(sys, "argv", ["field_guide", str(tmp_path)])
    field_guide.main()
    for name in ("field-guide.json", "_codes.md"):
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert (FOLDER / name).read_text(encoding="utf-8") == written
        assert len(written) > 1000


def test_the_arrays_shown_are_those_of_the_code_shown():
    stored = {entry["code"]: entry for entry in field_guide.entries()}
    assert stored["transpose"]["right"]["shape"] == [2, 3]
    assert stored["transpose"]["wrong"]["shape"] == [3, 2]
    assert (
        np.transpose(stored["transpose"]["right"]["rows"]).tolist()
        == (stored["transpose"]["wrong"]["rows"])
    )
    assert stored["sign"]["right"]["rows"] != stored["sign"]["wrong"]["rows"]


SECTION = re.compile(
    r"^\(wrong-([a-z-]+)\)=\n### `\1`\n\n```\{wrong-gradient\} \1\n```\n\n"
    r"\*\*How it arises\.\*\* .+\n\n\*\*How to find it\.\*\* .+\n",
    re.MULTILINE,
)


def sections(text: str) -> list[str]:
    """The codes that have a whole section, in order of name."""
    return sorted(match[1] for match in SECTION.finditer(text))


def test_every_code_has_its_section_on_the_page():
    text = (FOLDER / "field-guide.md").read_text(encoding="utf-8")
    assert sections(text) == sorted(CODES)
    for part in ("```{wrong-gradient} sign\n```\n", "### `sign`\n"):
        assert part in text
        assert "sign" not in sections(text.replace(part, ""))


def test_the_picture_shows_and_speaks_every_number():
    entry = {e["code"]: e for e in field_guide.entries()}["transpose"]
    picture = wrong_gradients.figure(entry)
    for which in ("right", "wrong"):
        spoken = re.search(f'aria-label="The {which} array[^"]*: ([^"]*)"', picture)
        rows = [row.split(", ") for row in spoken[1].replace("−", "-").split("; ")]
        assert rows == entry[which]["rows"]
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    numbers = [x for w in ("right", "wrong") for row in entry[w]["rows"] for x in row]
    assert [text.replace("−", "-") for text in drawn] == numbers
    assert entry["message"] in picture and "[transpose]" in picture

"""The field guide's data: an example for every code, computed and up to date."""

import sys
from pathlib import Path

import numpy as np

from tapecheck import CODES, field_guide

FOLDER = Path(__file__).parents[1] / "book" / "reference"


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

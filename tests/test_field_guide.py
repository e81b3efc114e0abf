"""The field guide's data: an example for every code, computed and up to date."""

import json
from pathlib import Path

from tapecheck import CODES
from tapecheck.field_guide import entries

STORED = Path(__file__).parents[1] / "book" / "reference" / "field-guide.json"


def test_every_code_has_an_example_that_gets_it_first():
    for entry, code in zip(entries(), CODES, strict=True):
        assert entry["code"] == code
        assert entry["codes"][0] == code
        assert entry["message"].startswith("Your gradient")


def test_the_stored_data_is_what_the_command_writes():
    """If not: python -m tapecheck.field_guide book/reference/field-guide.json"""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored == entries()
    changed = [{**stored[0], "message": "another"}, *stored[1:]]
    assert changed != entries()

"""Every number of the tables in tests/numbers/ comes out of an executed chapter.

A table has one row for each number: `id`; `chapter`; `expression`, evaluated where
the chapter's last cell left off; `printed`, the number as it was first published;
`tolerance`, the largest absolute difference allowed.
"""

import csv
import functools
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
TABLES = sorted((ROOT / "tests/numbers").glob("*.csv"))
CHAPTERS = sorted((ROOT / "book").glob("0*.ipynb"))

EVALUATE = """
import json as _json, numpy as _np
def _value(expression):
    try:
        return float(_np.reshape(eval(expression), ()))
    except Exception as error:
        return f"{{type(error).__name__}}: {{error}}"
print(_json.dumps({{e: _value(e) for e in {expressions!r}}}))
"""


def rows() -> list[dict[str, str]]:
    table_rows = []
    for table in TABLES:
        with table.open(newline="", encoding="utf-8") as file:
            table_rows += csv.DictReader(file)
    return table_rows


def evaluate(notebook, expressions: list[str], folder: Path) -> dict[str, float | str]:
    """Run `notebook`, then evaluate each expression; an error's text where it fails."""
    cell = nbformat.v4.new_code_cell(EVALUATE.format(expressions=expressions))
    notebook.cells.append(cell)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, resources=resources).execute()
    return json.loads(cell.outputs[0].text)


@functools.cache
def values(chapter: str) -> dict[str, float | str]:
    path = ROOT / "book" / f"{chapter}.ipynb"
    expressions = [row["expression"] for row in rows() if row["chapter"] == chapter]
    return evaluate(nbformat.read(path, as_version=4), expressions, path.parent)


def problem(value: float | str, printed: str, tolerance: str) -> str | None:
    """What is wrong with `value`, or None."""
    if isinstance(value, str):
        return value
    if not abs(value - float(printed)) <= float(tolerance):
        return f"{value} is not {printed} within {tolerance}"
    return None


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_number(row):
    value = values(row["chapter"])[row["expression"]]
    assert problem(value, row["printed"], row["tolerance"]) is None


def test_a_wrong_number_is_noticed(tmp_path):
    cells = [nbformat.v4.new_code_cell("loss = 0.25")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    found = evaluate(notebook, ["loss", "los", "loss * float('nan')"], tmp_path)
    assert problem(found["loss"], "0.25", "1e-9") is None
    assert "is not" in problem(found["loss"], "0.26", "1e-9")
    assert "NameError" in problem(found["los"], "0.25", "1e-9")
    assert "is not" in problem(found["loss * float('nan')"], "0.25", "1e9")


def test_ids_are_unique_and_chapters_exist():
    ids = [row["id"] for row in rows()]
    assert len(ids) == len(set(ids))
    assert {row["chapter"] for row in rows()} <= {p.stem for p in CHAPTERS}


# --- numbers quoted in prose -------------------------------------------------------

NUMBER = re.compile(r"(?<![\w.{:])[-−]?\d+\.\d+(?:e-?\d+)?(?!\w|\.\d)")


def numbers(text: str) -> set[float]:
    return {float(n.replace("−", "-")) for n in NUMBER.findall(text)}


def quoted_but_not_computed(notebook) -> list[str]:
    """Decimal numbers in prose that no cell holds or prints, as `cell: number`.

    A quoted number may be a rounding of the computed one, and may drop its sign.
    """
    shown: set[float] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown |= numbers(cell.source)
            for output in cell.outputs:
                shown |= numbers(output.get("text", ""))
                shown |= numbers(str(output.get("data", {}).get("text/plain", "")))
    missing = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for text in NUMBER.findall(cell.source):
                decimals = len(text.split(".")[1])
                quoted = abs(float(text.replace("−", "-")))
                if not any(round(abs(s), decimals) == quoted for s in shown):
                    missing.append(f"{cell.id}: {text}")
    return missing


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_in_prose_are_computed_by_a_cell(path):
    assert quoted_but_not_computed(nbformat.read(path, as_version=4)) == []


def test_a_number_that_nothing_computes_is_noticed():
    code = nbformat.v4.new_code_cell("print(loss)")
    code.outputs = [nbformat.v4.new_output("stream", text="-0.245326\n")]
    right = nbformat.v4.new_markdown_cell("The loss is 0.245.")
    wrong = nbformat.v4.new_markdown_cell("The loss is 0.246.")
    notebook = nbformat.v4.new_notebook(cells=[code, right, wrong])
    assert quoted_but_not_computed(notebook) == [f"{wrong.id}: 0.246"]

"""Every notebook of the course is a valid file in the state its folder promises."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*/*.ipynb"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def test_there_are_chapters_and_assignments():
    assert CHAPTERS and SOLUTIONS
    assert [path.stem for path in SOLUTIONS] == [path.stem for path in EXERCISES]


@pytest.mark.parametrize("path", CHAPTERS + SOLUTIONS + EXERCISES, ids=name)
def test_the_notebook_is_valid_and_opens_in_any_python_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_a_chapter_was_run_from_top_to_bottom_without_an_error(path):
    cells = code_cells(path)
    counts = [cell.execution_count for cell in cells]
    assert counts == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [out for out in outputs if out.output_type == "error"]


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_a_chapter_shows_no_log_lines_of_the_frameworks(path):
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    assert not [out for out in outputs if out.get("name") == "stderr"]


@pytest.mark.parametrize("path", SOLUTIONS + EXERCISES, ids=name)
def test_an_assignment_is_stored_without_outputs(path):
    for cell in code_cells(path):
        assert cell.outputs == [] and cell.execution_count is None

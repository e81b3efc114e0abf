"""Students get what instructors wrote, and the grader tells the two apart.

For every assignment: `exercises/` is what a fresh release gives; the source's own
answers earn full marks; the notebook as released earns none.
"""

import shutil
from pathlib import Path

import nbformat
import pytest

from tapecheck.grading import grade, release

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "solutions").glob("*/*.ipynb"))
SLUGS = [path.stem for path in SOURCES]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    """exercises/ of a copy of the course, made anew."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions", course / "solutions")
    release(course=course)
    return course / "exercises"


def test_exercises_are_in_step_with_solutions(fresh):
    assert SLUGS
    assert files(ROOT / "exercises") == files(fresh), "run: make release"


def test_a_release_gone_stale_would_be_noticed(fresh, tmp_path):
    stale = tmp_path / "exercises"
    shutil.copytree(fresh, stale)
    notebook = stale / SLUGS[0] / f"{SLUGS[0]}.ipynb"
    notebook.write_text(notebook.read_text().replace("def ", "def  ", 1))
    assert files(stale) != files(fresh)


def hand_in(folder: Path, student: str, slug: str, answers: dict[str, str]) -> None:
    """Submit the released notebook with some of its solution cells filled in."""
    path = ROOT / "exercises" / slug / f"{slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    (folder / student).mkdir(parents=True)
    nbformat.write(notebook, folder / student / f"{slug}.ipynb")


@pytest.mark.sandbox
@pytest.mark.parametrize("slug", SLUGS)
def test_the_answers_earn_everything_and_the_stub_nothing(slug, tmp_path):
    source = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    submissions = tmp_path / "submissions"
    hand_in(submissions, "solution", slug, answers)
    hand_in(submissions, "stub", slug, {})
    results = grade(slug, submissions, tmp_path / "out", progress=lambda line: None)
    solution, stub = sorted(results, key=lambda result: result.student)

    automatic = {  # a written answer waits for a human in both
        cell.metadata.nbgrader.grade_id
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
        and not cell.metadata.nbgrader.solution
    }
    assert len(automatic) >= 3
    for grade_id in automatic:
        full, none = solution.cells[grade_id], stub.cells[grade_id]
        assert (full.verdict, full.points) == ("passed", full.max_points), full.message
        assert full.max_points > 0 == none.points, grade_id
        assert none.verdict in {"failed", "error"}

"""The gradebook of one submission: in memory, and asked once for all cells."""

import copy
from types import SimpleNamespace

import pytest
from nbgrader import api, preprocessors
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import event

from tapecheck.grading import private, rows, worker
from tapecheck.grading.course import Assignment, find_course

pytestmark = pytest.mark.filterwarnings(
    "ignore::sqlalchemy.exc.SAWarning"  # about nbgrader's models
)
SLUG = "01-autodiff"
ABOUT = {"notebook": SLUG, "assignment": SLUG, "db_url": private.URL}
ADA, BEN = {**ABOUT, "student": "ada"}, {**ABOUT, "student": "ben"}


@pytest.fixture(scope="module")
def assignment():
    return Assignment(find_course(), SLUG)


@pytest.fixture(scope="module")
def contents(assignment) -> bytes:
    """The gradebook that every worker begins with."""
    course = worker.unpack(worker.pack(assignment))
    return (course / worker.GRADEBOOK).read_bytes()


@pytest.fixture
def gradebook(contents):
    with private.gradebook(contents):
        with Gradebook(private.URL) as opened:
            for about in (ADA, BEN):
                opened.add_student(about["student"])
                opened.add_submission(SLUG, about["student"])
        yield


@pytest.fixture
def executed(assignment):
    """Every third test failed, an answer is unchanged, a locked cell is not ours."""
    notebook = copy.deepcopy(assignment.notebook)
    with Gradebook(private.URL) as opened:
        source = opened.find_notebook(SLUG, SLUG).source_cells
        checksums = {cell.name: cell.checksum for cell in source}
    tests = 0
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and cell.cell_type == "code":
            tests += 1
            if tests % 3 == 0:
                error = {"output_type": "error", "ename": "", "evalue": ""}
                cell.outputs = [SimpleNamespace(**error)]
        elif about.get("solution"):
            about["checksum"] = checksums[about["grade_id"]]
    return notebook


def written(about: dict) -> tuple[dict, dict]:
    with Gradebook(private.URL) as opened:
        submission = opened.find_submission_notebook(SLUG, SLUG, about["student"])
        return (
            {g.name: (g.auto_score, g.needs_manual_grade) for g in submission.grades},
            {c.name: c.auto_comment for c in submission.comments},
        )


class Queries:
    """How many statements the database is given meanwhile."""

    def __enter__(self) -> "Queries":
        self.number = 0
        self.engine = private.database()[1]
        event.listen(self.engine, "before_cursor_execute", self.count)
        return self

    def count(self, *_) -> None:
        self.number += 1

    def __exit__(self, *_) -> None:
        event.remove(self.engine, "before_cursor_execute", self.count)


def test_scores_and_comments_are_those_that_nbgrader_saves(gradebook, executed):
    preprocessors.SaveAutoGrades().preprocess(executed, {"nbgrader": dict(ADA)})
    rows.SaveAutoGrades().preprocess(executed, {"nbgrader": dict(BEN)})
    grades, comments = written(ADA)
    assert (grades, comments) == written(BEN)
    scores = [score for score, _ in grades.values()]
    assert 0 in scores and any(scores)


def test_it_asks_as_often_for_many_cells_as_for_few(gradebook, executed):
    few = copy.deepcopy(executed)
    few.cells = few.cells[: len(few.cells) // 2]
    asked = {}
    for save in (preprocessors.SaveAutoGrades, rows.SaveAutoGrades):
        for notebook in (few, executed):
            with Queries() as queries:
                save().preprocess(notebook, {"nbgrader": dict(ADA)})
            asked.setdefault(save, []).append(queries.number)
    ours, theirs = asked[rows.SaveAutoGrades], asked[preprocessors.SaveAutoGrades]
    assert ours[0] == ours[1] < theirs[0] < theirs[1]


def test_what_feedback_shows_is_what_nbgrader_shows(gradebook, executed):
    shown = []
    for get in (preprocessors.GetGrades, rows.GetGrades):
        rows.SaveAutoGrades().preprocess(executed, {"nbgrader": dict(ADA)})
        notebook, resources = copy.deepcopy(executed), {"nbgrader": dict(ADA)}
        get().preprocess(notebook, resources)
        shown.append(([cell.metadata for cell in notebook.cells], resources))
    assert shown[0] == shown[1]
    assert 0 < shown[0][1]["nbgrader"]["score"] < shown[0][1]["nbgrader"]["max_score"]


def test_a_changed_cell_is_overwritten_as_nbgrader_does(gradebook, assignment):
    changed = copy.deepcopy(assignment.notebook)
    for cell in changed.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source += "\n# changed"
            cell.metadata.nbgrader["points"] = 1000
    restored = []
    for overwrite in (preprocessors.OverwriteCells, rows.OverwriteCells):
        notebook = copy.deepcopy(changed)
        overwrite().preprocess(notebook, {"nbgrader": dict(ADA)})
        restored.append(notebook)
    assert restored[0] == restored[1] != changed
    assert "# changed" not in "".join(cell.source for cell in restored[1].cells)


def test_a_cell_that_the_gradebook_does_not_have_is_named(gradebook):
    with rows.Rows(Gradebook(private.URL), ADA) as found:
        with pytest.raises(MissingEntry, match="no cell nothing"):
            found.find_grade("nothing")


def test_what_fails_half_way_writes_nothing(gradebook):
    before = written(ADA)
    with pytest.raises(ZeroDivisionError):
        with rows.Rows(Gradebook(private.URL), ADA) as found:
            next(iter(found.grades.values())).auto_score = -1
            raise ZeroDivisionError
    assert written(ADA) == before


def test_a_private_gradebook_knows_nobody_from_before(contents, tmp_path):
    theirs = api.create_engine
    for student in ("ada", "ben"):
        with private.gradebook(contents):
            with Gradebook(private.URL) as opened:
                assert [one.id for one in opened.students] == []
                opened.add_student(student)
                assert [one.id for one in opened.students] == [student]
            with Gradebook(private.URL) as again:
                assert [one.id for one in again.students] == [student]
            with pytest.raises(AssertionError):
                Gradebook(f"sqlite:///{tmp_path}/gradebook.db")
    assert api.create_engine is theirs
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as other:
        assert other.students == []

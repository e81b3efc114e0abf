"""A whole class: every submission through nbgrader, one broken one costing itself."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from tapecheck.grading import feedback, intake
from tapecheck.grading import sandbox as locked_up
from tapecheck.grading.course import Assignment, configure, find_course
from tapecheck.grading.releasing import generate, run
from tapecheck.grading.results import CellResult, GradingError, Result, write_csv

WORKSPACE = "nbgrader"
WRITTEN = "Your teacher reads this answer."


def grade(
    slug: str,
    submissions: Path,
    out: Path,
    *,
    course: Path | None = None,
    cell_timeout: float = 60,
    sandbox: bool = True,
    progress: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> list[Result]:
    """Grade every submission of the assignment `slug` in the folder `submissions`.

    Writes ``out/grades.csv``, ``out/feedback/<student>.html``, ``out/gradebook.db``
    and, for nbgrader's own tools, the course folder ``out/nbgrader/``. A cell may run
    for `cell_timeout` seconds. `progress` gets one line per submission and a summary.
    Without `sandbox` student code runs unprotected, which every result's notes say.

    Returns one `Result` per submission, in order of name. Raises GradingError when
    nothing can be graded: no such assignment, no submissions, no sandbox on this
    machine, a gradebook of another version of the assignment.
    """
    if sandbox and (why := locked_up.missing()):
        raise GradingError(f"{why}; or grade with --no-sandbox")
    assignment = Assignment(course or find_course(), slug)
    handed_in = list(intake.submissions(Path(submissions), assignment))
    if not handed_in:
        raise GradingError(
            f"{submissions} holds no submission; expected <student>/{slug}.ipynb"
        )
    batch = Batch(assignment, Path(out), cell_timeout, sandbox)
    results = []
    for number, one in enumerate(handed_in, start=1):
        started = time.monotonic()
        result = batch.grade(one)
        results.append(result)
        progress(line(number, len(handed_in), result, time.monotonic() - started))
    write_csv(results, assignment.points, batch.out / "grades.csv")
    progress(summary(results, batch.out / "grades.csv"))
    return results


def line(number: int, total: int, result: Result, seconds: float) -> str:
    """One submission's progress line."""
    start = f"[{number}/{total}] {result.student}: "
    if result.status == "refused":
        return start + "refused: " + result.notes[0].removeprefix(f"{result.student}: ")
    notes = "".join(f"\n    {note}" for note in result.notes)
    score = f"{result.score:g} of {result.max_score:g}"
    return start + f"{result.status}, {score} ({seconds:.1f} s)" + notes


def summary(results: Iterable[Result], where: Path) -> str:
    """The last line: how many ended how, and where the grades are."""
    statuses = [result.status for result in results]
    counts = [
        f"{statuses.count(status)} {status}"
        for status in ("graded", "needs-a-look", "refused")
    ]
    return f"{', '.join(counts)} of {len(statuses)} submissions: {where}"


class Batch:
    """One run's workspace: a course of its own below `out`, with a gradebook."""

    def __init__(
        self, assignment: Assignment, out: Path, cell_timeout: float, sandbox: bool
    ):
        self.assignment = assignment
        self.out = out.resolve()
        self.workspace = self.out / WORKSPACE
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.workspace.mkdir(parents=True)
        (self.out / "feedback").mkdir(exist_ok=True)
        self.config = Config()
        configure(self.config)
        self.config.CourseDirectory.db_url = f"sqlite:///{self.out / 'gradebook.db'}"
        self.config.TwoKernels.cell_timeout = cell_timeout
        self.config.TwoKernels.sandbox = sandbox
        self.config.TwoKernels.data = str(assignment.course.resolve() / "data")
        self.config.TwoKernels.call_timeout = min(30, cell_timeout)
        generate(assignment, self.workspace, self.config)

    def grade(self, handed_in: intake.Submission) -> Result:
        """Grade one submission. Whatever happens, there is a result for it."""
        student = handed_in.student
        if handed_in.notebook is None:
            return self.refuse(student, handed_in.refusal)
        self.stage(handed_in)
        try:
            run(self.converter(Autograde, student), "nbgrader could not grade it")
        except GradingError as error:
            return Result(
                student, self.slug, "needs-a-look", 0, self.max_score, {}, [str(error)]
            )
        result = self.result(student, handed_in.notes)
        try:
            self.write_feedback(student)
        except GradingError as error:
            result.notes.append(str(error))
            page = feedback.plain(self.slug, student, feedback.lines(result))
            self.page(student).write_text(page, encoding="utf-8")
        return result

    @property
    def slug(self) -> str:
        return self.assignment.slug

    @property
    def max_score(self) -> float:
        return sum(self.assignment.points.values())

    def converter(self, kind, student: str):
        """One of nbgrader's converters, for one student."""
        folder = CourseDirectory(config=self.config)
        folder.assignment_id, folder.student_id = self.slug, student
        made = kind(coursedir=folder, config=self.config)
        made.force = True
        return made

    def stage(self, handed_in: intake.Submission) -> None:
        """Lay a submission out as nbgrader expects it."""
        folder = self.workspace / "submitted" / handed_in.student / self.slug
        folder.mkdir(parents=True)
        for name, data in handed_in.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        nbformat.write(handed_in.notebook, folder / f"{self.slug}.ipynb")

    def refuse(self, student: str, refusal: str) -> Result:
        """Nothing to grade: a row, a page, and no entry in the gradebook."""
        if intake.NAME.fullmatch(student):
            said = f"Your submission could not be graded: {refusal}."
            page = feedback.plain(self.slug, student, [said])
            self.page(student).write_text(page, encoding="utf-8")
        return Result(student, self.slug, "refused", 0, self.max_score, {}, [refusal])

    def page(self, student: str) -> Path:
        return self.out / "feedback" / f"{student}.html"

    def write_feedback(self, student: str) -> None:
        converter = self.converter(GenerateFeedback, student)
        converter.update_config(Config({"HTMLExporter": {"template_name": "feedback"}}))
        run(converter, "nbgrader could not write feedback")
        made = self.workspace / "feedback" / student / self.slug / f"{self.slug}.html"
        shutil.copyfile(made, self.page(student))

    @staticmethod
    def cell(grade, said: dict | None) -> CellResult:
        """One graded cell, from its row in the gradebook and the verdict beside it."""
        if said is None:
            waits = grade.needs_manual_grade
            said = {
                "verdict": "needs-a-look" if waits else "failed",
                "message": WRITTEN if waits else "There is no answer.",
                "codes": [],
            }
        return CellResult(
            grade.score,
            grade.max_score,
            said["verdict"],
            said["message"],
            tuple(said["codes"]),
        )

    def result(self, student: str, notes: list[str]) -> Result:
        """What the gradebook and the graded notebook say."""
        graded = nbformat.read(
            self.workspace / "autograded" / student / self.slug / f"{self.slug}.ipynb",
            as_version=4,
        )
        said = {
            cell.metadata.nbgrader.grade_id: cell.metadata.tapecheck
            for cell in graded.cells
            if "tapecheck" in cell.metadata
        }
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            submission = gradebook.find_submission_notebook(
                self.slug, self.slug, student
            )
            cells = {
                grade.name: self.cell(grade, said.get(grade.name))
                for grade in submission.grades
            }
            score, max_score = submission.score, submission.max_score
        look = any(
            cell.verdict == "needs-a-look" and name not in self.assignment.written
            for name, cell in cells.items()
        )
        return Result(
            student,
            self.slug,
            "needs-a-look" if look else "graded",
            score,
            max_score,
            {name: cells[name] for name in self.assignment.points},
            [*notes, *graded.metadata.get("tapecheck", {}).get("notes", [])],
        )

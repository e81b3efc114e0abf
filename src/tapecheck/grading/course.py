"""Where a course keeps what, and how nbgrader is set up for it."""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

import nbformat
from traitlets.config import Config

from tapecheck.grading.results import GradingError

SOURCE, RELEASE = "solutions", "exercises"


def find_course(start: Path | None = None) -> Path:
    """The nearest folder with ``solutions/``, from `start` (default: here) upwards.

    Raises GradingError when there is none.
    """
    start = (start or Path()).resolve()
    for folder in (start, *start.parents):
        if (folder / SOURCE).is_dir():
            return folder
    raise GradingError(
        f"there is no folder {SOURCE}/ in {start} or above it: run this in the course"
    )


def slugs(course: Path) -> list[str]:
    """Every assignment of the course."""
    return sorted(path.parent.name for path in (course / SOURCE).glob("*/*.ipynb"))


@dataclass(frozen=True)
class Assignment:
    """One assignment's source: ``solutions/<slug>/<slug>.ipynb`` of the course."""

    course: Path
    slug: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w-]+", self.slug) or not self.path.is_file():
            known = ", ".join(slugs(self.course)) or "none yet"
            raise GradingError(
                f"there is no assignment {self.slug!r} in {SOURCE}/; there is: {known}"
            )

    @classmethod
    def here(cls, slug: str) -> "Assignment":
        """The assignment in the working directory, where nbgrader's steps run."""
        return cls(Path(), slug)

    @property
    def folder(self) -> Path:
        return self.course / SOURCE / self.slug

    @property
    def path(self) -> Path:
        return self.folder / f"{self.slug}.ipynb"

    @property
    def data(self) -> str:
        """The course's data, if it has any."""
        folder = self.course.resolve() / "data"
        return str(folder) if folder.is_dir() else ""

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        """The source, for reading only: others have the same object."""
        return parsed(self.path.read_bytes())

    @cached_property
    def written(self) -> set[str]:
        """The graded cells that a human reads: answers in words."""
        return {
            cell.metadata.nbgrader.grade_id
            for cell in self.notebook.cells
            if has(cell, "grade")
            and (cell.cell_type != "code" or has(cell, "solution"))
        }

    @cached_property
    def points(self) -> dict[str, float]:
        """The graded cells, in order, with the points each is worth."""
        return {
            cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
            for cell in self.notebook.cells
            if has(cell, "grade")
        }

    @cached_property
    def solution_ids(self) -> list[str]:
        return [
            cell.metadata.nbgrader.grade_id
            for cell in self.notebook.cells
            if has(cell, "solution")
        ]


@lru_cache(maxsize=8)  # each of nbgrader's steps asks anew
def parsed(notebook: bytes) -> nbformat.NotebookNode:
    return nbformat.reads(notebook.decode(), as_version=4)


def has(cell, role: str) -> bool:
    """Whether nbgrader's tags give a cell a role: ``grade``, ``solution``.

    As `nbgrader.utils` has it, which takes a second to import.
    """
    return bool(cell.metadata.get("nbgrader", {}).get(role))


@cache
def schema_version() -> str:
    """The number of nbgrader's schema."""
    from alembic.script import ScriptDirectory
    from nbgrader import dbutil

    return str(ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head())


def configure(config: Config) -> None:
    """Set nbgrader up for this course; ``nbgrader_config.py`` is a call of this."""
    from nbgrader import api

    # nbgrader's own starts a Python to ask alembic, for each new gradebook.
    api.get_alembic_version = schema_version
    config.CourseDirectory.source_directory = SOURCE
    config.CourseDirectory.release_directory = RELEASE
    config.CourseDirectory.course_id = "tapecheck"
    config.Autograde.pre_convert_hook = "tapecheck.grading.intake.guard"
    config.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        "tapecheck.grading.reassemble.Reassemble",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "tapecheck.grading.rows.OverwriteCells",
    ]
    config.Autograde.autograde_preprocessors = [
        "tapecheck.grading.execute.TwoKernels",
        "nbgrader.preprocessors.LimitOutput",
        "tapecheck.grading.verdicts.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.GenerateFeedback.post_convert_hook = "tapecheck.grading.feedback.lock_down"
    config.GenerateFeedback.preprocessors = [
        "tapecheck.grading.rows.GetGrades",
        "tapecheck.grading.feedback.HideTests",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    config.GenerateFeedback.exporter_class = "tapecheck.grading.feedback.Page"
    config.HTMLExporter.sanitize_html = True
    # nbconvert checks the notebook after the last step, not after each.
    config.Exporter.optimistic_validation = True

"""nbgrader's preprocessors that ask the gradebook about every cell, asking once.

nbgrader makes a query for each cell, often two, and a commit.
"""

from functools import cached_property
from types import SimpleNamespace

from nbgrader import preprocessors
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry
from sqlalchemy.orm import joinedload, undefer


class Rows:
    """What an open gradebook has about one notebook, and about one student's.

    Its methods are those of `Gradebook` that look a cell up, and raise MissingEntry,
    too. What is changed is written when it is closed.
    """

    def __init__(self, gradebook: Gradebook, about: dict[str, str]):
        self.gradebook, self.about = gradebook, about
        self.db = SimpleNamespace(commit=lambda: None)

    def __enter__(self) -> "Rows":
        return self

    def __exit__(self, kind, *_) -> None:
        with self.gradebook:
            if kind is None:
                self.gradebook.db.commit()

    @cached_property
    def notebook(self):
        about = self.about
        return self.gradebook.find_notebook(about["notebook"], about["assignment"])

    @cached_property
    def submission(self):
        about = self.about
        return self.gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )

    @cached_property
    def source_cells(self) -> dict:
        return {cell.name: cell for cell in self.notebook.source_cells}

    @cached_property
    def graded_cells(self) -> dict:
        cells = [*self.notebook.grade_cells, *self.notebook.task_cells]
        return {cell.name: cell for cell in cells}

    @cached_property
    def grades(self) -> dict[str, Grade]:
        return self.of_cells(Grade, undefer(Grade.max_score))

    @cached_property
    def comments(self) -> dict[str, Comment]:
        return self.of_cells(Comment)

    def of_cells(self, kind, *options) -> dict:
        """The rows of one table that belong to the student's notebook, by cell."""
        query = self.gradebook.db.query(kind).options(joinedload(kind.cell), *options)
        found = query.filter(kind.notebook_id == self.submission.id)
        return {row.cell.name: row for row in found}

    def find_submission_notebook(self, *_: str):
        return self.submission

    def find_source_cell(self, name: str, *_: str):
        return look_up(self.source_cells, name)

    def find_graded_cell(self, name: str, *_: str):
        return look_up(self.graded_cells, name)

    def find_grade(self, name: str, *_: str) -> Grade:
        return look_up(self.grades, name)

    def find_comment(self, name: str, *_: str) -> Comment:
        return look_up(self.comments, name)


def look_up(rows: dict, name: str):
    if name not in rows:
        raise MissingEntry(f"the gradebook has no cell {name}")
    return rows[name]


class AtOnce:
    """For a preprocessor of nbgrader's, which keeps the gradebook as `gradebook`."""

    def preprocess(self, nb, resources):
        self.about = resources["nbgrader"]
        return super().preprocess(nb, resources)  # type: ignore[misc]

    @property
    def gradebook(self) -> Rows:
        return self.rows

    @gradebook.setter
    def gradebook(self, opened: Gradebook) -> None:
        self.rows = Rows(opened, self.about)


class OverwriteCells(AtOnce, preprocessors.OverwriteCells):
    pass


class GetGrades(AtOnce, preprocessors.GetGrades):
    pass


class SaveAutoGrades(AtOnce, preprocessors.SaveAutoGrades):
    pass

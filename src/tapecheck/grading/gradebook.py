"""nbgrader's gradebook, filled by one writer from what the ledger says.

SQLite or whatever database `url` names. Rows of a submission are kept and brought up
to date, so what a human entered (points, comments, extensions) stays.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import is_grade, is_locked, is_solution
from sqlalchemy import Connection, Index, bindparam, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from tapecheck.grading.course import Assignment
from tapecheck.grading.results import CellResult, GradingError, Result

AT_ONCE = 200  # submissions in one round of statements

student, submitted, notebook_of, grade, comment = (
    kind.__table__
    for kind in (
        *(api.Student, api.SubmittedAssignment, api.SubmittedNotebook),
        *(api.Grade, api.Comment),
    )
)
# nbgrader has none of these: each look at one submission would read all grades.
INDEXES = (
    Index("tapecheck_grades", grade.c.notebook_id),
    Index("tapecheck_comments", comment.c.notebook_id),
    Index("tapecheck_submissions", notebook_of.c.assignment_id),
)


def new_id() -> str:
    """Like nbgrader's, but in order of time: random ones scatter over every index."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


@contextmanager
def opened(config: Config) -> Iterator[Gradebook]:
    """The gradebook that `config` names; its troubles become one sentence."""
    where = config.CourseDirectory
    try:
        with Gradebook(where.db_url, where.course_id) as gradebook:
            yield gradebook
    except (SQLAlchemyError, ImportError) as error:
        why = str(error).splitlines()[0]
        raise GradingError(f"the gradebook cannot be used: {why}") from error


def fit(config: Config, assignment: Assignment) -> None:
    """Prepare a gradebook with submissions for a source with other cells.

    nbgrader refuses to add or remove cells then. Grades of cells that are no more go
    with them.
    """
    slug = assignment.slug
    with opened(config) as gradebook:
        try:
            notebook = gradebook.find_notebook(slug, slug)
        except MissingEntry:
            return
        if not notebook.submissions:
            return
        tagged = [c for c in assignment.notebook.cells if "nbgrader" in c.metadata]
        for kind, existing, matches in (
            (api.GradeCell, notebook.grade_cells, is_grade),
            (api.SolutionCell, notebook.solution_cells, is_solution),
            (
                api.SourceCell,
                notebook.source_cells,
                lambda cell: is_grade(cell) or is_solution(cell) or is_locked(cell),
            ),
        ):
            wanted = {c.metadata.nbgrader.grade_id: c for c in tagged if matches(c)}
            for cell in list(existing):
                if cell.name not in wanted:
                    if kind is not api.SourceCell:
                        for table in (grade, comment):
                            gradebook.db.execute(
                                delete(table).where(table.c.cell_id == cell.id)
                            )
                    gradebook.db.delete(cell)
            for name in wanted.keys() - {cell.name for cell in existing}:
                made = kind(name=name, notebook_id=notebook.id)
                if kind is not api.SolutionCell:
                    made.cell_type = wanted[name].cell_type
                if kind is api.GradeCell:
                    made.max_score = float(wanted[name].metadata.nbgrader.points)
                gradebook.db.add(made)
        gradebook.db.commit()


def load(config: Config, slug: str, records: Iterable[dict[str, Any]]) -> None:
    """Bring the gradebook up to date with the ledger's `records` of one assignment.

    A submission that was refused or could not be examined is taken out.
    """
    records = iter(records)
    with opened(config) as gradebook:
        notebook = gradebook.find_notebook(slug, slug)
        loader = Loader(
            notebook.assignment.id,
            notebook.id,
            {cell.name: cell.id for cell in notebook.grade_cells},
            {cell.name: cell.id for cell in notebook.solution_cells},
        )
        # A reader's transaction would keep SQLite's writer out.
        gradebook.db.rollback()
        for index in INDEXES:
            index.create(gradebook.engine, checkfirst=True)
        while some := list(islice(records, AT_ONCE)):
            with gradebook.engine.begin() as connection:
                loader.load(connection, some)


@dataclass(frozen=True)
class Loader:
    """Statements about the submissions of one notebook."""

    assignment_id: str
    notebook_id: str
    grade_cells: dict[str, str]
    solution_cells: dict[str, str]

    def load(self, db: Connection, records: list[dict[str, Any]]) -> None:
        there = self.submitted(db, [record["student"] for record in records])
        graded = [record for record in records if record["cells"]]
        gone = [r["student"] for r in records if not r["cells"]]
        self.remove(db, [there[name] for name in gone if name in there])
        new = [r["student"] for r in graded if r["student"] not in there]
        there |= self.add(db, new)
        notebooks = {there[record["student"]][1]: record for record in graded}
        self.write(
            db,
            grade,
            {
                (notebook, self.grade_cells[name]): {
                    "auto_score": score,
                    "needs_manual_grade": look,
                }
                for notebook, record in notebooks.items()
                for name, (score, look) in record["grades"].items()
                if name in self.grade_cells
            },
        )
        self.write(
            db,
            comment,
            {
                (notebook, self.solution_cells[name]): {"auto_comment": text}
                for notebook, record in notebooks.items()
                for name, text in record["comments"].items()
                if name in self.solution_cells
            },
        )

    def submitted(
        self, db: Connection, students: list[str]
    ) -> dict[str, tuple[str, str]]:
        """Of each student who is in already: the submission's and its notebook's id."""
        rows = db.execute(
            select(submitted.c.student_id, submitted.c.id, notebook_of.c.id)
            .join(notebook_of, notebook_of.c.assignment_id == submitted.c.id)
            .where(
                submitted.c.assignment_id == self.assignment_id,
                submitted.c.student_id.in_(students),
            )
        )
        return {name: (of, notebook) for name, of, notebook in rows}

    def add(self, db: Connection, names: list[str]) -> dict[str, tuple[str, str]]:
        """Students, submissions and their notebooks, without grades yet."""
        if not names:
            return {}
        known = set(db.scalars(select(student.c.id).where(student.c.id.in_(names))))
        if strangers := [{"id": name} for name in names if name not in known]:
            db.execute(insert(student), strangers)
        made = {name: (new_id(), new_id()) for name in names}
        db.execute(
            insert(submitted),
            [
                {"id": of, "assignment_id": self.assignment_id, "student_id": name}
                for name, (of, _) in made.items()
            ],
        )
        db.execute(
            insert(notebook_of),
            [
                {"id": own, "assignment_id": of, "notebook_id": self.notebook_id}
                for of, own in made.values()
            ],
        )
        return made

    def remove(self, db: Connection, gone: list[tuple[str, str]]) -> None:
        for table in (grade, comment):
            ids = [notebook for _, notebook in gone]
            db.execute(delete(table).where(table.c.notebook_id.in_(ids)))
        for table, place in ((notebook_of, 1), (submitted, 0)):
            db.execute(delete(table).where(table.c.id.in_([g[place] for g in gone])))

    @staticmethod
    def write(db: Connection, table, wanted: dict[tuple[str, str], dict]) -> None:
        """Insert or update rows of grades or comments, by notebook and cell."""
        if not wanted:
            return
        rows = db.execute(
            select(table).where(table.c.notebook_id.in_({of for of, _ in wanted}))
        ).mappings()
        there = {(row["notebook_id"], row["cell_id"]): row for row in rows}
        new, changed = [], []
        for (of, cell), values in wanted.items():
            row = there.get((of, cell))
            if row is None:
                new.append(
                    {"id": new_id(), "notebook_id": of, "cell_id": cell, **values}
                )
                continue
            if row.get("manual_score") is not None:
                if row["auto_score"] == values["auto_score"]:
                    continue
                # As nbgrader has it: new points beside a human's are for the human.
                values = {**values, "needs_manual_grade": True}
            if any(row[name] != value for name, value in values.items()):
                changed.append({"row": row["id"], **values})
        if new:
            db.execute(insert(table), new)
        if changed:
            names = [name for name in changed[0] if name != "row"]
            db.execute(
                update(table)
                .where(table.c.id == bindparam("row"))
                .values({name: bindparam(name) for name in names}),
                changed,
            )


def apply_manual(config: Config, slug: str, results: list[Result]) -> None:
    """Put the points that humans gave in the formgrader into `results`."""
    with opened(config) as gradebook:
        notebook = gradebook.find_notebook(slug, slug)
        names = {cell.id: cell.name for cell in notebook.grade_cells}
        rows = gradebook.db.execute(
            select(
                submitted.c.student_id,
                *(grade.c.cell_id, grade.c.auto_score, grade.c.manual_score),
                *(grade.c.extra_credit, grade.c.needs_manual_grade),
            )
            .join(notebook_of, notebook_of.c.assignment_id == submitted.c.id)
            .join(grade, grade.c.notebook_id == notebook_of.c.id)
            .where(
                notebook_of.c.notebook_id == notebook.id,
                grade.c.manual_score.is_not(None) | grade.c.extra_credit.is_not(None),
            )
        ).all()
    of = {result.student: result for result in results}
    for who, cell_id, auto, manual, extra, look in rows:
        if who not in of or names[cell_id] not in of[who].cells:
            continue
        result = of[who]
        cell = result.cells[names[cell_id]]
        given = auto if manual is None else manual
        points = (given or 0) + (extra or 0)
        verdict = cell.verdict
        if manual is not None and not look:
            verdict = "passed" if manual >= cell.max_points else "failed"
        result.cells[names[cell_id]] = CellResult(
            points, cell.max_points, verdict, cell.message, cell.codes
        )
        result.score = sum(cell.points for cell in result.cells.values())

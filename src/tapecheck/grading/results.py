"""What grading ends in: a `Result` per submission, a `CellResult` per graded cell."""

import csv
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What a graded cell can end as.
VERDICTS = ("passed", "failed", "error", "timeout", "needs-a-look")


class GradingError(Exception):
    """Grading cannot go on; the text is one sentence for whoever ran the command."""


def counted(submissions: int) -> str:
    """`1 submission`, `2 submissions`."""
    return f"{submissions} submission" + ("" if submissions == 1 else "s")


@dataclass(frozen=True)
class CellResult:
    """One graded cell: its points, its verdict, and the sentence a student reads."""

    points: float
    max_points: float
    verdict: str
    message: str = ""
    codes: tuple[str, ...] = ()


# A class of thousands has few different ones: all who pass a cell share theirs.
shared_cell = functools.lru_cache(maxsize=10_000)(CellResult)


@dataclass
class Result:
    """One submission.

    `status` is ``graded``, ``needs-a-look`` (some cell waits for a human) or
    ``refused`` (nothing could be graded; `notes` says why). `notes` are for the
    instructor only; `healed` counts those about the notebook's repair.
    """

    student: str
    assignment: str
    status: str
    score: float
    max_score: float
    cells: dict[str, CellResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    healed: int = 0

    @property
    def examined(self) -> bool:
        """False when the grader itself failed, and should try again."""
        return self.status != "needs-a-look" or bool(self.cells)

    def as_record(self) -> dict[str, Any]:
        """This result in JSON's terms; `from_record` is the way back."""
        cells = {
            name: [c.points, c.max_points, c.verdict, c.message, c.codes]
            for name, c in self.cells.items()
        }
        return {**vars(self), "cells": cells}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Result":
        """The result in a record, which may hold more than that."""
        known = {name: record[name] for name in cls.__dataclass_fields__}
        known["cells"] = {
            name: shared_cell(*rest, tuple(codes))
            for name, (*rest, codes) in record["cells"].items()
        }
        return cls(**known)


def write_csv(results: Iterable[Result], grade_ids: Iterable[str], path: Path) -> None:
    """Write one row per submission and one column per graded cell.

    A refused submission has zero in every cell.
    """
    grade_ids = list(grade_ids)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["student", "assignment", "status", "score", "max_score", *grade_ids]
        )
        for result in results:
            points = [
                result.cells[g].points if g in result.cells else 0 for g in grade_ids
            ]
            numbers = [result.score, result.max_score, *points]
            rows.writerow(
                [result.student, result.assignment, result.status]
                + [f"{number:g}" for number in numbers]
            )

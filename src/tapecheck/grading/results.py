"""What grading ends in: a `Result` per submission, a `CellResult` per graded cell."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

# What a graded cell can end as.
VERDICTS = ("passed", "failed", "error", "timeout", "needs-a-look")


class GradingError(Exception):
    """Grading cannot go on; the text is one sentence for whoever ran the command."""


@dataclass(frozen=True)
class CellResult:
    """One graded cell: its points, its verdict, and the sentence a student reads."""

    points: float
    max_points: float
    verdict: str
    message: str = ""
    codes: tuple[str, ...] = ()


@dataclass
class Result:
    """One submission.

    `status` is ``graded``, ``needs-a-look`` (some cell waits for a human) or
    ``refused`` (nothing could be graded; `notes` says why). `notes` are for the
    instructor only.
    """

    student: str
    assignment: str
    status: str
    score: float
    max_score: float
    cells: dict[str, CellResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


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

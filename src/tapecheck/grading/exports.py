"""Tables that Canvas and Moodle import.

Canvas reads the columns before ``Section`` to find the student, then one column for
each assignment. Moodle's offline grading worksheet is read by ``Identifier``, ``Grade``
and ``Last modified (grade)``. Both keep what they know a student by in the names of
what an instructor downloads; see `tapecheck.grading.lms`.
"""

import csv
import html
from pathlib import Path
from typing import Any

from tapecheck.grading import feedback
from tapecheck.grading.results import Result

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = (
    "Identifier",
    "Full name",
    "Grade",
    "Maximum grade",
    "Last modified (grade)",
    "Feedback comments",
)


def is_final(result: Result) -> bool:
    """Whether no human has to look any more."""
    cells = result.cells.values()
    return result.examined and all(cell.verdict != "needs-a-look" for cell in cells)


def grade_of(result: Result) -> str:
    """The score; nothing while a human still has to look."""
    return f"{result.score:g}" if is_final(result) else ""


def name_of(result: Result, sender: dict[str, Any] | None) -> str:
    """The student's name; never what a spreadsheet would compute."""
    name = sender["name"] if sender else result.student
    return name.lstrip("=+-@\t\r ")


def write_canvas(
    results: list[Result],
    senders: dict[str, dict[str, Any] | None],
    max_score: float,
    path: Path,
) -> None:
    """Write what Canvas imports in its gradebook.

    A student of whom Canvas's id is not known has the folder's name as login.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*CANVAS, results[0].assignment])
        rows.writerow(["    Points Possible", "", "", "", "", f"{max_score:g}"])
        for result in results:
            sender = senders[result.student]
            known = sender is not None and sender["system"] == "canvas"
            rows.writerow(
                [
                    name_of(result, sender),
                    sender["id"] if sender and known else "",
                    "",
                    "" if sender else result.student,
                    "",
                    grade_of(result),
                ]
            )


def write_moodle(
    results: list[Result],
    senders: dict[str, dict[str, Any] | None],
    max_score: float,
    path: Path,
) -> None:
    """Write Moodle's offline grading worksheet, with a sentence for each lost cell."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(MOODLE)
        for result in results:
            sender = senders[result.student]
            known = sender is not None and sender["system"] == "moodle"
            said = [
                html.escape(sentence)
                for sentence, cell in zip(
                    feedback.lines(result), result.cells.values(), strict=True
                )
                if cell.verdict != "passed"
            ]
            rows.writerow(
                [
                    f"Participant {sender['id']}" if sender and known else "",
                    name_of(result, sender),
                    grade_of(result),
                    f"{max_score:g}",
                    "",
                    "<br>".join(said),
                ]
            )

"""What each graded cell ends as, and what may be said about it.

A verdict is kept in the graded cell itself (``metadata.tapecheck``), beside an output
that nbgrader understands, so stock autograding, formgrader and feedback show it.
"""

import re
from dataclasses import dataclass

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade

# A gradient check ends its sentence in its diagnosis: "... [factor|stale]".
CODES = re.compile(r"\[([a-z0-9|-]+)\]\s*$")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Verdict:
    """`message` is for the student, `detail` for the instructor only."""

    verdict: str
    message: str = ""
    detail: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        found = CODES.search(self.message)
        return tuple(found[1].split("|")) if found else ()


def record(cell, verdict: Verdict) -> None:
    """Store a verdict in its cell, in place of whatever the test printed."""
    cell.metadata["tapecheck"] = {
        "verdict": verdict.verdict,
        "message": verdict.message,
        "codes": list(verdict.codes),
        "detail": verdict.detail,
    }
    if verdict.verdict == "passed":
        # A number is nbgrader's way to give part of the points.
        cell.outputs = [o for o in cell.outputs if o.output_type == "execute_result"]
    else:
        said = verdict.message or verdict.verdict
        cell.outputs = [
            nbformat.v4.new_output(
                "error", ename=verdict.verdict, evalue=said, traceback=[said]
            )
        ]


class SaveVerdicts(SaveAutoGrades):
    """nbgrader's scores, and its flag for a human where the verdict asks for one."""

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        if cell.metadata.get("tapecheck", {}).get("verdict") == "needs-a-look":
            self.gradebook.find_grade(
                cell.metadata["nbgrader"]["grade_id"],
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            ).needs_manual_grade = True
            self.gradebook.db.commit()


class JudgeOutputs(NbGraderPreprocessor):
    """The verdict of each graded cell, read off the outputs of its run."""

    def preprocess_cell(self, cell, resources, cell_index):
        if is_grade(cell) and cell.cell_type == "code":
            record(cell, judge(cell.outputs))
        return cell, resources


def judge(outputs) -> Verdict:
    errors = [output for output in outputs if output.output_type == "error"]
    if not errors:
        return Verdict("passed")
    error = errors[-1]
    detail = ANSI.sub("", "\n".join(error.traceback))
    if error.ename == "CellTimeoutError":
        return Verdict("timeout", "Your code did not end in time.", detail)
    if error.ename in ("GradientMismatch", "AssertionError"):
        return Verdict("failed", error.evalue or "A check failed.", detail)
    return Verdict("error", f"{error.ename}: {error.evalue}", detail)

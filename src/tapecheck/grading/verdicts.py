"""What each graded cell ends as, and what may be said about it.

A verdict is kept in the graded cell itself (``metadata.tapecheck``), beside an output
that nbgrader understands, so stock autograding, formgrader and feedback show it.
"""

import builtins
import re
from dataclasses import dataclass

import nbformat

from tapecheck.grading.rows import SaveAutoGrades

# A gradient check ends its sentence in its diagnosis: "... [factor|stale]".
# numpy.testing shows both arrays; only what the test's author said is for students.
NUMPY_MESSAGE = re.compile(
    r"^(?:Arrays are not|Not equal|Items are not).*\n"
    r"(?!Mismatched|\(shapes|\(dtypes| ACTUAL|x and y|nan )(.+)"
)
CODES = re.compile(r"\[([a-z0-9|-]+)\]\s*$")


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


def judge(report: dict, forbidden: tuple[str, ...] = ()) -> Verdict:
    """The verdict on a test cell that raised, from what it raised.

    `report` is what `tapecheck.grading.proxies.report` says. What a student reads is
    made here: of a student's own exception only its kind and the line it came from,
    since its text could spell out what the test gave to the function.
    """
    detail = report["detail"]
    if report["facts"] is not None:
        verdict, message = of_student(report["kind"], report["facts"], forbidden)
        return Verdict(verdict, message, detail)
    kinds = report["types"]
    if {"ExerciseError", "TapesDisagree"} & set(kinds):
        return Verdict("needs-a-look", OUR_FAULT, detail)
    if "AssertionError" in kinds:
        message = report["message"].strip()
        if not (report["in_cell"] or "GradientMismatch" in kinds):
            found = NUMPY_MESSAGE.search(message)
            message = found[1].strip() if found else ""
        return Verdict(
            "failed", message or "A hidden check of this exercise failed.", detail
        )
    if report["asked"] and kinds[0] in UNUSABLE:
        return Verdict(
            "failed",
            "The test could not use what your code returned: it is not what the "
            "exercise asks for.",
            detail,
        )
    return Verdict("needs-a-look", OUR_FAULT, detail)


OUR_FAULT = "The test itself stopped; your teacher will look at it."
# What Python raises when a test unpacks, indexes or adds up something unexpected.
UNUSABLE = ("TypeError", "ValueError", "IndexError", "KeyError", "AttributeError")
BUILTIN = {n for n, v in vars(builtins).items() if isinstance(v, type)}


def of_student(kind: str, facts: dict, forbidden: tuple[str, ...]) -> tuple[str, str]:
    """Verdict and sentence for what a student's code did instead of answering."""
    if kind == "timeout":
        return "timeout", "Your code did not answer in time."
    if kind == "died":
        return "error", f"The process that ran your code ended: {facts['message']}."
    if kind == "unusable":
        return "failed", f"Your code's answer cannot be used: {facts['message']}."
    if facts["type"] == "NotImplementedError":
        return "error", "This exercise is not solved yet: NotImplementedError."
    if facts["type"] == "NotAllowed":
        used = facts["message"].split(" ")[0]
        named = next((n for n in forbidden if f"{used}.".startswith(f"{n}.")), "")
        what = f"`{named}`" if named else "something"
        return "error", f"Your code uses {what}, which this exercise does not allow."
    name = facts["type"] if facts["type"] in BUILTIN else "an exception"
    where = ""
    if facts.get("cell") and facts.get("line"):
        where = f" in cell {facts['cell']}, line {facts['number']}: {facts['line']}"
    if facts.get("missing"):
        return "error", facts["missing"]
    return "error", f"Your code raised {name}{where}"

"""Name the mistake that made a gradient wrong.

Each hypothesis of `tapecheck.hypotheses` predicts the student's array from the
right one. It is kept when it fits every entry to within rounding. Of all that fit,
those on the lowest level of `tapecheck.codes` are named, and all of them: two
mistakes that leave the same numbers cannot be told apart, so neither is accused
alone.

A single number is "some factor times" any other, so a constant is only named when
it has a name: 2, 1/2, the batch size, the learning rate. An unnamed constant is
reported for arrays with at least two entries of different size, and never with
digits, for they would give the right gradient away.
"""

from dataclasses import dataclass

import numpy as np

from tapecheck.compare import Comparison
from tapecheck.hypotheses import (
    Case,
    Context,
    Finding,
    anticipated,
    arranged,
    context_factors,
    finding,
    patterns,
    scaled,
    swapped,
)

__all__ = ["Context", "Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """What to tell a student: the codes that fit equally, a sentence and a hint."""

    name: str
    codes: tuple[str, ...]
    sentence: str
    hint: str


def diagnose(comparison: Comparison, context: Context | None = None) -> Diagnosis:
    """Explain a comparison that is not right.

    Raises:
        ValueError: it is right, so there is nothing to explain.
    """
    if comparison.right:
        raise ValueError(f"{comparison.name} is right")
    with np.errstate(all="ignore"):
        found = _findings(comparison, context or Context())
    lowest = min(finding.level for finding in found)
    tied = {f.code: f for f in reversed(found) if f.level == lowest}
    named = list(reversed(tied.values()))
    return Diagnosis(
        comparison.name,
        tuple(finding.code for finding in named),
        _sentence(comparison.name, named),
        " ".join(dict.fromkeys(finding.hint for finding in named)),
    )


def _findings(comparison: Comparison, context: Context) -> list[Finding]:
    words, code = comparison.words or {}, comparison.code
    if code not in ("shape", "value"):
        return [finding(str(code), **words)]
    case = Case(comparison)
    found = list(anticipated(case, context))
    if code == "shape":
        found += swapped(case, context)
        found += [] if case.is_zero else arranged(case, context)
        return found or [finding("shape", **words)]
    if case.is_zero:
        return [*found, finding("zero")]
    found += context_factors(case, context)
    found += scaled(case.student, case, context)
    found += swapped(case, context)
    found += arranged(case, context)
    return found or [patterns(case)]


def _sentence(name: str, named: list[Finding]) -> str:
    first, *rest = (finding.clause for finding in named)
    if not rest:
        return f"Your {name} {first}."
    ways = "; or it ".join([first, *rest])
    count = {2: "two", 3: "three"}.get(len(named), str(len(named)))
    return f"Your {name} fits {count} mistakes equally: it {ways}."

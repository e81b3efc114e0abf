"""tapecheck: a gradient checker that says why a gradient is wrong."""

from tapecheck.environment import set_variables

set_variables()  # before anything else is imported

from tapecheck.check import GradientMismatch, check_gradient  # noqa: E402
from tapecheck.codes import CODES  # noqa: E402
from tapecheck.compare import ExerciseError  # noqa: E402
from tapecheck.oracles import (  # noqa: E402
    agree,
    central_difference,
    complex_step,
    tape_gradient,
    vjp,
)

__all__ = [
    "CODES",
    "ExerciseError",
    "GradientMismatch",
    "agree",
    "central_difference",
    "check_gradient",
    "complex_step",
    "tape_gradient",
    "vjp",
]

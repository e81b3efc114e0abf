"""tapecheck: a gradient checker that says why a gradient is wrong."""

from tapecheck.environment import set_variables

set_variables()  # before anything else is imported

from tapecheck.check import GradientMismatch, check_gradient  # noqa: E402
from tapecheck.codes import CODES  # noqa: E402
from tapecheck.compare import ExerciseError  # noqa: E402

__all__ = ["CODES", "ExerciseError", "GradientMismatch", "check_gradient"]

"""Grade notebooks: what an instructor calls (needs the extra ``tapecheck[grading]``).

``tapecheck grade SLUG --submissions DIR --out OUT`` is `grade`; ``tapecheck release``
is `release`. The modules behind them, in the order a submission meets them:

* `intake`: which notebook a student handed in, or the one reason to refuse it.
* `reassemble`: the instructor's notebook with the student's answers put back in.
* `execute`: the student's cells in one kernel, the tests in another.
* `verdicts`: what each graded cell ends as, and what may be said about it.
* `feedback`: the page a student gets.
"""

from tapecheck.grading.batch import grade
from tapecheck.grading.release import release
from tapecheck.grading.results import CellResult, GradingError, Result

__all__ = ["CellResult", "GradingError", "Result", "grade", "release"]

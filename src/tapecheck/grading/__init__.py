"""Grade notebooks: what an instructor calls (needs the extra ``tapecheck[grading]``).

``tapecheck grade SLUG --submissions DIR --out OUT`` is `grade`; ``tapecheck release``
is `release`. A class is the business of `batch`, which starts the processes that grade,
and of the `coordinator`, which alone writes what is kept:

* `executor`: those processes, here or on a cluster; `worker` is what each of them does,
  after a `rehearsal`.
* `ledger`: what is finished, whatever dies; `gradebook`: the same for nbgrader.
* `progress`, `exports`, `report`: what the instructor sees.

The modules behind one submission, in the order it meets them (its gradebook is a
`private` one, which nbgrader asks about all `rows` at once):

* `intake`: which notebook a student handed in, or the one reason to refuse it; `lms`:
  how Moodle and Canvas name it.
* `reassemble`: the instructor's notebook with the student's answers put back in.
* `execute`: the student's cells in one kernel (`student`, in a `sandbox`, with the
  `agent` inside), the tests in another (`trusted`, with `proxies` for the student's
  names).
* `kernels`: how a kernel is started and spoken to; over the `wire` tests ask students.
  `warm` kernels are forked from a `fork_server`, which the coordinator is `lending` to
  its workers, and `confine` themselves; `seccomp` is the filter of system calls of both
  kinds. `doctor` attacks both.
* `verdicts`: what each graded cell ends as, and what may be said about it.
* `feedback`: the page a student gets.
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapecheck.grading.batch import grade
    from tapecheck.grading.releasing import release
    from tapecheck.grading.results import CellResult, GradingError, Result

__all__ = ["CellResult", "GradingError", "Result", "grade", "release"]

if "jsonschema" not in sys.modules:
    # jsonschema would spend 1.4 seconds on it, for a format that notebooks do not have.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

HOMES = {"grade": "batch", "release": "releasing"}


def __getattr__(name: str) -> Any:
    # Imported when asked for: kernels import `agent` and `proxies` from here, and
    # nbgrader takes seconds.
    if name not in __all__:
        raise AttributeError(name)
    home = importlib.import_module(f"{__name__}.{HOMES.get(name, 'results')}")
    return getattr(home, name)

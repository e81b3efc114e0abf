"""A whole class: what to grade, where, and who may write there.

Whatever dies, the same command goes on from there. This module imports nothing that
takes long, so that workers start while nbgrader is imported.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from errno import EACCES, EDQUOT, EIO, ENOSPC, EPERM, EROFS
from pathlib import Path

from tapecheck.grading import intake, warm
from tapecheck.grading import sandbox as locked_up
from tapecheck.grading.course import Assignment, find_course
from tapecheck.grading.executor import Workers, open_workers
from tapecheck.grading.ledger import LEDGER
from tapecheck.grading.progress import show
from tapecheck.grading.results import GradingError, Result, counted


class Stopped(GradingError):
    """Whoever started the grading stopped it."""


def grade(
    slug: str | Sequence[str],
    submissions: Path,
    out: Path,
    *,
    course: Path | None = None,
    cell_timeout: float = 60,
    sandbox: bool = True,
    workers: int | None = None,
    scheduler: str = "",
    gradebook_url: str = "",
    seed: int | None = None,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
    work: Callable | None = None,
) -> list[Result]:
    """Grade every submission of the assignment `slug` in `submissions`.

    `submissions` is a folder or a zip; see `tapecheck.grading.intake`. Writes
    ``out/grades.csv``, ``canvas.csv``, ``moodle.csv``, ``report.html``,
    ``feedback/<student>.html``, ``gradebook.db`` (or the database `gradebook_url`
    names) and, for nbgrader's own tools, the course folder ``out/nbgrader/``. A cell
    may run for `cell_timeout` seconds. Without `sandbox` student code runs
    unprotected, which every result's notes say. When `slug` is a list, each of its
    assignments has a folder ``submissions/<slug>`` and one ``out/<slug>``.

    What ``out/ledger.jsonl`` has already is graded again only when the submission or
    the source changed, or with `force`, or with another `seed` (of what the tests
    draw; None: a new one for each submission, and any will do). It runs in `workers`
    processes (default: `executor.usual_width`), or on the Dask cluster at `scheduler`.
    `progress` gets one line per submission and a summary; without it they go to the
    standard error, with a bar on a terminal. `work` grades one submission in a worker
    (default: `worker.grade`).

    Returns one `Result` per submission, in order of name. Raises GradingError when
    nothing can be graded: no such assignment, no submissions, no sandbox on this
    machine, no gradebook; `Stopped` on Ctrl-C, and what is done is kept.
    """
    if sandbox and (why := locked_up.missing()):
        raise GradingError(f"{why}; or grade with --no-sandbox")
    submissions, out = Path(submissions), Path(out).resolve()
    one = isinstance(slug, str)
    tasks = []
    for name in dict.fromkeys([slug] if isinstance(slug, str) else slug):
        assignment = Assignment(course or find_course(), name)
        folder = submissions if one else submissions / name
        handed_in = intake.handed_in(folder, assignment)
        if not handed_in:
            raise GradingError(
                f"{folder} holds no submission; expected <student>/{name}.ipynb"
            )
        tasks.append((assignment, handed_in, out if one else out / name))
    total = sum(len(handed_in) for _, handed_in, _ in tasks)
    with contextlib.ExitStack() as stack:
        for _, _, target in tasks:
            stack.enter_context(sole_writer(target))
        stack.enter_context(disk_troubles(out))
        shown = stack.enter_context(show(total, progress))
        batches: list = []
        try:
            with opened(workers, scheduler) as pool:
                for assignment, _, target in tasks:
                    if sandbox and (force or not (target / LEDGER).exists()):
                        get_ready(pool, assignment)

                # Imports nbgrader: by now workers do, too.
                from tapecheck.grading import coordinator, worker

                settings = worker.Settings(cell_timeout, sandbox, seed)
                batches = [
                    coordinator.Batch(*task, settings, gradebook_url, force, shown)
                    for task in tasks
                ]
                for batch in batches:
                    if sandbox and batch.is_any_new:
                        get_ready(pool, batch.assignment)
                for batch in batches:
                    batch.prepare()
                coordinator.run(batches, shown, pool, work or worker.grade)
        except KeyboardInterrupt:
            done = sum(batch.done for batch in batches)
            raise Stopped(
                f"stopped; {done} of {counted(total)} are graded and "
                "kept, and the same command goes on from there"
            ) from None
        return [result for batch in batches for result in batch.conclude()]


@contextlib.contextmanager
def opened(workers: int | None, scheduler: str) -> Iterator[Workers]:
    """The workers that the command's options name, ended in the end."""
    pool = open_workers(workers, scheduler)
    try:
        yield pool
    finally:
        pool.stop()


def get_ready(pool: Workers, assignment: Assignment) -> None:
    """Have workers start, and the fork server that this assignment needs."""
    pool.get_ready(warm.frameworks(assignment.notebook), assignment.data)


@contextlib.contextmanager
def sole_writer(out: Path) -> Iterator[None]:
    """Keep a second coordinator out of `out` for as long as this one lives."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GradingError(
                f"another run is grading into {out}; wait for it or stop it"
            ) from None
        yield


@contextlib.contextmanager
def disk_troubles(out: Path) -> Iterator[None]:
    """One sentence when `out` cannot be written."""
    try:
        yield
    except OSError as error:
        # copytree gathers what went wrong, without a number.
        many = error.args[0][0][2] if isinstance(error, shutil.Error) else ""
        if not many and error.errno not in (ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EIO):
            raise
        raise GradingError(
            f"{error.filename or out} cannot be written ({many or error.strerror}); "
            "what is graded is kept: mend it and run the same command again"
        ) from error

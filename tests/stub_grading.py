"""A class graded without kernels: where queues, faults and files are the point.

`work` stands in for `tapecheck.grading.worker.grade`. What a submission earns stands
in it, as a comment of its first cell: ``# passes: square-value linear-dx``. What it
does to its worker does, too: ``# does: die-once``.

    python tests/stub_grading.py COURSE SUBMISSIONS OUT WORKERS

is ``tapecheck grade`` like that, in a process that a test can kill.
"""

import functools
import os
import re
import signal
import sys
import time
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import nbformat

from tapecheck.grading import CellResult, Result, grade, worker
from tapecheck.grading.worker import Graded, Job, check_disk

sys.path.insert(0, str(Path(__file__).parent / "hostile"))

import assignment  # noqa: E402

SLUG = assignment.SLUG
POINTS = assignment.points(SLUG)
SOLUTIONS = ("square", "linear", "layer")


def hand_in(folder: Path, student: str, passes="", does="", slug=SLUG) -> None:
    """Write a submission for `work`."""
    cell = nbformat.v4.new_code_cell(f"# passes: {passes}\n# does: {does}")
    path = folder / student / f"{slug}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def work(job: Job) -> Graded:
    """Grade as the submission says."""
    Path(os.environ["STUB_CALLS"], f"{job.student} {time.monotonic_ns()}").touch()
    submission, slug = worker.read(job), job.slug
    if submission.notebook is None:
        return worker.refused(submission, worker.unpacked_assignment(job.course, slug))
    notebook = nbformat.writes(submission.notebook)
    told = dict(re.findall(r"# (\w+): ([^\\\"\n]*)", notebook))
    misbehave(job.student, told["does"])
    check_disk()
    with zipfile.ZipFile(BytesIO(job.course)) as course:
        source = course.read(f"solutions/{slug}/{slug}.ipynb").decode()
    passes = set(told["passes"].split())
    if "everyone passes" in source:
        passes = set(POINTS)
    cells = {
        name: CellResult(points, points, "passed")
        if name in passes
        else CellResult(0, points, "failed", f"{name} <b>wrong</b> [sign]", ("sign",))
        for name, points in POINTS.items()
        if f'"{name}"' in source
    }
    score = sum(cell.points for cell in cells.values())
    highest = sum(cell.max_points for cell in cells.values())
    notes = list(submission.notes)
    return Graded(
        Result(job.student, slug, "graded", score, highest, cells, notes),
        page=f"<p>{score}</p>",
        notebook=notebook,
        submitted={f"{slug}.ipynb": notebook.encode()},
        grades={name: (cell.points, False) for name, cell in cells.items()},
        comments=dict.fromkeys(SOLUTIONS),
        facts={"seed": job.settings.seed or 1, "seconds": 0.01},
    )


def misbehave(student: str, how: str) -> None:
    first = Path(os.environ["STUB_CALLS"], f"first of {student}")
    if how == "die" or how == "die-once" and not first.exists():
        first.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "raise":
        raise ValueError("no good")
    if how.startswith("sleep"):
        time.sleep(float(how.split()[1]))


def calls(folder: Path) -> list[str]:
    """Whose submissions were given to a worker, once for each time."""
    names = (path.name.rpartition(" ")[0] for path in folder.glob("* [0-9]*"))
    return sorted(names)


def scores(results: list[Result]) -> Mapping[str, float]:
    return {result.student: result.score for result in results}


if __name__ == "__main__":
    course, submissions, out = map(Path, sys.argv[1:4])
    from stub_grading import work as importable

    from tapecheck import cli, grading

    # A shell that started the tests in the background would have it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(course)
    grading.grade = functools.partial(grade, work=importable)
    sys.exit(
        cli.main(
            [
                *("grade", SLUG, "--submissions", str(submissions), "--out", str(out)),
                *("--workers", sys.argv[4], "--no-sandbox"),
            ]
        )
    )

"""A class of thousands without kernels: does the coordinator stay small and linear?

    python -m benchmarks.simulate_class [SUBMISSIONS]

Everything is real but the grading of one submission: intake, processes, ledger, files,
gradebook, tables, report. `work` returns at once, with as many cells as chapter 3's
assignment has, so the figures are the coordinator's own, and the rate is the most it
could take from any number of workers.
"""

import functools
import random
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution
from traitlets.config import Config

from tapecheck.grading import CellResult, Result, grade, gradebook, worker
from tapecheck.grading.course import Assignment, configure
from tapecheck.grading.ledger import Ledger
from tapecheck.grading.releasing import generate
from tapecheck.grading.worker import Graded, Job

ROOT = Path(__file__).parents[1]
SLUG = "03-backprop-by-hand"
ASSIGNMENT = Assignment(ROOT, SLUG)
SENTENCE = "dL/dW is not the gradient: it is -1 times what the tape finds. [sign]"


def work(job: Job) -> Graded:
    """Half of the cells pass, by chance; nothing is run."""
    chance = random.Random(job.student)
    cells = {
        name: CellResult(points, points, "passed")
        if chance.random() < 0.5
        else CellResult(0, points, "failed", SENTENCE, ("sign",))
        for name, points in ASSIGNMENT.points.items()
    }
    score = sum(cell.points for cell in cells.values())
    highest = sum(ASSIGNMENT.points.values())
    notebook = nbformat.writes(worker.read(job).notebook)
    return Graded(
        Result(job.student, SLUG, "graded", score, highest, cells),
        page="<p>stub</p>",
        notebook=notebook,
        submitted={f"{SLUG}.ipynb": notebook.encode()},
        grades={name: (cell.points, False) for name, cell in cells.items()},
        comments=dict.fromkeys(ASSIGNMENT.solution_ids),
        facts={"seed": 1, "seconds": 0.001},
    )


def hand_in(folder: Path, count: int) -> None:
    """Small submissions, each with all of the answers' cells."""
    cells = [c for c in ASSIGNMENT.notebook.cells if is_solution(c)]
    own = nbformat.v4.new_code_cell("# submission NUMBER")
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[*cells, own]))
    for number in range(count):
        path = folder / f"student-{number:05}" / f"{SLUG}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text.replace("NUMBER", str(number)), encoding="utf-8")


def memory() -> float:
    """This process's resident memory now, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("no VmRSS in /proc/self/status")


class Watch:
    """Counts progress lines; memory and time at every tenth of the class."""

    def __init__(self, total: int):
        self.total, self.seen = total, 0
        self.started = time.monotonic()

    def __call__(self, line: str) -> None:
        self.seen += 1
        if self.seen <= self.total and self.seen % max(1, self.total // 10) == 0:
            self.say(f"{self.seen} graded")

    def say(self, what: str) -> None:
        seconds = time.monotonic() - self.started
        print(f"{what:>22} {seconds:8.1f} s {memory():8.0f} MB", flush=True)


def loads(ledger: Path, folder: Path, count: int) -> None:
    """Time the gradebook's load for parts of the class, each into a new database."""
    records = Ledger(ledger)
    students = sorted(records.entries)
    for part in (count // 8, count // 4, count // 2, count):
        place = folder / f"part-{part}"
        place.mkdir()
        config = Config()
        configure(config)
        config.CourseDirectory.db_url = f"sqlite:///{place / 'gradebook.db'}"
        generate(ASSIGNMENT, place, config)
        started = time.monotonic()
        gradebook.load(config, SLUG, records.records(students[:part]))
        seconds = time.monotonic() - started
        print(f"{part:8} {seconds:8.2f} s {1000 * seconds / part:8.2f} ms each")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        hand_in(folder / "in", count)
        watch = Watch(count)
        grade_all = functools.partial(
            grade,
            *(SLUG, folder / "in", folder / "out"),
            course=ROOT,
            sandbox=False,
            progress=watch,
            work=importable(),
        )
        print(f"{count} submissions, graded by a stub: time and coordinator's memory")
        watch.say("start")
        grade_all()
        watch.say("gradebook and report")
        watch.started = time.monotonic()
        grade_all()
        watch.say("again, all unchanged")
        print("Gradebook (SQLite), parts of the class into a new database each")
        loads(folder / "out" / "ledger.jsonl", folder, count)


def importable():
    """`work` under a name that a worker can import, not ``__main__``'s."""
    from benchmarks.simulate_class import work

    return work


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

"""What the coordinator does: it hands out a class's submissions and keeps the results.

It writes each result to the disk and the ledger before it counts.
"""

import functools
import os
import secrets
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from traitlets.config import Config

from tapecheck.grading import exports, gradebook, intake, report, worker
from tapecheck.grading.course import SOURCE, Assignment, configure
from tapecheck.grading.executor import ClusterLost, WorkerDied, Workers, outcome
from tapecheck.grading.ledger import LEDGER, Ledger
from tapecheck.grading.progress import Lines
from tapecheck.grading.releasing import generate
from tapecheck.grading.results import GradingError, Result, counted, write_csv
from tapecheck.grading.worker import Graded, Job, Settings

WORKSPACE = "nbgrader"
TRIES = 2  # a submission that fails its worker so often needs a human


def line(result: Result, seconds: float) -> str:
    """One submission's progress line."""
    start = f"{result.student}: "
    if result.status == "refused":
        return start + "refused: " + result.notes[0].removeprefix(start)
    notes = "".join(f"\n    {note}" for note in result.notes)
    score = f"{result.score:g} of {result.max_score:g}"
    return start + f"{result.status}, {score} ({seconds:.1f} s)" + notes


def summary(results: Iterable[Result], kept: int, where: Path) -> str:
    """The last line: how many ended how, and where the grades are."""
    statuses = [result.status for result in results]
    counts = [
        f"{statuses.count(status)} {status}"
        for status in ("graded", "needs-a-look", "refused")
    ]
    unchanged = f" ({kept} unchanged)" if kept else ""
    return f"{', '.join(counts)} of {counted(len(statuses))}{unchanged}: {where}"


@dataclass
class Flight:
    """A job that a worker has."""

    batch: "Batch"
    job: Job
    handed_in: intake.HandedIn
    since: float
    tries: int = 1


class Batch:
    """One run: a course of its own below `out`, and its ledger."""

    def __init__(
        self,
        assignment: Assignment,
        handed_in: list[intake.HandedIn],
        out: Path,
        settings: Settings,
        gradebook_url: str,
        force: bool,
        shown: Lines,
    ):
        self.assignment, self.handed_in, self.out = assignment, handed_in, out
        self.settings, self.force, self.shown = settings, force, shown
        self.kept = 0  # results of an earlier run that still stand
        self.workspace = out / WORKSPACE
        self.course = b""  # what every job brings along; made by `prepare`
        (out / "feedback").mkdir(exist_ok=True)
        self.config = Config()
        configure(self.config)
        self.config.CourseDirectory.root = str(self.workspace)
        self.database = out / worker.GRADEBOOK  # unless another was named
        self.config.CourseDirectory.db_url = (
            gradebook_url or f"sqlite:///{self.database}"
        )
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        self.source = worker.digest(assignment, settings)
        self.ledger = Ledger(out / LEDGER)
        for sentence in self.ledger.damaged:
            shown.remark(sentence)

    @property
    def slug(self) -> str:
        return self.assignment.slug

    @property
    def max_score(self) -> float:
        return sum(self.assignment.points.values())

    @property
    def done(self) -> int:
        """How many results stand, those among them that were written just now."""
        written = self.ledger.path.read_text("utf-8")
        return self.kept + written.count(f'"run":"{self.run_id}"')

    def prepare(self) -> None:
        """nbgrader's course folder and its gradebook, with this assignment in them.

        And what workers need, while they start.
        """
        self.workspace.mkdir(exist_ok=True)
        shutil.rmtree(self.workspace / SOURCE / self.slug, ignore_errors=True)
        existed = self.database.exists()
        gradebook.fit(self.config, self.assignment)
        with gradebook.opened(self.config):
            generate(self.assignment, self.workspace, self.config)
        where = self.config.CourseDirectory
        write(
            self.workspace / "nbgrader_config.py",
            "from tapecheck.grading.course import configure\n\n"
            "c = get_config()\n"
            "configure(c)\n"
            f"c.CourseDirectory.root = {where.root!r}\n"
            f"c.CourseDirectory.db_url = {where.db_url!r}\n",
        )
        if self.is_any_new:
            # A new gradebook has no student in it.
            is_new = self.database.exists() and not existed
            self.course = worker.pack(
                self.assignment, self.database if is_new else None
            )

    # --- grading -----------------------------------------------------------------

    def to_grade(self) -> Iterator[Flight]:
        """Read one submission after the other; what needs no worker ends here."""
        for one in self.handed_in:
            raw = one.read()
            if self.is_done(one.student, raw.digest):
                self.kept += 1
                self.shown.unchanged()
            elif raw.refusal:
                submission = intake.understand(raw, self.assignment)
                graded = worker.refused(submission, self.assignment)
                self.keep(one, raw.digest, graded)
            else:
                job = Job(raw, self.slug, self.course, self.settings)
                yield Flight(self, job, one, 0)

    @functools.cached_property
    def is_any_new(self) -> bool:
        handed_in = self.handed_in
        return any(not self.is_done(o.student, o.read().digest) for o in handed_in)

    def is_done(self, student: str, digest: str) -> bool:
        """Whether the ledger's result still stands, and its pages are there."""
        entry = self.ledger.entries.get(student)
        if entry is None or self.force or not entry.finished:
            return False
        if (entry.submission, entry.source) != (digest, self.source):
            return False
        if not entry.graded:  # refused, and would be again
            return True
        return (
            self.settings.seed in (None, entry.seed)
            and self.page(student).is_file()
            and self.autograded(student).is_file()
        )

    def land(self, flight: Flight, future: Future) -> bool:
        """Keep what a worker returned; False when it should be tried again."""
        job = flight.job
        try:
            graded = outcome(future)
        except ClusterLost:
            raise
        except Exception as error:
            # Whatever a worker raises is about this submission or that machine.
            if flight.tries < TRIES:
                return False
            known = isinstance(error, GradingError | WorkerDied | OSError)
            kind = "" if known else f"{type(error).__name__}: "
            self.give_up(flight, f"{kind}{error}")
            return True
        self.keep(flight.handed_in, job.raw.digest, graded)
        return True

    def give_up(self, flight: Flight, why: str) -> None:
        """The grader failed: a human has to look, and the next run tries again."""
        raw = flight.job.raw
        notes = [*raw.notes, why]
        result = Result(
            raw.student, self.slug, "needs-a-look", 0, self.max_score, {}, notes
        )
        self.keep(flight.handed_in, raw.digest, Graded(result))

    def keep(self, one: intake.HandedIn, digest: str, graded: Graded) -> None:
        """Write what came back, then add it to the ledger: now it counts."""
        student = one.student
        if graded.notebook:
            for step in ("submitted", "feedback"):
                folder = self.workspace / step / student / self.slug
                page = {f"{self.slug}.html": graded.page.encode()}
                worker.stage(folder, page if step == "feedback" else graded.submitted)
            write(self.autograded(student), graded.notebook)
        if graded.page and intake.NAME.fullmatch(student):
            write(self.page(student), graded.page)
        record = {
            "run": self.run_id,
            **graded.result.as_record(),
            "submission": digest,
            "source": self.source,
            "seed": None,
            "sandbox": self.settings.sandbox,
            "finished": graded.result.examined,
            "sender": vars(one.sender) if one.sender else None,
            **graded.facts,
            "grades": graded.grades,
            "comments": graded.comments,
        }
        self.ledger.append(record)
        self.shown.finished(line(graded.result, graded.facts.get("seconds", 0)))

    def page(self, student: str) -> Path:
        return self.out / "feedback" / f"{student}.html"

    def autograded(self, student: str) -> Path:
        folder = self.workspace / "autograded" / student / self.slug
        return folder / f"{self.slug}.ipynb"

    # --- results -----------------------------------------------------------------

    def conclude(self) -> list[Result]:
        """Fill the gradebook and write the tables and the report."""
        students = [one.student for one in self.handed_in]
        gradebook.load(self.config, self.slug, self.ledger.records(students))
        results, senders, seconds = [], {}, {}
        for record in self.ledger.records(students):
            result = Result.from_record(record)
            results.append(result)
            senders[result.student] = record["sender"]
            seconds[result.student] = record.get("seconds", 0)
        gradebook.apply_manual(self.config, self.slug, results)
        points = self.assignment.points
        write_csv(results, points, self.out / "grades.csv")
        exports.write_canvas(results, senders, self.max_score, self.out / "canvas.csv")
        exports.write_moodle(results, senders, self.max_score, self.out / "moodle.csv")
        changes = self.changes(students)
        for change in changes:
            self.shown.remark(f"{change.student}: {change.before:g} -> {change.now:g}")
        if waiting := sum(not exports.is_final(result) for result in results):
            self.shown.remark(
                f"canvas.csv and moodle.csv have no grade yet for {counted(waiting)}: "
                "a human must look first (see report.html)"
            )
        page = report.page(self.slug, points, results, seconds, changes)
        write(self.out / "report.html", page)
        where = self.out / "grades.csv"
        self.shown.remark(summary(results, self.kept, where))
        self.ledger.close()
        return results

    def changes(self, students: list[str]) -> list[report.Change]:
        """Whose score is not what the grading before this one gave."""
        found = []
        for student in students:
            before, now = self.ledger.before(student), self.ledger.last(student)
            if before is not None and before["score"] != now["score"]:
                found.append(report.Change(student, before["score"], now["score"]))
        return found


def run(
    batches: Iterable[Batch],
    shown: Lines,
    pool: Workers,
    work: Callable[[Job], Graded],
) -> None:
    """Have every submission graded that the ledgers do not have."""
    flying: dict[Future, Flight] = {}
    again: deque[Flight] = deque()
    new = (flight for batch in batches for flight in batch.to_grade())
    more = True
    while True:
        width = pool.width
        while len(flying) < width and (again or more):
            flight = again.popleft() if again else next(new, None)
            if flight is None:
                more = False
                continue
            flight.since = time.monotonic()
            flying[pool.submit(work, flight.job)] = flight
        if not flying:
            return
        done, _ = wait(flying, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            flight = flying.pop(future)
            if not flight.batch.land(flight, future):
                flight.tries += 1
                again.append(flight)
        now = time.monotonic()
        shown.tick((f.job.student, now - f.since) for f in flying.values())


def write(path: Path, text: str) -> None:
    """Write a file that is either there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)

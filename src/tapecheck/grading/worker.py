"""Grade one submission in a process of its own: a job in, a plain result out.

A worker never sees the class's gradebook. A job brings all it needs, so a worker may
run on another machine that knows nothing but this package.
"""

import atexit
import functools
import hashlib
import importlib.metadata
import io
import os
import platform
import secrets
import shutil
import socket
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from tapecheck.grading import feedback, private
from tapecheck.grading.course import SOURCE, Assignment, configure
from tapecheck.grading.intake import Raw, Submission, understand
from tapecheck.grading.releasing import generate, run
from tapecheck.grading.results import CellResult, GradingError, Result
from tapecheck.grading.rows import Rows

WRITTEN = "Your teacher reads this answer."
GRADEBOOK = "gradebook.db"
TEMPLATE = {"HTMLExporter": {"template_name": "feedback"}}
NEEDED = 64_000_000  # bytes that must be free, or a student's file may not fit

# nbgrader keeps state in the environment and changes the folder: one at a time.
one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Settings:
    """What the grading of every submission of a class has in common."""

    cell_timeout: float = 60
    sandbox: bool = True
    seed: int | None = None  # of what tests draw; None: a new one for each


@dataclass(frozen=True)
class Job:
    """One submission and everything that grading it needs."""

    raw: Raw
    slug: str
    course: bytes  # made by `pack`
    settings: Settings

    @property
    def student(self) -> str:
        return self.raw.student


@dataclass
class Graded:
    """What comes back: the result, and what nbgrader read and wrote."""

    result: Result
    page: str = ""
    notebook: str = ""  # as graded; none when the submission was refused
    submitted: dict[str, bytes] = field(default_factory=dict)
    # For the gradebook: cell -> automatic points, whether a human must look.
    grades: dict[str, tuple[float | None, bool]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def pack(assignment: Assignment, gradebook: Path | None = None) -> bytes:
    """The assignment, the course's data and an empty gradebook, as one zip.

    Without a `gradebook` (SQLite) that has the assignment and no student, one is made.
    """
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="tapecheck-") as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        if gradebook is None:
            generate(assignment, Path(folder))
            gradebook = Path(folder) / GRADEBOOK
        archive.write(gradebook, GRADEBOOK)
        for name, path in course_files(assignment):
            archive.write(path, name)
    return packed.getvalue()


def course_files(assignment: Assignment) -> list[tuple[str, Path]]:
    """What of a course counts for one assignment: its source and the data."""
    course = assignment.course.resolve()
    files = []
    for folder in (course / SOURCE / assignment.slug, course / "data"):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(course)
            hidden = any(part.startswith((".", "__")) for part in name.parts)
            if path.is_file() and not hidden:
                files.append((str(name), path))
    return files


def digest(assignment: Assignment, settings: Settings) -> str:
    """A hash of what, beside the submission, decides its grade."""
    whole = hashlib.sha256(
        f"{version()} {settings.cell_timeout} {settings.sandbox}".encode()
    )
    for name, path in course_files(assignment):
        data = path.read_bytes()
        whole.update(f"{len(name)} {name} {len(data)} ".encode())
        whole.update(data)
    return whole.hexdigest()


def version(package: str = "tapecheck") -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def versions() -> dict[str, str]:
    """What graded: this package and what answers and tests are computed with."""
    names = ("tapecheck", "nbgrader", "numpy", "tensorflow", "tensorflow-cpu", "torch")
    found = {name: version(name) for name in names}
    found["python"] = platform.python_version()
    return {name: number for name, number in found.items() if number}


@functools.lru_cache(maxsize=1)
def unpack(course: bytes) -> Path:
    """A course on this machine's disk, until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="tapecheck-course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(course)) as archive:
        archive.extractall(folder)
    return folder


@functools.lru_cache(maxsize=1)
def unpacked_assignment(course: bytes, slug: str) -> Assignment:
    return Assignment(unpack(course), slug)


def read(job: Job) -> Submission:
    """The notebook that a job is about, or why there is none."""
    return understand(job.raw, unpacked_assignment(job.course, job.slug))


def refused(submission: Submission, assignment: Assignment) -> Graded:
    """Nothing to grade: a row, a page, and no entry in the gradebook."""
    slug, student = assignment.slug, submission.student
    notes = [submission.refusal, *submission.notes]
    highest = sum(assignment.points.values())
    said = f"Your submission could not be graded: {submission.refusal}."
    return Graded(
        Result(student, slug, "refused", 0, highest, {}, notes),
        feedback.plain(slug, student, [said]),
    )


def check_disk() -> None:
    """Raises OSError when a student's files might not fit."""
    where = tempfile.gettempdir()
    if shutil.disk_usage(where).free < NEEDED:
        raise OSError(f"less than {NEEDED // 1_000_000} MB are free in {where}")


def grade(job: Job) -> Graded:
    """Grade one submission; nothing is left behind but what is returned.

    Raises GradingError when nbgrader cannot, OSError when this machine cannot.
    """
    with one_at_a_time, tempfile.TemporaryDirectory(prefix="tapecheck-") as folder:
        check_disk()
        started, clock = datetime.now(UTC), time.monotonic()
        submission = read(job)
        if submission.notebook is None:
            return refused(submission, unpacked_assignment(job.course, job.slug))
        graded = Grading(job, submission, Path(folder).resolve()).grade()
        # A disk that filled up meanwhile may have cost the student points.
        check_disk()
        graded.facts |= {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - clock, 3),
            "worker": f"{socket.gethostname()}:{os.getpid()}",
            "versions": versions(),
        }
        return graded


class Grading:
    """One submission's way through nbgrader, in a course folder of its own."""

    def __init__(self, job: Job, submission: Submission, root: Path):
        self.job, self.submission, self.root = job, submission, root
        course = unpack(job.course)
        shutil.copytree(course / SOURCE, root / SOURCE)
        self.assignment = Assignment(root, job.slug)
        seed = job.settings.seed
        self.seed = secrets.randbits(32) if seed is None else seed
        self.config = Config()
        configure(self.config)
        self.config.Autograde.pre_convert_hook = None  # `read` has looked at it
        self.config.CourseDirectory.root = str(root)
        self.config.CourseDirectory.db_url = private.URL
        self.config.TwoKernels.cell_timeout = job.settings.cell_timeout
        self.config.TwoKernels.call_timeout = min(30, job.settings.cell_timeout)
        self.config.TwoKernels.sandbox = job.settings.sandbox
        self.config.TwoKernels.data = str(course / "data")
        self.config.TwoKernels.seed = self.seed

    def grade(self) -> Graded:
        with private.gradebook((unpack(self.job.course) / GRADEBOOK).read_bytes()):
            return self.graded_by_nbgrader()

    def graded_by_nbgrader(self) -> Graded:
        name = f"{self.job.slug}.ipynb"
        notebook = nbformat.writes(self.submission.notebook).encode()
        submitted = {**self.submission.files, name: notebook}
        stage(self.folder("submitted"), submitted)
        run(self.converter(Autograde), "nbgrader could not grade it")
        graded = self.graded()
        graded.submitted = submitted
        try:
            converter = self.converter(GenerateFeedback)
            converter.update_config(Config(TEMPLATE))
            run(converter, "nbgrader could not write feedback")
            page = self.folder("feedback") / f"{self.job.slug}.html"
            graded.page = page.read_text(encoding="utf-8")
        except GradingError as error:
            graded.result.notes.append(str(error))
            said = feedback.lines(graded.result)
            graded.page = feedback.plain(self.job.slug, self.job.student, said)
        return graded

    def folder(self, step: str) -> Path:
        return self.root / step / self.job.student / self.job.slug

    def converter(self, kind):
        """One of nbgrader's converters, for this student."""
        folder = CourseDirectory(config=self.config)
        folder.assignment_id, folder.student_id = self.job.slug, self.job.student
        made = kind(coursedir=folder, config=self.config)
        made.force = True
        return made

    def graded(self) -> Graded:
        """What the private gradebook and the graded notebook say."""
        path = self.folder("autograded") / f"{self.job.slug}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        seen = notebook.metadata.get("tapecheck", {})
        said = {
            cell.metadata.nbgrader.grade_id: cell.metadata.tapecheck
            for cell in notebook.cells
            if "tapecheck" in cell.metadata
        }
        about = {
            "notebook": self.job.slug,
            "assignment": self.job.slug,
            "student": self.job.student,
        }
        with Rows(Gradebook(private.URL), about) as rows:
            cells = {name: cell(g, said.get(name)) for name, g in rows.grades.items()}
            grades = {
                name: (g.auto_score, g.needs_manual_grade)
                for name, g in rows.grades.items()
            }
            comments = {name: c.auto_comment for name, c in rows.comments.items()}
            score, max_score = rows.submission.score, rows.submission.max_score
        look = any(
            cell.verdict == "needs-a-look" and name not in self.assignment.written
            for name, cell in cells.items()
        )
        result = Result(
            self.job.student,
            self.job.slug,
            "needs-a-look" if look else "graded",
            score,
            max_score,
            {name: cells[name] for name in self.assignment.points},
            [*self.submission.notes, *seen.get("notes", [])],
            healed=seen.get("healed", 0),
        )
        facts = {"seed": self.seed, "times": dict(seen.get("times", {}))}
        text = path.read_text(encoding="utf-8")
        return Graded(
            result, notebook=text, grades=grades, comments=comments, facts=facts
        )


def stage(folder: Path, files: dict[str, bytes]) -> None:
    """Lay out what was submitted, and nothing else, in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def cell(grade, said: dict | None) -> CellResult:
    """One graded cell, from its row in the gradebook and the verdict beside it."""
    if said is None:
        waits = grade.needs_manual_grade
        said = {
            "verdict": "needs-a-look" if waits else "failed",
            "message": WRITTEN if waits else "There is no answer.",
            "codes": [],
        }
    return CellResult(
        grade.score,
        grade.max_score,
        said["verdict"],
        said["message"],
        tuple(said["codes"]),
    )

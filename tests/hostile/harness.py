"""Grade hostile notebooks by ours and by stock nbgrader, and see what they left.

A case is one small file in ``cases/``. Its first comment says what it tries. A line
``# loses:`` says what it deserves to lose: ``everything``, ``nothing``, ``refused`` or
grade ids. Then come either cells, each under a line ``# %% <grade id>``, which replace
those of the right notebook (``# %% own`` is a cell of the student's own, after the one
before), or a function ``hand_in(folder, notebook)`` that writes the submission.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import assignment
import nbformat

HERE = Path(__file__).parent
OURS_LIMITS = {"memory": 1_500_000_000, "disk": 64_000_000}
CELL_TIMEOUT = 4.0


@dataclass(frozen=True)
class Case:
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tries(self) -> str:
        return self.text.splitlines()[0].removeprefix("# ")

    def header(self, key: str, default: str = "") -> str:
        found = re.search(rf"^# {key}: (.+)$", self.text, re.MULTILINE)
        return found[1].strip() if found else default

    @property
    def slug(self) -> str:
        return self.header("assignment", assignment.SLUG)

    @property
    def refused(self) -> bool:
        return self.header("loses") == "refused"

    @property
    def points(self) -> dict[str, float]:
        """What each graded cell deserves."""
        full = assignment.points(self.slug)
        loses = self.header("loses")
        if loses in ("everything", "refused"):
            lost = set(full)
        else:
            lost = {name.strip() for name in loses.split(",")} - {"nothing"}
        assert lost <= set(full), f"{self.path}: {lost}"
        return {name: 0.0 if name in lost else value for name, value in full.items()}

    def write(self, folder: Path) -> None:
        """Hand the notebook in, as ``folder/<name>/...``."""
        notebook = assignment.answered(self.slug)
        if "def hand_in(" in self.text:
            namespace: dict = {}
            exec(compile(self.text, str(self.path), "exec"), namespace)
            (folder / self.name).mkdir(parents=True)
            namespace["hand_in"](folder / self.name, notebook)
            return
        last = None
        for place in re.split(r"^# %% ", self.text, flags=re.MULTILINE)[1:]:
            grade_id, _, text = place.partition("\n")
            grade_id, text = grade_id.strip(), text.strip("\n")
            if grade_id == "own":
                assert last is not None
                notebook.cells.insert(last + 1, nbformat.v4.new_code_cell(text))
                last += 1
                continue
            last = next(
                place
                for place, cell in enumerate(notebook.cells)
                if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
            )
            notebook.cells[last].source = text
        path = folder / self.name / f"{self.slug}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def cases(slug: str | None = None) -> list[Case]:
    found = [Case(path) for path in sorted((HERE / "cases").glob("*.py"))]
    return [case for case in found if slug in (None, case.slug)]


@dataclass
class Outcome:
    """What a grader gave, cell by cell, and what it said."""

    status: str
    points: dict[str, float]
    page: str = ""
    said: str = ""


# --- ours --------------------------------------------------------------------------


def grade_ours(
    chosen: list[Case], workspace: Path, workers: int, kernels: str = "warm"
) -> dict[str, Outcome]:
    """Grade by ours, in `workers` processes; `workspace` gets everything it writes.

    `kernels` are ``warm`` or ``cold``.
    """
    shares = [chosen[start::workers] for start in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(
            lambda item: grade_share(item[1], workspace / f"part-{item[0]}", kernels),
            [(number, share) for number, share in enumerate(shares) if share],
        )
        return {name: outcome for part in parts for name, outcome in part.items()}


def grade_share(
    chosen: list[Case], workspace: Path, kernels: str
) -> dict[str, Outcome]:
    """Grade some cases in a process of its own, as an instructor's command would."""
    found: dict[str, Outcome] = {}
    for slug in {case.slug for case in chosen}:
        course = workspace / slug
        assignment.write_course(course, slug)
        for case in chosen:
            if case.slug == slug:
                case.write(course / "submissions")
        (course / "tmp").mkdir()
        subprocess.run(
            [sys.executable, __file__, "ours", str(course), slug],
            check=True,
            env={
                **os.environ,
                "TMPDIR": str(course / "tmp"),
                "HOSTILE_KERNELS": kernels,
            },
            timeout=1500,
        )
        for name, outcome in json.loads((course / "outcome.json").read_text()).items():
            found[name] = Outcome(**outcome)
    return found


def grade_tightly(job):
    """In a worker: grade one submission, within small limits."""
    from tapecheck.grading import course, worker

    def configure(config):
        course.configure(config)
        config.TwoKernels.limits = OURS_LIMITS
        config.TwoKernels.notebook_timeout = 90 if job.slug == assignment.SLUG else 300
        config.TwoKernels.warm = os.environ["HOSTILE_KERNELS"] == "warm"

    worker.configure = configure
    graded = worker.grade(job)
    kinds = [n for n in graded.result.notes if n.startswith("graded in cold kernels")]
    assert not kinds, kinds  # it would not be the kind that is on trial
    return graded


def run_ours(course: Path, slug: str) -> None:
    """The process of `grade_share`."""
    from tapecheck.grading import batch

    # Importing two frameworks takes its time on a busy machine.
    timeout = CELL_TIMEOUT if slug == assignment.SLUG else 60
    results = batch.grade(
        slug,
        course / "submissions",
        course / "out",
        course=course,
        cell_timeout=timeout,
        workers=1,
        work=grade_tightly,
    )
    outcome = {}
    for result in results:
        page = course / "out" / "feedback" / f"{result.student}.html"
        outcome[result.student] = {
            "status": result.status,
            "points": {
                name: result.cells[name].points if result.cells else 0.0
                for name in assignment.points(slug)
            },
            "page": page.read_text(encoding="utf-8") if page.exists() else "",
            "said": "; ".join(
                [*result.notes, *(c.message for c in result.cells.values())]
            ),
        }
    (course / "outcome.json").write_text(json.dumps(outcome))


# --- stock -------------------------------------------------------------------------


def grade_stock(case: Case, workspace: Path) -> Outcome:
    """Grade by nbgrader as it comes, inside a sandbox that protects this machine only.

    Everything that stock nbgrader would have within reach is in there with it: the
    source with the hidden tests, the gradebook, the other folders of the course.
    """
    from tapecheck.grading import doctor, sandbox

    folder = workspace / case.name
    shutil.copytree(workspace / f"prepared-{case.slug}", folder / "files" / "course")
    case.write(folder / "handed-in")
    handed_in = folder / "handed-in" / case.name
    if (handed_in / case.slug).is_dir():
        handed_in = handed_in / case.slug
    target = folder / "files" / "course" / "submitted" / "student" / case.slug
    handed_in.rename(target)
    limits = sandbox.Limits(cpu=60, disk=64_000_000)
    argv = [sys.executable, str(HERE / "harness.py"), "stock", case.slug]
    with doctor.start(argv, [], folder, limits, [str(HERE)]) as (process, _):
        try:
            said = process.communicate(timeout=90)[0]
        except subprocess.TimeoutExpired:
            said = b""
    shutil.rmtree(folder)
    lines = [line for line in said.splitlines() if line.startswith(b"POINTS ")]
    nothing = dict.fromkeys(assignment.points(case.slug), 0.0)
    if not lines:
        return Outcome("stopped", nothing)
    return Outcome("graded", nothing | json.loads(lines[-1].removeprefix(b"POINTS ")))


def prepare_stock(slug: str, workspace: Path) -> None:
    """A course in nbgrader's own layout, with the assignment in its gradebook."""
    course = workspace / f"prepared-{slug}"
    folder = course / "source" / slug
    folder.mkdir(parents=True)
    nbformat.write(assignment.source(slug), folder / f"{slug}.ipynb")
    (course / "submitted" / "student").mkdir(parents=True)
    tools = Path(sys.executable).parent
    subprocess.run(
        [tools / "nbgrader", "generate_assignment", slug],
        cwd=course,
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )


def run_stock(slug: str) -> None:
    """The process of `grade_stock`."""
    from nbgrader.api import Gradebook
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    os.chdir("course")
    config = Config()
    config.Execute.timeout = CELL_TIMEOUT if slug == assignment.SLUG else 30
    folder = CourseDirectory(config=config)
    folder.assignment_id, folder.student_id = slug, "student"
    converter = Autograde(coursedir=folder, config=config)
    points = {}
    try:
        converter.start()
        with Gradebook(folder.db_url) as gradebook:
            graded = gradebook.find_submission_notebook(slug, slug, "student")
            points = {grade.name: grade.score for grade in graded.grades}
    finally:
        print("POINTS " + json.dumps(points), flush=True)


# --- what they left ----------------------------------------------------------------


def left_behind(workspace: Path) -> list[str]:
    """Processes, sockets, temporary files that outlived grading in `workspace`."""
    found = [str(path) for path in workspace.glob("*/*/tmp/*")]
    marks = [str(path.resolve()) for path in workspace.glob("*/*/tmp")]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            seen = (process / "mountinfo").read_text()
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if command and any(mark in seen or mark in command for mark in marks):
            found.append(f"process {process.name}: {command[:80]}")
    sockets = Path("/proc/net/unix").read_text()
    found += [f"socket in {mark}" for mark in marks if mark in sockets]
    return found


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        run_ours(Path(sys.argv[2]), sys.argv[3])
    else:
        run_stock(sys.argv[2])

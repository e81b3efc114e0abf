"""A class of forty, graded by stock nbgrader and by ours on one machine, in one run.

    python -m benchmarks.class_bench [--students N] [--into FOLDER]

Half of the submissions are of one assignment, half of another: right, wrong, slow and
hostile answers in fixed shares. Every contestant is a program of its own; what each of
its processes has used is read several times a second, since nobody is told what the
kernels of a sandbox used that is ended as a whole. Stock runs without isolation, ours
with it.
"""

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from assignments import answers, exercises  # noqa: E402

from tapecheck.grading.executor import usual_width  # noqa: E402
from tapecheck.grading.sandbox import Limits, Sandboxed, proportional  # noqa: E402

SLUGS = ("03-backprop-by-hand", "04-custom-gradients")
CELL_TIMEOUT = 10  # seconds, as in `make grade`
LOOK = 0.2  # seconds between two looks at a contestant's processes
MEMORY_LOOK = 50  # of so many looks, one is at their memory, too: that takes 0.1 s
PLOT = "class-bench.svg"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
WORKERS = usual_width()
PR_SET_CHILD_SUBREAPER = 36

# Of twenty submissions; cells that a student added after the first answer. Stock
# grades on after each of them, so its time is that of the whole class.
OWN_CELLS = {
    "slow": ["import time\ntime.sleep(2)", "while True:\n    pass"],
    "hostile": [
        "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None",
        "import os\nos._exit(1)",
    ],
}
SHARES = (("right", 11), ("wrong", 5), ("slow", 2), ("hostile", 2))


def write_class(slug: str, students: int, folder: Path, released: str) -> None:
    """Write the submissions of one assignment as ``<student>/<slug>.ipynb``."""
    corpus = answers(slug)
    solutions = {e.name: [e.solution] for e in exercises(slug)}
    wrong: dict[str, list[str]] = {}
    for one in corpus:
        (solutions if one.right else wrong).setdefault(one.exercise, []).append(
            one.text
        )
    kinds = [kind for kind, share in SHARES for _ in range(share)]
    for number in range(students):
        kind = kinds[number * len(kinds) // students]
        notebook = nbformat.reads(released, as_version=4)
        own = OWN_CELLS.get(kind, [])
        first = None
        for place, cell in enumerate(notebook.cells):
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name not in solutions:
                continue
            first = place if first is None else first
            choices = solutions[name]
            if kind == "wrong" and name in wrong and (number + place) % 2:
                choices = wrong[name]
            cell.source = choices[number % len(choices)]
        if own:
            cell = nbformat.v4.new_code_cell(own[number % len(own)])
            notebook.cells.insert(first + 1, cell)
        path = folder / f"{kind}-{number:02}" / f"{slug}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


# --- contestants: what each runs ---------------------------------------------------


def stock(course: Path, out: Path) -> None:
    """As its users run it: a command for each step, one process, no isolation."""
    for slug in SLUGS:
        stock_one(slug, course / slug, out / slug)


def stock_one(slug: str, submissions: Path, out: Path) -> None:
    # The default for `iopub_timeout` does not last through an import of TensorFlow.
    shutil.copytree(ROOT / "solutions" / slug, out / "source" / slug)
    (out / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Execute.timeout = {CELL_TIMEOUT}\n"
        "c.Execute.iopub_timeout = 60\n"
    )
    for notebook in submissions.glob("*/*.ipynb"):
        target = out / "submitted" / notebook.parent.name / slug
        target.mkdir(parents=True)
        shutil.copy(notebook, target)
    tools = Path(sys.executable).parent
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        # autograde ends with 1 when a single student's notebook stopped it.
        subprocess.run(
            [tools / "nbgrader", step, slug],
            cwd=out,
            env={
                **os.environ,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "TAPECHECK_DATA": str(ROOT / "data"),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def ours(workers: int, work: Callable | None = None) -> Callable:
    def grade(course: Path, out: Path) -> None:
        run(course, out, workers=workers, work=work)

    return grade


def run(course: Path, out: Path, work=None, **options) -> None:
    from tapecheck.grading import batch

    batch.grade(
        SLUGS,
        course,
        out,
        course=ROOT,
        cell_timeout=CELL_TIMEOUT,
        progress=lambda line: None,
        **options,
        **({"work": work} if work else {}),
    )


def grade_cold(job):
    """In a worker: grade without the fork server."""
    from tapecheck.grading import course, worker

    def configure(config):
        course.configure(config)
        config.TwoKernels.warm = False

    worker.configure = configure
    return worker.grade(job)


def dask(course: Path, out: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=CORES, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        run(course, out, scheduler=cluster.scheduler_address)


CONTESTANTS = {
    "stock nbgrader, serial": (stock, 1),
    "ours, cold, all cores": (ours(WORKERS, grade_cold), WORKERS),
    "ours, warm, 1 worker": (ours(1), 1),
    "ours, warm, all cores": (ours(WORKERS), WORKERS),
    "ours, warm, Dask": (dask, CORES),
}
OURS, STOCK = "ours, warm, all cores", "stock nbgrader, serial"


# --- the race ----------------------------------------------------------------------


@dataclass
class Lap:
    """One contestant's way through the class."""

    name: str
    submissions: int
    seconds: float
    cpu: float
    memory: float  # of all processes, at most (PSS)
    workers: int
    graded: int
    times: dict[str, float]

    @property
    def rate(self) -> float:
        return 3600 * self.submissions / self.seconds


def measure(name: str, course: Path, students: int, folder: Path) -> Lap:
    """Run a contestant as a program of its own and count what it uses."""
    # Whatever a contestant leaves behind comes to this process, which counts it.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.class_bench", "--run", name]
        + ["--class", str(course), "--out", str(folder)],
        cwd=ROOT,
    )
    most, looks = 0.0, 0
    used: dict[tuple[int, int], float] = {}
    while program.poll() is None:
        below = Sandboxed(os.getpid(), Limits()).processes()[1:]
        used |= dict(filter(None, map(cpu, below)))
        if looks % MEMORY_LOOK == 0:
            most = max(most, sum(map(proportional, below)))
        looks += 1
        time.sleep(LOOK)
    seconds = time.monotonic() - began
    if program.returncode:
        raise SystemExit(f"{name} failed")
    bury_the_rest()
    found = [
        json.loads(line) for p in folder.glob("*/ledger.jsonl") for line in p.open()
    ]
    times: dict[str, float] = {}
    parts = [line.get("facts", line) for line in found]
    parts = [part for part in parts if part.get("times")]
    for part in parts:
        spent = {**part["times"]}
        spent["write"] = part["seconds"] - sum(spent.values())
        for step, value in spent.items():
            times[step] = times.get(step, 0) + value / len(parts)
    pages = list(folder.glob("*/feedback/**/*.html"))
    return Lap(
        name,
        students * len(SLUGS),
        seconds,
        sum(used.values()),
        most,
        CONTESTANTS[name][1],
        len(pages),
        times,
    )


def cpu(pid: int) -> tuple[tuple[int, int], float] | None:
    """A process, by its number and start, and the CPU seconds it has used itself."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    ticks = int(facts[11]) + int(facts[12])
    return (pid, int(facts[19])), ticks / os.sysconf("SC_CLK_TCK")


def order(names: list[str]) -> list[str]:
    """Who goes when: ours goes first and last, too, and its middle time counts.

    What else a machine does in a single minute may cost a tenth of it; the others take
    many minutes.
    """
    return [OURS, *names, OURS] if OURS in names and len(names) > 1 else names


def bury_the_rest() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.1)
        except ChildProcessError:
            return


# --- what it says ------------------------------------------------------------------


def table(laps: list[Lap], students: int) -> str:
    base = next(lap for lap in laps if lap.name == STOCK).rate
    rows = [
        "| | per hour | CPU s each | GB per worker | ratio |",
        "|---|---:|---:|---:|---:|",
    ]
    for lap in laps:
        rows.append(
            f"| {lap.name} | {lap.rate:.0f} | {lap.cpu / lap.submissions:.1f} | "
            f"{lap.memory / lap.workers / 1e9:.1f} | {lap.rate / base:.1f} |"
        )
    warm = next(lap for lap in laps if lap.name == OURS)
    bars = ", ".join(f"{lap.name} {lap.rate:.0f}" for lap in laps)
    split = ", ".join(f"{step} {value:.2f} s" for step, value in warm.times.items())
    stopped = laps[0].submissions - laps[0].graded
    ended = [f"{n} {kind}" for kind, n in SHARES]
    return "\n".join(
        [
            *rows,
            "",
            "Submissions per hour, CPU seconds and memory (of all processes, what they "
            "share counted once), and the rate as a multiple of stock nbgrader's. "
            f"Each graded {laps[0].submissions} submissions, {students} of each of "
            f"{len(SLUGS)} assignments, in the shares {', '.join(ended)}, on {CORES} "
            f"cores; a cell may run for {CELL_TIMEOUT} seconds. All start-up and the "
            f"feedback are included. Ours with all cores went three times, first, in "
            f"its place and last, and the middle time counts. Stock nbgrader graded "
            f"without isolation, and left {stopped} submissions without a page; ours "
            f"left {warm.submissions - warm.graded}.",
            "",
            f"One submission's wall time, warm, with all cores at work: {split}. "
            "The first ones wait until the frameworks are imported.",
            "",
            f"![Bars of submissions per hour: {bars}]({PLOT})",
            "",
        ]
    )


def plot(laps: list[Lap], path: Path) -> None:
    from matplotlib import pyplot as plt

    from tapecheck.plots import use_book_style

    use_book_style()
    figure, axes = plt.subplots(figsize=(7, 2.6))
    names = [lap.name for lap in laps][::-1]
    bars = axes.barh(names, [lap.rate for lap in laps][::-1])
    axes.bar_label(bars, fmt="%.0f", padding=3)
    axes.set_xlabel("submissions per hour")
    figure.savefig(path, format="svg", metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20, help="per assignment")
    parser.add_argument("--only", nargs="*", default=list(CONTESTANTS))
    parser.add_argument("--into", type=Path, help="folder for the table and the plot")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--class", dest="course", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        contestant, _ = CONTESTANTS[options.run]
        contestant(options.course, options.out)
        return 0
    with tempfile.TemporaryDirectory(prefix="class-bench-") as made:
        folder = Path(made)
        for slug in SLUGS:
            released = (ROOT / "exercises" / slug / f"{slug}.ipynb").read_text("utf-8")
            write_class(slug, options.students, folder / "class" / slug, released)
        times: dict[str, list[Lap]] = {name: [] for name in options.only}
        for number, name in enumerate(order(options.only)):
            lap = measure(
                name, folder / "class", options.students, folder / f"out-{number}"
            )
            times[name].append(lap)
            print(
                f"{name}: {lap.seconds:.0f} s, {lap.rate:.0f} submissions/hour, "
                f"{lap.cpu / lap.submissions:.1f} CPU s each, {lap.graded} graded",
                flush=True,
            )
        laps = [
            sorted(found, key=lambda lap: lap.rate)[len(found) // 2]
            for found in times.values()
        ]
    if {STOCK, OURS} <= set(options.only):
        text = table(laps, options.students)
        print(text)
        if options.into:
            (options.into / "_class-bench.md").write_text(text, encoding="utf-8")
            plot(laps, options.into / PLOT)
        fast, slow = (
            next(lap.rate for lap in laps if lap.name == name) for name in (OURS, STOCK)
        )
        print(
            f"ours {fast:.0f} submissions/hour, stock {slow:.0f}, "
            f"ratio {fast / slow:.1f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

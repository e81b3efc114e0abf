"""An assignment's exercises, and a quick way to try an answer without kernels.

Trying an answer here runs the student's cell and the tests in this process, in one
namespace. It is for mutants and for authors; grades come from `tapecheck.grading`.
"""

import contextlib
import io
import linecache
import os
import re
import signal
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat

ROOT = Path(__file__).parent.parent
SLUGS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))


@dataclass(frozen=True)
class Exercise:
    """One exercise: its name, the author's answer, the setup before it, the tests.

    `check` is the visible check, which students run.
    """

    slug: str
    name: str
    solution: str
    setup: tuple[str, ...]
    tests: dict[str, str]
    check: str

    def complaint(self, answer: str, *, seconds: int = 60) -> str | None:
        """What the visible check says of `answer`: the error's text, or None."""
        namespace = {"__name__": "__main__"}
        for code in self.setup:
            _run(code, namespace)
        with _quiet(), _elsewhere(), _limit(seconds):
            return _attempt(answer, namespace) or _attempt(self.check, namespace)

    def failures(
        self, answer: str, *, first: bool = False, seconds: int = 60
    ) -> dict[str, str]:
        """The tests that `answer` does not pass, by grade id, with the error's text.

        An answer that cannot even be defined fails every test. With `first`, stop at
        the first failure.
        """
        namespace = {"__name__": "__main__"}
        found = {}
        for code in self.setup:
            _run(code, namespace)
        with _quiet(), _elsewhere(), _limit(seconds):
            problem = _attempt(answer, namespace)
            for grade_id, code in self.tests.items():
                message = problem or _attempt(code, namespace)
                if message:
                    found[grade_id] = message
                    if first:
                        break
        return found


def exercises(slug: str) -> list[Exercise]:
    """The autograded exercises of an assignment, in order."""
    path = ROOT / "solutions" / slug / f"{slug}.ipynb"
    solutions, tests, checks, setup = {}, {}, {}, []
    setups = {}
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not tags:
            continue
        grade_id = tags["grade_id"]
        if tags["solution"]:
            solutions[grade_id], setups[grade_id] = cell.source, tuple(setup)
        elif tags["grade"]:
            tests[grade_id] = cell.source
        elif "visible-check" in cell.metadata.get("tags", []):
            checks[grade_id.removesuffix("-check")] = cell.source
        else:
            setup.append(cell.source)
    return [
        Exercise(
            slug,
            name,
            source,
            setups[name],
            {g: t for g, t in tests.items() if g.rsplit("-", 1)[0] == name},
            checks[name],
        )
        for name, source in solutions.items()
    ]


@dataclass(frozen=True)
class Answer:
    """One answer of the corpus in tests/answers, with what it must get."""

    slug: str
    exercise: str
    right: bool
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def header(self, key: str) -> tuple[str, ...]:
        """The values of a line `# key: value, value` at the top; none for `none`."""
        line = re.search(rf"^# {key}: (.+)$", self.text, re.MULTILINE)
        if line is None:
            raise ValueError(f"{self.path} has no line '# {key}:'")
        values = [value.strip() for value in line[1].split(",")]
        return tuple(value for value in values if value != "none")

    @property
    def loses(self) -> tuple[str, ...]:
        """Grade ids of the cells it must fail."""
        return () if self.right else self.header("loses")

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Codes of which each must be reported by some failed cell."""
        return () if self.right else self.header("diagnosis")


def answers(slug: str) -> list[Answer]:
    """Every answer in tests/answers/<slug>, in order."""
    return [
        Answer(slug, path.parts[-3], path.parts[-2] == "right", path)
        for path in sorted((ROOT / "tests/answers" / slug).glob("*/*/*.py"))
    ]


def _run(code: str, namespace: dict) -> None:
    name = f"<cell {hash(code)}>"
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    exec(compile(code, name, "exec"), namespace)


def _attempt(code: str, namespace: dict) -> str | None:
    try:
        _run(code, namespace)
    except TimeoutError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


@contextlib.contextmanager
def _quiet():
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _elsewhere():
    """Work in a folder that goes: a broken answer leaves its files behind."""
    data = {"TAPECHECK_DATA": str(ROOT / "data")}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with mock.patch.dict(os.environ, data):
            yield


@contextlib.contextmanager
def _limit(seconds: int):
    """Raise TimeoutError after so much processor time: other work does not count."""

    def stop(*_):
        raise TimeoutError(f"no result after {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

"""Run a notebook in two kernels: the student's cells in one, the tests in another.

The student's kernel never holds a test or a reference; the tests' kernel never holds
anything of the student's but plain arrays. All of the student's cells run before the
first test, so nothing that a test draws can reach a cell's output.
"""

import ast
import asyncio
import functools
import secrets
import shutil
import symtable
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Dict, Float, Int, Unicode

from tapecheck.grading import sandbox, trusted, verdicts, warm
from tapecheck.grading.course import Assignment
from tapecheck.grading.kernels import (
    LOCAL,
    KernelEnded,
    Surroundings,
    in_own_loop,
)
from tapecheck.grading.reassemble import bound_names, grade_id
from tapecheck.grading.results import GradingError
from tapecheck.grading.student import Cell, Ran, Student
from tapecheck.grading.trusted import Question, Tests
from tapecheck.grading.verdicts import Verdict

VISIBLE = "visible-check"
NOT_RUN = "(A check is for working on the notebook; only the tests count here.)"
NO_SANDBOX = "graded without a sandbox: the student's code could reach this machine"


class TwoKernels(NbGraderPreprocessor):
    """Execute a reassembled notebook and leave a verdict in every graded cell."""

    cell_timeout = Float(60, help="seconds for one cell of a student").tag(config=True)
    call_timeout = Float(30, help="seconds for one answer to a test").tag(config=True)
    test_timeout = Float(120, help="seconds for one test cell").tag(config=True)
    notebook_timeout = Float(900, help="seconds for one notebook").tag(config=True)
    sandbox = Bool(True, help="False: run student code unprotected").tag(config=True)
    warm = Bool(True, help="False: start every kernel anew").tag(config=True)
    data = Unicode("data", help="the course's data files").tag(config=True)
    seed = Int(None, allow_none=True, help="of what tests draw; None: a new one").tag(
        config=True
    )
    limits = Dict(help="of the sandbox, as in tapecheck.grading.sandbox").tag(
        config=True
    )

    @property
    def data_folder(self) -> str:
        """The course's data, if it has any."""
        folder = Path(self.data).resolve()
        return str(folder) if folder.is_dir() else ""

    def preprocess(self, nb, resources):
        if self.sandbox and (why := sandbox.missing()):
            raise GradingError(f"{why}; or grade with --no-sandbox")
        assignment = Assignment.here(resources["nbgrader"]["assignment"])
        workspace = Path(tempfile.mkdtemp(prefix="tapecheck-"))
        try:
            copy_files(Path(resources["metadata"]["path"]), workspace / "student")
            copy_files(assignment.folder, workspace / "tests")
            examination = Examination(self, assignment, nb, workspace)
            in_own_loop(examination.hold())
        finally:
            shutil.rmtree(workspace, ignore_errors=True)
        if not self.sandbox:
            nb.metadata["tapecheck"]["notes"].append(NO_SANDBOX)
        return nb, resources


def copy_files(source: Path, target: Path) -> None:
    """What stands beside a notebook, without any notebook."""
    shutil.copytree(
        source,
        target,
        ignore=shutil.ignore_patterns("*.ipynb", ".*", "__pycache__", "timestamp.txt"),
    )


class Examination:
    """One notebook's way through both kernels."""

    def __init__(
        self, settings: TwoKernels, assignment: Assignment, nb, workspace: Path
    ):
        self.settings = settings
        self.nb = nb
        self.workspace = workspace
        self.notes: list[str] = nb.metadata["tapecheck"]["notes"]
        self.deadline = time.monotonic() + settings.notebook_timeout
        self.binds: dict[str, frozenset[str]] = {}
        self.forbidden: dict[str, tuple[str, ...]] = {}
        for cell in assignment.notebook.cells:
            if is_solution(cell) and cell.cell_type == "code":
                name = cell.metadata.nbgrader.grade_id
                self.binds[name] = bound_names(cell.source)
                about = cell.metadata.get("tapecheck", {})
                self.forbidden[name] = tuple(about.get("forbidden", ()))
        self.students: dict[tuple[str, ...], Student] = {}
        # What no exercise may import need not be there at all.
        everywhere = [set(names) for names in self.forbidden.values()] or [set()]
        self.hidden_always = packages(set.intersection(*everywhere))
        self.checks = checks_needed(nb)
        self.tests: Tests | None = None
        self.warm = [warm.NAME] if settings.sandbox and settings.warm else []
        self.imported = warm.frameworks(assignment.notebook)

    async def hold(self) -> None:
        main = self.student(self.hidden_always)
        as_new = False
        try:
            started = time.monotonic()
            await asyncio.gather(self.run_student(main), self.run_setup())
            assert self.tests is not None
            tested = time.monotonic()
            self.show(main)
            seed = self.settings.seed
            await self.tests.reseed(secrets.randbits(32) if seed is None else seed)
            for position, cell in enumerate(self.nb.cells):
                if (
                    is_grade(cell)
                    and cell.cell_type == "code"
                    and not is_solution(cell)
                ):
                    verdicts.record(cell, await self.examine(cell, position))
            self.nb.metadata["tapecheck"]["times"] = {
                "start": round(main.start_time, 3),
                "student": round(tested - started - main.start_time, 3),
                "tests": round(time.monotonic() - tested, 3),
            }
            as_new = await self.tests.renew()
        finally:
            ends = [student.stop() for student in self.students.values()]
            if self.tests is not None:
                ends.append(trusted.give_back(self.tests, as_new))
            await asyncio.gather(*ends)
            cold = {one.cold for one in self.students.values()}
            cold |= {self.tests.cold} if self.tests else set()
            self.notes += [f"graded in cold kernels: {w}" for w in sorted(cold) if w]

    def student(self, hidden: tuple[str, ...]) -> Student:
        """The student's code in a kernel without the packages in `hidden`."""
        if hidden not in self.students:
            cells = []
            for position, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code" or (
                    is_grade(cell) and not is_solution(cell)
                ):
                    continue
                if is_check(cell) and (hidden or position not in self.checks):
                    continue  # when hidden: it compares with the very tape that is
                name = grade_id(cell) or ""
                ours = is_locked(cell) and not is_solution(cell) and not is_check(cell)
                parts = tuple(n for n in self.forbidden.get(name, ()) if "." in n)
                cells.append(Cell(str(position), name, cell.source, ours, parts))
            student = Student(
                cells,
                [*self.warm, sandbox.NAME if self.settings.sandbox else LOCAL],
                Surroundings(
                    self.workspace / "student",
                    self.settings.data_folder,
                    self.imported,
                    hidden,
                    dict(self.settings.limits),
                ),
                cell_timeout=self.settings.cell_timeout,
                call_timeout=self.settings.call_timeout,
                deadline=self.deadline,
            )
            for other in self.students.values():
                # What hung once would hang again.
                student.left_out.update(other.left_out)
            self.students[hidden] = student
        return self.students[hidden]

    async def run_student(self, student: Student) -> None:
        try:
            await student.ready()
        except KernelEnded:
            pass  # each cell says what happened to it

    async def run_setup(self) -> None:
        """Run what the instructor provides in the kernel of the tests, too."""
        surroundings = Surroundings(
            self.workspace / "tests",
            self.settings.data_folder,
            self.imported,
            limits=trusted.UNLIMITED,
        )
        self.tests = await trusted.take(
            [*self.warm, LOCAL], surroundings, self.settings.test_timeout
        )
        for cell in self.nb.cells:
            if cell.cell_type != "code" or not is_locked(cell) or is_grade(cell):
                continue
            if is_solution(cell) or is_check(cell):
                continue
            await self.tests.set_up(cell.source, grade_id(cell) or "")

    def show(self, student: Student) -> None:
        """Put what each of the student's cells said into the notebook."""
        run = {cell.key for cell in student.cells}
        for position, cell in enumerate(self.nb.cells):
            if is_check(cell) and str(position) not in run:
                cell.outputs = [nbformat.v4.new_output("stream", text=NOT_RUN)]
        for cell in student.cells:
            ran = student.ran.get(cell.key, Ran("died", "it was not run"))
            target = self.nb.cells[int(cell.key)]
            target.outputs = list(ran.outputs)
            if ran.status in ("timeout", "died"):
                said = f"This cell was stopped: {ran.why}."
                target.outputs.append(
                    nbformat.v4.new_output(
                        "error", ename=ran.status, evalue=said, traceback=[said]
                    )
                )
                self.notes.append(f"{cell.name or 'a cell of their own'}: {ran.why}")
            if cell.ours and ran.status == "error":
                self.notes.append(
                    f"{cell.name} raised {ran.why} in the student's kernel"
                )

    async def examine(self, cell, position: int) -> Verdict:
        """Run one test cell."""
        assert self.tests is not None
        used = names_used(cell.source)
        wanted = {name: used & bound for name, bound in self.binds.items()}
        exercises = [name for name, bound in wanted.items() if bound]
        forbidden = tuple(
            dict.fromkeys(n for name in exercises for n in self.forbidden[name])
        )
        student = self.student(packages(forbidden))
        before = [int(c.key) for c in student.cells if int(c.key) < position]
        return await self.tests.run(
            cell.source,
            Question(
                self.students,
                student,
                names=sorted(set().union(*wanted.values())) if wanted else [],
                after=str(max(before, default="")),
                forbidden=forbidden,
                forbidden_anywhere=tuple(
                    dict.fromkeys(n for names in self.forbidden.values() for n in names)
                ),
                why_missing=lambda name: self.why_missing(student, name),
            ),
            cell,
        )

    def why_missing(self, student: Student, name: str) -> str:
        """What became of the cell of an exercise that should define a name."""
        for cell in student.cells:
            ran = student.left_out.get(cell.key) or student.ran.get(cell.key)
            if name in self.binds.get(cell.name, ()) and ran and ran.status != "ok":
                kind = ran.why if ran.why in verdicts.BUILTIN else ""
                why = {
                    "error": f"stopped with {kind or 'an exception'}",
                    "timeout": "did not end in time",
                    "died": f"was stopped: {ran.why}",
                }[ran.status]
                return f"Your cell {cell.name} {why}."
        return f"Your notebook does not define {name}."


def packages(forbidden: Iterable[str]) -> tuple[str, ...]:
    """The packages among forbidden names; of others, only the named part is."""
    return tuple(sorted(name for name in forbidden if "." not in name))


@functools.lru_cache(1000)  # most cells are the same in all submissions
def names_used(text: str) -> frozenset[str]:
    """Every name that a cell reads."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(text))
    except SyntaxError:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def is_check(cell) -> bool:
    """Whether a cell is the instructor's help while working on the notebook."""
    tagged = VISIBLE in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and tagged and is_locked(cell)


def checks_needed(notebook) -> set[int]:
    """The places of the visible checks that bind a name which a later cell reads.

    No other is run when grading: the tests alone decide.
    """
    needed: set[int] = set()
    read: set[str] = set()
    for position, cell in reversed(list(enumerate(notebook.cells))):
        if cell.cell_type != "code" or (is_grade(cell) and not is_solution(cell)):
            continue
        binds, reads = global_names(cell.source)
        if not is_check(cell):
            read |= reads
        elif binds & read:
            needed.add(position)
            read |= reads
    return needed


@functools.lru_cache(1000)  # most cells are the same in all submissions
def global_names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a cell binds, and those that it reads, outside its functions.

    A cell that cannot be compiled does neither.
    """
    try:
        code = TransformerManager().transform_cell(text)
        tables = [symtable.symtable(code, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(), frozenset()
    binds, reads = set(), set()
    for table in tables:
        for name in table.get_symbols():
            if name.is_global() or table.get_type() == "module":
                if name.is_assigned() or name.is_imported():
                    binds.add(name.get_name())
                if name.is_referenced():
                    reads.add(name.get_name())
        tables += table.get_children()
    return frozenset(binds), frozenset(reads)

"""Run a notebook in two kernels: the student's cells in one, the tests in another.

The student's kernel never holds a test or a reference; the tests' kernel never holds
anything of the student's but plain arrays. All of the student's cells run before the
first test, so nothing that a test draws can reach a cell's output.
"""

import ast
import asyncio
import json
import re
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Dict, Float, Int, Unicode

from tapecheck.grading import sandbox, verdicts, warm
from tapecheck.grading.course import Assignment
from tapecheck.grading.kernels import (
    LOCAL,
    Kernel,
    KernelEnded,
    Outputs,
    Surroundings,
    in_own_loop,
)
from tapecheck.grading.reassemble import bound_names, grade_id
from tapecheck.grading.results import GradingError
from tapecheck.grading.student import WIRE, CallBack, Cell, Ran, Student
from tapecheck.grading.verdicts import Verdict
from tapecheck.grading.wire import FarEnd, Unreadable

PROXIES = "__import__('tapecheck.grading.proxies', fromlist=['proxies'])"
VISIBLE = "visible-check"
NO_SANDBOX = "graded without a sandbox: the student's code could reach this machine"
# The tests' own kernel is trusted; being warm must not take anything from it.
UNLIMITED = {
    "memory": 2**40,
    "cpu": 2**31,
    "processes": 10_000,
    "file_size": 2**40,
    "disk": 2**32,
    "open_files": 4096,
}


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
        self.binds: dict[str, set[str]] = {}
        self.forbidden: dict[str, tuple[str, ...]] = {}
        for cell in assignment.notebook.cells:
            if is_solution(cell) and cell.cell_type == "code":
                name = cell.metadata.nbgrader.grade_id
                self.binds[name] = bound_names(cell.source)
                about = cell.metadata.get("tapecheck", {})
                self.forbidden[name] = tuple(about.get("forbidden", ()))
        self.students: dict[tuple[str, ...], Student] = {}
        self.tests: Tests | None = None
        self.warm = [warm.NAME] if settings.sandbox and settings.warm else []
        self.imported = frameworks(assignment.notebook)

    async def hold(self) -> None:
        main = self.student(())
        surroundings = Surroundings(
            self.workspace / "tests",
            self.settings.data_folder,
            self.imported,
            limits=UNLIMITED,
        )
        self.tests = Tests([*self.warm, LOCAL], surroundings, self.settings)
        try:
            started = time.monotonic()
            await asyncio.gather(self.run_student(main), self.run_setup())
            tested = time.monotonic()
            self.show(main)
            seed = self.settings.seed
            seed = secrets.randbits(32) if seed is None else seed
            await self.tests.evaluate(f"{PROXIES}.reseed({seed})")
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
        finally:
            ends = [student.stop() for student in self.students.values()]
            await asyncio.gather(*ends, self.tests.stop())
            cold = {self.tests.cold, *(one.cold for one in self.students.values())}
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
                visible = VISIBLE in cell.metadata.get("tags", [])
                if hidden and visible:
                    continue  # it compares with the very tape that is hidden
                name = grade_id(cell) or ""
                ours = is_locked(cell) and not is_solution(cell) and not visible
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
            if hidden:
                # What hung once would hang again.
                student.left_out.update(self.students[()].left_out)
            self.students[hidden] = student
        return self.students[hidden]

    async def run_student(self, student: Student) -> None:
        try:
            await student.ready()
        except KernelEnded:
            pass  # each cell says what happened to it

    async def run_setup(self) -> None:
        """Run what the instructor provides in the kernel of the tests, too."""
        assert self.tests is not None
        await self.tests.start()
        for cell in self.nb.cells:
            if cell.cell_type != "code" or not is_locked(cell) or is_grade(cell):
                continue
            if is_solution(cell) or VISIBLE in cell.metadata.get("tags", []):
                continue
            await self.tests.set_up(cell.source, grade_id(cell) or "")

    def show(self, student: Student) -> None:
        """Put what each of the student's cells said into the notebook."""
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
        student = self.student(tuple(sorted(n for n in forbidden if "." not in n)))
        before = [int(c.key) for c in student.cells if int(c.key) < position]
        return await self.tests.run(
            cell.source,
            Question(
                self.students,
                student,
                names=sorted(set().union(*wanted.values())) if wanted else [],
                after=str(max(before, default="")),
                forbidden=forbidden,
                why_missing=self.why_missing(student, exercises),
            ),
            cell,
        )

    def why_missing(self, student: Student, exercises: list[str]) -> dict[str, str]:
        """For each name of an exercise: what became of the cell that defines it."""
        reasons = {}
        for name in exercises:
            for cell in student.cells:
                ran = student.ran.get(cell.key)
                if cell.name == name and ran is not None and ran.status != "ok":
                    kind = ran.why if ran.why in verdicts.BUILTIN else ""
                    why = {
                        "error": f"stopped with {kind or 'an exception'}",
                        "timeout": "did not end in time",
                        "died": f"was stopped: {ran.why}",
                    }[ran.status]
                    for bound in self.binds[name]:
                        reasons[bound] = f"Your cell {name} {why}."
        return reasons


@dataclass
class Question:
    """What one test cell may ask, and of whom.

    It may also use what an earlier test cell got from another kernel of the student's:
    every object of a student's carries its origin.
    """

    students: dict[tuple[str, ...], Student]
    student: Student
    names: list[str]
    after: str
    forbidden: tuple[str, ...]
    why_missing: dict[str, str]
    asked: bool = False

    async def ask(self, message: dict, call_back: CallBack) -> dict:
        self.asked = True
        origin = message["of"].get("origin") or {
            "hidden": self.student.surroundings.hidden,
            "parts": [name for name in self.forbidden if "." in name],
            "after": self.after,
        }
        student = self.students[tuple(origin["hidden"])]
        reply = await student.ask(message, origin, call_back)
        reply["origin"] = {**origin, "start": student.starts}
        if reply.get("type") == "NameError" and message["do"] == "get":
            name = message["of"]["name"]
            reply["missing"] = self.why_missing.get(
                name, f"Your notebook does not define {name}."
            )
        return reply


class Tests:
    """The kernel of the tests, and the socket over which they ask the student.

    `cold` says why the kernel is not of the first kind of `provisioners`.
    """

    def __init__(
        self,
        provisioners: list[str],
        surroundings: Surroundings,
        settings: TwoKernels,
    ):
        self.provisioners = provisioners
        self.surroundings = surroundings
        self.settings = settings
        self.private = Path(tempfile.mkdtemp(prefix="tapecheck-"))
        self.running: Kernel | None = None
        self.service: asyncio.Task | None = None
        self.question: Question | None = None
        self.cold = ""

    @property
    def kernel(self) -> Kernel:
        assert self.running is not None, "start() comes first"
        return self.running

    async def start(self) -> None:
        variables = {"IPYTHONDIR": str(self.private)}
        surroundings = replace(self.surroundings, variables=variables)
        self.running, self.cold = await surroundings.start(self.provisioners)
        await self.evaluate(f"{WIRE}.listen()")
        wire = await FarEnd.of(self.kernel.sockets)
        self.service = asyncio.ensure_future(self.serve(wire))
        await self.evaluate(f"{PROXIES}.connect()")

    async def set_up(self, code: str, name: str) -> None:
        outputs = Outputs()
        reply = await self.kernel.run(code, self.settings.test_timeout, outputs)
        if reply["status"] != "ok":
            why = f"{reply.get('ename')}: {reply.get('evalue')}"
            raise GradingError(f"the set-up cell {name} does not run for tests: {why}")

    async def evaluate(self, expression: str) -> Any:
        reply = await self.kernel.run(
            "", 60, silent=True, expressions={"answer": expression}
        )
        said = reply["user_expressions"]["answer"]
        if said["status"] != "ok":
            raise GradingError(f"the kernel of the tests failed: {said.get('evalue')}")
        return ast.literal_eval(said["data"]["text/plain"])

    async def serve(self, wire: FarEnd) -> None:
        """Pass on what the tests ask; a callback goes the other way in between."""

        async def call_back(message: dict) -> dict:
            await wire.send(
                {key: message[key] for key in ("callback", "args", "named")}
            )
            return await wire.receive()

        try:
            while True:
                message = await wire.receive()
                assert self.question is not None
                await wire.send(await self.question.ask(message, call_back))
        except (EOFError, ConnectionError, Unreadable):
            pass
        finally:
            wire.close()

    async def run(self, code: str, question: Question, cell) -> Verdict:
        """Run one test cell and judge it."""
        self.question = question
        outputs = Outputs()
        try:
            await self.evaluate(
                f"{PROXIES}.bind(get_ipython().user_ns, {question.names!r}, "
                f"{question.after!r})"
            )
            reply = await self.kernel.run(code, self.settings.test_timeout, outputs)
        except TimeoutError:
            if question.asked:
                return Verdict("timeout", "Your code did not answer in time.")
            return Verdict("needs-a-look", verdicts.OUR_FAULT, "the test timed out")
        if reply["status"] == "ok":
            cell.outputs = outputs.list
            return Verdict("passed")
        report = json.loads(await self.evaluate(f"{PROXIES}.report()"))
        return verdicts.judge(report, question.forbidden)

    async def stop(self) -> None:
        if self.service is not None:
            self.service.cancel()
            await asyncio.gather(self.service, return_exceptions=True)
        if self.running is not None:
            await self.running.stop()
        shutil.rmtree(self.private, ignore_errors=True)


def frameworks(notebook) -> tuple[str, ...]:
    """The frameworks that a notebook imports."""
    text = "\n".join(cell.source for cell in notebook.cells)
    imported = re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)
    return tuple(name for name in warm.FRAMEWORKS if name in imported)


def names_used(text: str) -> set[str]:
    """Every name that a cell reads."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(text))
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

"""The kernel of the tests, kept from one submission to the next.

It never holds anything of a student's but plain arrays, so the next may have it, too:
what TensorFlow and torch do at their first gradient takes longer than most tests. It
is kept only if it is as new in all that `proxies` can see, and if nothing odd happened.
"""

import ast
import asyncio
import atexit
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from tapecheck.grading import verdicts, warm
from tapecheck.grading.kernels import Kernel, KernelEnded, Outputs, Surroundings
from tapecheck.grading.results import GradingError
from tapecheck.grading.student import WIRE, CallBack, Student
from tapecheck.grading.verdicts import Verdict
from tapecheck.grading.wire import FarEnd, Unreadable

PROXIES = "__import__('tapecheck.grading.proxies', fromlist=['proxies'])"
PATIENCE = 60.0  # seconds for an answer that an interrupted test waits for, and more
# This kernel is trusted; being warm must not take anything from it.
UNLIMITED = {
    "memory": 2**40,
    "cpu": 2**31,
    "processes": 10_000,
    "file_size": 2**40,
    "disk": 2**32,
    "open_files": 4096,
}


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
    forbidden_anywhere: tuple[str, ...]  # in the assignment: what may be named
    why_missing: Callable[[str], str]
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
            reply["missing"] = self.why_missing(message["of"]["name"])
        return reply


class Tests:
    """The kernel of the tests, and the socket over which they ask the student.

    `cold` says why the kernel is not of the first kind of `provisioners`.
    """

    def __init__(self, key: tuple, timeout: float):
        self.key = key
        self.timeout = timeout  # seconds for one cell
        self.private = Path(tempfile.mkdtemp(prefix="tapecheck-"))
        self.running: Kernel | None = None
        self.service: asyncio.Task | None = None
        self.running_tests: asyncio.Future | None = None  # the kernel's endless cell
        self.todo: asyncio.Queue[dict] = asyncio.Queue()  # tests; {} is the end
        self.done: asyncio.Future[dict]  # what the last test said
        self.question: Question | None = None
        self.warm = self.doubtful = False
        self.cold = ""

    @property
    def kernel(self) -> Kernel:
        assert self.running is not None, "start() comes first"
        return self.running

    async def start(self, provisioners: list[str], surroundings: Surroundings) -> None:
        variables = {"IPYTHONDIR": str(self.private)}
        surroundings = replace(surroundings, variables=variables)
        self.running, self.cold = await surroundings.start(provisioners)
        self.warm = provisioners[0] == warm.NAME and not self.cold
        await self.evaluate(f"{WIRE}.listen()")
        wire = await FarEnd.of(self.kernel.sockets)
        self.service = asyncio.ensure_future(self.serve(wire))
        await self.evaluate(f"{PROXIES}.connect()")

    async def alive(self) -> bool:
        return not self.kernel.ended and await self.kernel.manager.is_alive()

    async def reseed(self, seed: int) -> None:
        """After the set-up: what tests draw is decided by `seed` alone."""
        await self.evaluate(f"{PROXIES}.reseed({seed})")

    async def renew(self) -> bool:
        """Whether it can serve another submission: it is then as new.

        Only a warm kernel: nothing would end another when this process is killed.
        """
        self.question = None
        if self.doubtful or not self.warm:
            return False
        try:
            if self.running_tests is not None:
                self.todo.put_nowait({})
                await asyncio.wait_for(self.running_tests, PATIENCE)
                self.running_tests = None
            return await self.evaluate(f"{PROXIES}.renew()")
        except (GradingError, KernelEnded, TimeoutError):
            return False  # what it has judged stands

    async def set_up(self, code: str, name: str) -> None:
        outputs = Outputs()
        reply = await self.kernel.run(code, self.timeout, outputs)
        if reply["status"] != "ok":
            why = f"{reply.get('ename')}: {reply.get('evalue')}"
            raise GradingError(f"the set-up cell {name} does not run for tests: {why}")

    async def evaluate(self, expression: str, timeout: float = PATIENCE) -> Any:
        reply = await self.kernel.run(
            "", timeout, silent=True, expressions={"answer": expression}
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
                if message["do"] == "next":
                    if message["said"] is not None and not self.done.done():
                        self.done.set_result(message["said"])
                    await wire.send(await self.todo.get())
                else:
                    assert self.question is not None
                    await wire.send(await self.question.ask(message, call_back))
        except (EOFError, ConnectionError, Unreadable):
            pass
        finally:
            wire.close()

    async def run(self, code: str, question: Question, cell) -> Verdict:
        """Run one test cell and judge it.

        Raises GradingError or KernelEnded when the kernel cannot run tests.
        """
        self.question = question
        try:
            said = await self.perform(code)
        except TimeoutError:
            self.doubtful = True
            if question.asked:
                return Verdict("timeout", "Your code did not answer in time.")
            return Verdict("needs-a-look", verdicts.OUR_FAULT, "the test timed out")
        if "raised" not in said:
            if "value" in said:
                data = {"text/plain": said["value"]}
                cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
            return Verdict("passed")
        verdict = verdicts.judge(said["raised"], question.forbidden_anywhere)
        self.doubtful |= verdict.verdict == "needs-a-look"
        return verdict

    async def perform(self, code: str) -> dict:
        """What the kernel says of a test. Raises TimeoutError when it took too long."""
        assert self.question is not None
        if self.running_tests is None:
            await self.evaluate(f"{PROXIES}.begin_to_serve()")
            # Its next answer comes when it has served.
            endless = self.evaluate("None", float("inf"))
            self.running_tests = asyncio.ensure_future(endless)
        self.done = asyncio.get_running_loop().create_future()
        names, after = self.question.names, self.question.after
        self.todo.put_nowait({"code": code, "names": names, "after": after})
        if await self.ended_within(self.timeout):
            return self.done.result()
        await self.kernel.manager.interrupt_kernel()
        if not await self.ended_within(PATIENCE):
            await self.kernel.end("a test did not end in time, nor when interrupted")
        raise TimeoutError

    async def ended_within(self, timeout: float) -> bool:
        """Whether the test did; raises what ended the kernel instead."""
        assert self.running_tests is not None
        both = {self.done, self.running_tests}
        await asyncio.wait(both, timeout=timeout, return_when="FIRST_COMPLETED")
        if self.running_tests.done():
            self.running_tests.result()
        return self.done.done()

    async def stop(self) -> None:
        for task in (self.service, self.running_tests):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self.running is not None:
            await self.running.stop()
        shutil.rmtree(self.private, ignore_errors=True)


# --- the one that is kept ----------------------------------------------------------

kept: dict[tuple, Tests] = {}


async def take(
    provisioners: list[str], surroundings: Surroundings, timeout: float
) -> Tests:
    """The kernel for the tests of one submission: a new one, or one as new.

    Raises GradingError when none can be had.
    """
    key = (
        tuple(provisioners),
        digest_once(surroundings.data),
        surroundings.imported,
        digest(surroundings.files),
    )
    tests = kept.pop(key, None)
    if tests is not None:
        tests.timeout = timeout
        if await tests.alive():
            return tests
        await tests.stop()
    tests = Tests(key, timeout)
    try:
        await tests.start(provisioners, surroundings)
    except BaseException:
        await tests.stop()
        raise
    return tests


async def give_back(tests: Tests, as_new: bool) -> None:
    """Keep it, as the only one of this process, if it is `as_new`; else end it."""
    ends = list(kept.values()) if as_new else [tests]
    if as_new:
        kept.clear()
        kept[tests.key] = tests
    await asyncio.gather(*(one.stop() for one in ends))


@functools.cache
def digest_once(folder: str) -> str:
    """A hash of the course's data, which do not change while a class is graded."""
    return digest(Path(folder)) if folder else ""


def digest(folder: Path) -> str:
    """A hash of every file below a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            whole.update(f"{path.relative_to(folder)} {len(data)} ".encode() + data)
    return whole.hexdigest()


def tidy_up() -> None:
    """At the end of this process: end what is kept, and remove its folders."""
    while kept:
        tests = kept.popitem()[1]
        assert tests.service is not None
        loop = tests.service.get_loop()
        if loop.is_running():
            asyncio.run_coroutine_threadsafe(tests.stop(), loop).result(20)


atexit.register(tidy_up)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=kept.clear)

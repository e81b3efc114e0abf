"""A student's notebook at work: its cells run, its functions asked.

The kernel may die or hang at any moment. The cell that did it is left out, the others
run again in a fresh kernel, and only what that cell should have defined is missing.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ipykernel.compiler import get_tmp_hash_seed, murmur2_x86

from tapecheck.grading.kernels import (
    GRACE,
    Kernel,
    KernelEnded,
    Outputs,
    Surroundings,
)
from tapecheck.grading.results import GradingError
from tapecheck.grading.sandbox import Sandboxed
from tapecheck.grading.wire import FarEnd, Unreadable

MAX_STARTS = 6
BROKE_IT = "after it no other cell would run"
SETUP_TIMEOUT = 180.0
AGENT = "__import__('tapecheck.grading.agent', fromlist=['agent'])"
WIRE = "__import__('tapecheck.grading.wire', fromlist=['wire'])"

# Have the test call a function of its own: the question goes in, the answer comes out.
CallBack = Callable[[dict], Awaitable[dict]]


@dataclass(frozen=True)
class Cell:
    """A cell that a student's kernel runs; `key` is its place in the notebook.

    `ours` marks the set-up, which may import for a minute before anybody's code runs;
    `forbidden` are the names that the cell may not use.
    """

    key: str
    name: str
    text: str
    ours: bool
    forbidden: tuple[str, ...] = ()


@dataclass
class Ran:
    """How a cell ended: ``ok``, ``error``, ``timeout`` or ``died``, and its outputs."""

    status: str
    why: str = ""
    outputs: list = field(default_factory=list)


class Student:
    """One student's code in kernels of the first of `provisioners` that can be had.

    `ran` says how each cell ended, by key; `cold`, why it was not the first kind.
    """

    def __init__(
        self,
        cells: list[Cell],
        provisioners: list[str],
        surroundings: Surroundings,
        *,
        cell_timeout: float,
        call_timeout: float,
        deadline: float,
    ):
        self.cells = cells
        self.provisioners = provisioners
        self.surroundings = surroundings
        self.cell_timeout = cell_timeout
        self.call_timeout = call_timeout
        self.deadline = deadline
        self.kernel: Kernel | None = None
        self.watch: asyncio.Task | None = None
        self.wire: FarEnd | None = None
        self.service: asyncio.Future | None = None  # the agent's, while it answers
        self.heard = Outputs()  # what the student's functions print meanwhile
        self.number = 0  # of the last question
        self.starts = 0
        self.leftovers = False  # maybe, of a stopped cell: its children, its threads
        self.left_out: dict[str, Ran] = {}
        self.ran: dict[str, Ran] = {}
        self.over_limit = ""
        self.cold = ""
        self.start_time = 0.0  # seconds until its kernels ran
        # IPython names a cell's code by a hash of its text.
        self.files = {
            f"{murmur2_x86(cell.text, get_tmp_hash_seed())}.py": cell for cell in cells
        }

    async def ready(self) -> None:
        """Have a kernel in which every cell that can run has run.

        Raises KernelEnded when one cannot be had.
        """
        while self.kernel is None or self.kernel.ended:
            if self.kernel is not None:
                await self.stop()
            if self.starts >= MAX_STARTS or time.monotonic() > self.deadline:
                raise KernelEnded("your notebook's time was used up")
            self.starts += 1
            self.kernel = await self.start()
            await self.run_cells()

    async def run_cells(self) -> None:
        """Run what is not left out, up to a cell with which the kernel ends."""
        last: Cell | None = None
        self.leftovers = False
        for cell in [*self.cells, None]:
            if cell is not None and cell.key in self.left_out:
                continue
            ran = await (self.run(cell) if cell else self.probe())
            if ran.status == "died" and self.leftovers:
                break  # nobody is blamed before all was tried without them
            if ran.status == "died" and last and cell not in await self.begun():
                # The one before it has broken what runs cells.
                cell, ran = last, Ran("died", BROKE_IT, self.ran[last.key].outputs)
            if cell is not None:
                self.ran[cell.key] = ran
                if ran.status in ("timeout", "died"):
                    self.left_out[cell.key] = ran
            if ran.status == "died":
                break
            self.leftovers = self.leftovers or ran.status == "timeout"
            last = cell

    async def probe(self) -> Ran:
        """Whether the kernel still runs anything."""
        assert self.kernel is not None
        try:
            with contextlib.suppress(TimeoutError):  # it is slow, and came back
                await self.evaluate(self.kernel, "0")
        except KernelEnded:
            return Ran("died")
        return Ran("ok")

    async def begun(self) -> list[Cell]:
        """The cells that the kernel says to have begun."""
        assert self.wire is not None
        keys = []
        with contextlib.suppress(TimeoutError, EOFError, OSError, Unreadable):
            while True:
                said = await asyncio.wait_for(self.wire.receive(), GRACE)
                keys.append(said.get("begun") if type(said) is dict else None)
        return [cell for cell in self.cells if cell.key in keys]

    async def start(self) -> Kernel:
        began = time.monotonic()
        kernel, self.cold = await self.surroundings.start(self.provisioners)
        self.start_time += time.monotonic() - began
        sandboxed = getattr(kernel.manager.provisioner, "sandboxed", None)
        if sandboxed is not None:
            self.watch = asyncio.ensure_future(self.keep_watch(kernel, sandboxed))
        await self.evaluate(kernel, f"{WIRE}.listen()")
        self.wire = await FarEnd.of(kernel.sockets)
        cells = {cell.key: (cell.ours, list(cell.forbidden)) for cell in self.cells}
        begin = f"{AGENT}.start({list(self.surroundings.hidden)!r}, {cells!r})"
        said = (await self.evaluate(kernel, begin))["user_expressions"]["answer"]
        if said["status"] != "ok":
            raise GradingError(f"a kernel could not be started: {said.get('evalue')}")
        return kernel

    @staticmethod
    async def evaluate(
        kernel: Kernel,
        expression: str,
        timeout: float = 30,
        outputs: Outputs | None = None,
    ) -> dict:
        return await kernel.run(
            "", timeout, outputs, silent=True, expressions={"answer": expression}
        )

    async def keep_watch(self, kernel: Kernel, sandboxed: Sandboxed) -> None:
        """End a kernel whose processes together take too much memory."""
        while True:
            await asyncio.sleep(0.25)
            if sandboxed.greedy():
                self.over_limit = "it used too much memory"
                sandboxed.end()

    async def run(self, cell: Cell) -> Ran:
        """Run one cell."""
        kernel = self.kernel
        assert kernel is not None
        outputs = Outputs()
        left = max(0.1, self.deadline - time.monotonic())
        self.over_limit = ""
        try:
            timeout = SETUP_TIMEOUT if cell.ours else self.cell_timeout
            reply = await kernel.run(
                cell.text, min(timeout, left), outputs, cell=cell.key
            )
            ran = Ran("ok" if reply.get("status") == "ok" else "error")
            if ran.status == "error":
                ran.why = str(reply.get("ename"))[:80]
        except TimeoutError:
            # The names that it did define are there all the same.
            ran = Ran("timeout", f"it did not end within {self.cell_timeout:g} seconds")
        except KernelEnded as error:
            ran = Ran("died", self.over_limit or str(error))
        ran.outputs = outputs.list
        return ran

    async def ask(self, question: dict, origin: dict, call_back: CallBack) -> dict:
        """Pass a test's question on; the answer, or what happened instead of one.

        `origin` says under which conditions: after which cell, and what is forbidden.
        """
        self.over_limit = ""
        try:
            await self.ready()
            if "handle" in question["of"]:
                if question["of"]["origin"]["start"] != self.starts:
                    return {"kind": "died", "message": "it ended in an earlier test"}
            self.number += 1
            conditions = {"forbidden": origin["parts"], "after": origin["after"]}
            request = {**question, **conditions, "number": self.number}
            return self.understand(await self.exchange(request, call_back))
        except TimeoutError:
            return {"kind": "timeout"}
        except KernelEnded as error:
            slow = "in time" in str(error)
            if self.leftovers and not slow:
                # Perhaps they ended it: ask once more, in a kernel without them.
                self.leftovers = False
                return await self.ask(question, origin, call_back)
            why = self.over_limit or str(error)
            return {"kind": "timeout" if slow else "died", "message": why}
        except Unreadable as error:
            return {"kind": "unusable", "message": str(error)}
        except Exception as error:
            return {
                "kind": "unusable",
                "message": f"no answer ({type(error).__name__})",
            }

    async def exchange(self, request: dict, call_back: CallBack) -> dict:
        """The answer to one request.

        Raises TimeoutError when there is none in time, KernelEnded when there will be
        none, Unreadable when it is not one.
        """
        kernel, wire = self.kernel, self.wire
        assert kernel is not None and wire is not None
        if self.service is None or self.service.done():
            # The agent answers within one endless cell.
            serve = f"{AGENT}.serve()"
            endless = self.evaluate(kernel, serve, float("inf"), self.heard)
            self.service = asyncio.ensure_future(endless)
            # Whoever waits for an answer then learns that there will be none.
            self.service.add_done_callback(lambda _: wire.hang_up())
        self.heard.clear()
        left = max(0.1, min(self.call_timeout, self.deadline - time.monotonic()))
        hurrying: list[asyncio.Future] = []
        alarm = asyncio.get_running_loop().call_later(
            left, lambda: hurrying.append(asyncio.ensure_future(self.hurry(kernel)))
        )
        try:
            answer = await self.converse(request, call_back)
        except (EOFError, OSError):
            if not hurrying:
                await asyncio.wait({self.service}, timeout=GRACE)  # it may tell why
                if self.service.done():
                    self.service.result()
                raise Unreadable("there is no answer") from None
        finally:
            alarm.cancel()
            for task in hurrying:
                task.cancel()
        if hurrying:
            raise TimeoutError
        return answer

    @staticmethod
    async def hurry(kernel: Kernel) -> None:
        """Interrupt whatever should answer, and end it if that does not help."""
        await kernel.manager.interrupt_kernel()
        await asyncio.sleep(GRACE)
        await kernel.end("it did not end in time, nor when interrupted")

    async def converse(self, request: dict, call_back: CallBack) -> dict:
        """Send a request and do what the agent asks for, until it answers."""
        assert self.wire is not None
        await self.wire.send(request)
        while True:
            said = await self.wire.receive()
            if type(said) is not dict:
                raise Unreadable("the answer is none")
            if "callback" in said:
                await self.wire.send(await call_back(said))
            elif said.get("number") == request["number"]:
                return said

    def understand(self, answer: dict) -> dict:
        """An answer of the agent's, of the shape it should have."""
        if "error" in answer:
            error = answer["error"]
            file, line = error["place"]
            cell = self.files.get(file)
            return {
                "kind": "error",
                "type": str(error["type"])[:80],
                "message": str(error["message"])[:2000],
                "cell": cell.name if cell else "",
                "line": source_line(cell.text, line) if cell else "",
                "number": int(line),
            }
        if not answer.keys() & {"value", "unusable"}:
            raise Unreadable("there is no answer")
        parts = ("value", "changed", "unusable")
        return {part: answer[part] for part in parts if part in answer}

    async def stop(self) -> None:
        for task in (self.watch, self.service):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self.watch = self.service = None
        if self.wire is not None:
            self.wire.close()
            self.wire = None
        if self.kernel is not None:
            await self.kernel.stop()


def source_line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""

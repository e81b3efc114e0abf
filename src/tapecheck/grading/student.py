"""A student's notebook at work: its cells run, its functions asked.

The kernel may die or hang at any moment. The cell that did it is left out, the others
run again in a fresh kernel, and only what that cell should have defined is missing.
"""

import asyncio
import base64
import contextlib
import json
import time
from dataclasses import dataclass, field

from ipykernel.compiler import get_tmp_hash_seed, murmur2_x86

from tapecheck.grading import codec
from tapecheck.grading.kernels import Kernel, KernelEnded, Outputs, Surroundings
from tapecheck.grading.sandbox import Sandboxed

MAX_STARTS = 6
SETUP_TIMEOUT = 180.0
AGENT = "__import__('tapecheck.grading.agent', fromlist=['agent'])"


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
        self.starts = 0
        self.left_out: dict[str, Ran] = {}
        self.ran: dict[str, Ran] = {}
        self.over_limit = ""
        self.cold = ""
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
            for cell in self.cells:
                if cell.key not in self.left_out:
                    ran = await self.run(cell)
                    self.ran[cell.key] = ran
                    if ran.status in ("timeout", "died"):
                        self.left_out[cell.key] = ran
                    if ran.status == "died":
                        break

    async def start(self) -> Kernel:
        kernel, self.cold = await self.surroundings.start(self.provisioners)
        sandboxed = getattr(kernel.manager.provisioner, "sandboxed", None)
        if sandboxed is not None:
            self.watch = asyncio.ensure_future(self.keep_watch(kernel, sandboxed))
        await self.agent(kernel, f"start({list(self.surroundings.hidden)!r})")
        return kernel

    async def agent(self, kernel: Kernel, call: str, timeout: float = 30) -> str:
        """Have the agent do something; its answer as a string."""
        reply = await kernel.run(
            "", timeout, silent=True, expressions={"answer": f"{AGENT}.{call}"}
        )
        return self.text(reply)

    @staticmethod
    def text(reply: dict) -> str:
        said = reply["user_expressions"]["answer"]
        if said["status"] != "ok":
            raise ValueError(str(said.get("ename")))
        return str(said["data"]["text/plain"]).strip("'\"")

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
            await self.agent(kernel, f"enter({cell.ours}, {list(cell.forbidden)!r})")
            timeout = SETUP_TIMEOUT if cell.ours else self.cell_timeout
            reply = await kernel.run(cell.text, min(timeout, left), outputs)
            ran = Ran("ok" if reply.get("status") == "ok" else "error")
            if ran.status == "error":
                ran.why = str(reply.get("ename"))[:80]
            await self.agent(kernel, f"leave({cell.key!r})")
        except TimeoutError:
            ran = Ran("timeout", f"it did not end within {self.cell_timeout:g} seconds")
            # The names that it did define are there all the same.
            with contextlib.suppress(KernelEnded, TimeoutError, ValueError, KeyError):
                await self.agent(kernel, f"leave({cell.key!r})")
        except KernelEnded as error:
            ran = Ran("died", self.over_limit or str(error))
        except (ValueError, KeyError, TypeError, AttributeError):
            ran = Ran("error", "it stopped the grader from reading its names")
        ran.outputs = outputs.list
        return ran

    async def ask(self, question: dict, origin: dict, on_input) -> dict:
        """Pass a test's question on; the answer, or what happened instead of one.

        `origin` says under which conditions: after which cell, and what is forbidden.
        """
        if "handle" in question["of"]:
            if question["of"]["origin"]["start"] != self.starts:
                return {"kind": "died", "message": "it ended in an earlier test"}
        self.over_limit = ""
        try:
            await self.ready()
            assert self.kernel is not None
            conditions = {"forbidden": origin["parts"], "after": origin["after"]}
            request = json.dumps({**question, **conditions})
            packed = base64.b64encode(request.encode()).decode()
            reply = await self.kernel.run(
                "",
                min(self.call_timeout, max(0.1, self.deadline - time.monotonic())),
                silent=True,
                expressions={"answer": f"{AGENT}.answer('{packed}')"},
                on_input=on_input,
            )
            return self.understand(self.text(reply))
        except TimeoutError:
            return {"kind": "timeout"}
        except KernelEnded as error:
            slow = "in time" in str(error)
            why = self.over_limit or str(error)
            return {"kind": "timeout" if slow else "died", "message": why}
        except Exception as error:
            return {
                "kind": "unusable",
                "message": f"no answer ({type(error).__name__})",
            }

    def understand(self, text: str) -> dict:
        """An answer of the agent's, of the shape it should have."""
        if len(text) > 2 * codec.MAX_BYTES:
            return {"kind": "unusable", "message": "the answer is too large"}
        answer = json.loads(base64.b64decode(text, validate=True))
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
        if type(answer) is not dict or not answer.keys() & {"value", "unusable"}:
            raise ValueError("no answer")
        parts = ("value", "changed", "unusable")
        return {part: answer[part] for part in parts if part in answer}

    async def stop(self) -> None:
        if self.watch is not None:
            self.watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.watch
            self.watch = None
        if self.kernel is not None:
            await self.kernel.stop()


def source_line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""

"""Two kinds of kernel and one client: run a cell, read what it said, within limits.

The client believes nothing that a kernel sends. A message that makes no sense, that is
too big, or one too many is the end of that kernel, never of the grader.
"""

import asyncio
import contextlib
import functools
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbconvert.preprocessors.sanitize import SanitizeHTML

from tapecheck.grading import warm
from tapecheck.grading.results import GradingError

log = logging.getLogger("tapecheck.kernels")
log.addHandler(logging.NullHandler())  # what goes wrong is raised, too
log.propagate = False
LOCAL = "local-provisioner"  # jupyter_client's own: a process like any other
MAX_MESSAGE = 100_000_000  # bytes of one message
MAX_OUTPUT = 200_000  # characters kept of one cell's output
MAX_PICTURE = 3_000_000
FLOOD = 20_000_000  # characters after which a cell's kernel is ended
GRACE = 3.0  # seconds to react to an interrupt

T = TypeVar("T")


@functools.cache
def own_loop() -> asyncio.AbstractEventLoop:
    """A loop that lasts as long as this process, and with it what is kept of it.

    It has a thread of its own: the caller's may have a running loop, Jupyter's or a
    browser driver's.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="kernels", daemon=True).start()
    return loop


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=own_loop.cache_clear)


def in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end; what it returns.

    When the caller is interrupted, it is cancelled, and its clean-up is waited for.
    """
    ended = threading.Event()

    async def run() -> T:
        try:
            return await work
        finally:
            ended.set()

    future = asyncio.run_coroutine_threadsafe(run(), own_loop())
    try:
        return future.result()
    except KeyboardInterrupt:
        future.cancel()
        ended.wait(60)
        raise


def folder_for_sockets() -> Path:
    """A new private folder; the system's own when the temporary one's name is long.

    The path to a socket has at most 107 bytes (unix(7), 103 on macOS).
    """
    folder = tempfile.gettempdir()
    short = len(os.fsencode(folder)) + len("/tapecheck-12345678/kernel.json-wire") < 103
    return Path(tempfile.mkdtemp(prefix="tapecheck-", dir=folder if short else "/tmp"))


class KernelEnded(Exception):
    """The kernel is gone; the text says why, to be followed by "in this cell"."""


class Outputs:
    """What a cell said, in nbformat's terms, cut to a bearable size."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.list: list = []
        self.kept = 0
        self.seen = 0

    def take(self, kind: str, content: dict) -> None:
        """Add one message; raises KernelEnded when there is no end to them."""
        size = sum(len(v) for v in content.values() if isinstance(v, str))
        data = content.get("data")
        if isinstance(data, dict):
            size += sum(len(v) for v in data.values() if isinstance(v, str))
        self.seen += size + 100
        if self.seen > FLOOD:
            raise KernelEnded(f"it printed more than {FLOOD / 1e6:.0f} MB")
        output = self.output(kind, content)
        if output is not None:
            self.list.append(output)

    def output(self, kind: str, content: dict) -> Any:
        if kind == "stream":
            name = "stderr" if content.get("name") == "stderr" else "stdout"
            text = self.cut(content.get("text"))
            last = self.list[-1] if self.list else {}
            if last.get("output_type") == "stream" and last["name"] == name:
                last["text"] += text
                return None
            return nbformat.v4.new_output("stream", name=name, text=text)
        if kind == "error":
            trace = content.get("traceback")
            lines = trace if isinstance(trace, list) else []
            return nbformat.v4.new_output(
                "error",
                ename=self.cut(content.get("ename")),
                evalue=self.cut(content.get("evalue")),
                traceback=[self.cut(line) for line in lines[:200]],
            )
        if kind in ("display_data", "execute_result"):
            data = content.get("data")
            bundle = self.bundle(data if isinstance(data, dict) else {})
            if kind == "display_data":
                return nbformat.v4.new_output("display_data", data=bundle)
            return nbformat.v4.new_output("execute_result", data=bundle)
        return None

    def bundle(self, data: dict) -> dict:
        """The harmless representations of a displayed object: no script, no link."""
        kept = {}
        for kind in ("text/plain", "text/latex"):
            if isinstance(data.get(kind), str):
                kept[kind] = self.cut(data[kind])
        if isinstance(data.get("text/html"), str):
            kept["text/html"] = SanitizeHTML().sanitize_html_tags(
                self.cut(data["text/html"])
            )
        for kind in ("image/png", "image/jpeg"):
            picture = data.get(kind)
            if isinstance(picture, str) and len(picture) < MAX_PICTURE:
                if self.kept + len(picture) < 3 * MAX_PICTURE:
                    self.kept += len(picture) // 10
                    kept[kind] = picture
        return kept

    def cut(self, text: Any) -> str:
        if not isinstance(text, str):
            return ""
        left = max(0, MAX_OUTPUT - self.kept)
        self.kept += len(text)
        text = text.encode("utf-8", "replace").decode()
        return (
            text if len(text) <= left else text[:left] + "\n... cut ...\n" * (left > 0)
        )


class Specs(KernelSpecManager):
    """This Python's kernel, started through a given provisioner."""

    def __init__(self, provisioner: str, config: dict):
        super().__init__()
        self.provisioner = {"provisioner_name": provisioner, "config": config}

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(
            # -P: a file beside the notebook must not stand in for a library.
            argv=[
                *(sys.executable, "-P", "-m", "ipykernel_launcher"),
                *("-f", "{connection_file}", "--HistoryManager.hist_file=:memory:"),
            ],
            display_name="Python 3",
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": self.provisioner},
        )


class Kernel:
    """One running kernel. Use `start`, then `run` as often as it lives, then `stop`."""

    def __init__(self, provisioner: str, config: dict, startup_timeout: float = 60):
        self.folder = folder_for_sockets()
        self.startup_timeout = startup_timeout
        self.context = zmq.asyncio.Context()
        for option, value in (
            (zmq.LINGER, 0),
            (zmq.MAXMSGSIZE, MAX_MESSAGE),
            (zmq.RCVHWM, 100),
            (zmq.SNDTIMEO, 2_000),  # a dead kernel takes no message: never wait for it
            # A kernel that closes its socket could put a link to another in its place.
            (zmq.RECONNECT_IVL, -1 if provisioner != LOCAL else 100),
        ):
            self.context.setsockopt(option, value)
        self.manager = AsyncKernelManager(
            kernel_name="student",
            kernel_spec_manager=Specs(provisioner, config),
            connection_file=str(self.folder / "kernel.json"),
            context=self.context,
            transport="ipc",
            log=log,
        )
        self.client: Any = None
        self.ended = ""  # why the kernel is no more

    @property
    def sockets(self) -> str:
        """How the names of the kernel's sockets begin, seen from here."""
        provisioner = self.manager.provisioner
        assert provisioner is not None
        return str(provisioner.connection_info["ip"])

    async def start(self, **options: Any) -> None:
        """Start it; `options` are Popen's. Raises GradingError when it does not."""
        with (self.folder / "stderr").open("wb") as stderr:
            options.update(stdout=subprocess.DEVNULL, stderr=stderr)
            try:
                await self.manager.start_kernel(**options)
                self.client = self.manager.client()
                self.client.start_channels(hb=False, stdin=False)
                await self.wait_for_kernel()
            except (RuntimeError, GradingError) as error:
                said = (self.folder / "stderr").read_text(errors="replace").strip()
                await self.stop()
                why = f"{error}; {said.splitlines()[-1]}" if said else str(error)
                raise GradingError(f"a kernel could not be started: {why}") from error

    async def wait_for_kernel(self) -> None:
        """Wait for the first answer, on both channels."""
        deadline = time.monotonic() + self.startup_timeout
        while time.monotonic() < deadline:
            try:
                await self.run("", 2.0, silent=True, interrupt=False)
                return
            except TimeoutError:
                if not await self.manager.is_alive():
                    raise GradingError("it ended at once") from None
        raise GradingError(f"no answer within {self.startup_timeout:g} seconds")

    async def run(
        self,
        code: str,
        timeout: float,
        outputs: Outputs | None = None,
        *,
        cell: str = "",
        silent: bool = False,
        expressions: dict | None = None,
        interrupt: bool = True,
    ) -> dict:
        """Run a cell; returns the reply's content.

        What it says goes to `outputs`; there is nobody to type for it. IPython's events
        before and after it have `cell` as their `cell_id`.
        Raises TimeoutError when it took too long and was interrupted, KernelEnded when
        it did not come back from that, died, or spoke nonsense.
        """
        if self.ended:
            raise KernelEnded(self.ended)
        content = {
            "code": code,
            "silent": silent,
            "store_history": not silent,
            "allow_stdin": False,
            "stop_on_error": False,
            "user_expressions": expressions or {},
        }
        # The client's own `execute` has no place for what names a cell.
        request = self.client.session.msg(
            "execute_request", content, metadata={"cellId": cell} if cell else {}
        )
        message = request["header"]["msg_id"]
        try:
            self.client.shell_channel.send(request)
        except zmq.ZMQError:
            await self.end("the process ended")
            raise KernelEnded(self.ended) from None
        listening = asyncio.ensure_future(self.listen(message, outputs or Outputs()))
        replying = asyncio.ensure_future(self.reply(message))
        living = asyncio.ensure_future(self.until_it_dies())
        tasks: set[asyncio.Future] = {listening, replying, living}
        deadline = time.monotonic() + timeout
        interrupted = False
        try:
            while True:
                left = deadline - time.monotonic()
                waited = {t for t in tasks if not t.done() or t is replying}
                if not replying.done():
                    await asyncio.wait(
                        waited, timeout=max(0, left), return_when="FIRST_COMPLETED"
                    )
                for task in tasks:
                    if task.done() and task.exception():
                        raise task.exception()  # type: ignore[misc]
                if replying.done():
                    # Outputs travel on a channel of their own, at their own pace.
                    await asyncio.wait({listening}, timeout=5)
                    if listening.done() and listening.exception():
                        raise listening.exception()  # type: ignore[misc]
                    if interrupted:
                        raise TimeoutError
                    return replying.result()
                if time.monotonic() >= deadline:
                    if not interrupt:
                        raise TimeoutError
                    if interrupted:
                        raise KernelEnded(
                            "it did not end in time, nor when interrupted"
                        )
                    interrupted = True
                    await self.manager.interrupt_kernel()
                    deadline = time.monotonic() + GRACE
        except (TimeoutError, asyncio.CancelledError):
            raise
        except KernelEnded as error:
            await self.end(str(error))
            raise
        except Exception as error:
            await self.end(f"it sent what no kernel sends ({type(error).__name__})")
            raise KernelEnded(self.ended) from None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def reply(self, message: str) -> dict:
        while True:
            found = await self.client.shell_channel.get_msg(timeout=None)
            if found["parent_header"].get("msg_id") == message:
                if found["header"]["msg_type"] == "execute_reply":
                    return dict(found["content"])

    async def listen(self, message: str, outputs: Outputs) -> None:
        """Collect a cell's outputs until the kernel is idle again."""
        while True:
            found = await self.client.iopub_channel.get_msg(timeout=None)
            kind, content = found["header"]["msg_type"], dict(found["content"])
            if found["parent_header"].get("msg_id") != message:
                outputs.seen += 100
                continue
            if kind == "status":
                if content["execution_state"] == "idle":
                    return
                continue
            outputs.take(kind, content)

    async def until_it_dies(self) -> None:
        while await self.manager.is_alive():
            await asyncio.sleep(0.1)
        raise KernelEnded("the process ended")

    async def end(self, why: str) -> None:
        """Kill the kernel; from now on every `run` says why."""
        self.ended = self.ended or why
        if self.client is not None:
            self.client.stop_channels()
        provisioner = self.manager.provisioner
        if provisioner is not None and provisioner.has_process:
            # Not the manager's way, which would first send the kernel a message.
            await provisioner.kill()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(provisioner.wait(), 10)
        await self.manager.cleanup_resources()

    async def stop(self) -> None:
        """End it and remove what it left."""
        await self.end("it was stopped")
        self.context.destroy(linger=0)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Surroundings:
    """What a kernel is to find: files in its working folder, the course's data.

    It has the packages in `imported` in memory if it is warm; those in `hidden` are
    not there. `limits` are the sandbox's, `variables` go to a kernel without one.
    """

    files: Path
    data: str
    imported: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    limits: dict = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    async def start(self, provisioners: Iterable[str]) -> tuple[Kernel, str]:
        """A kernel of the first kind that can be had; also why it is not the first.

        Raises GradingError when none can be had.
        """
        *preferred, last = provisioners
        why = ""
        for provisioner in preferred:
            try:
                return await self.start_one(provisioner), why
            except GradingError as error:
                why = str(error)
        return await self.start_one(last), why

    async def start_one(self, provisioner: str) -> Kernel:
        config: dict[str, Any] = {}
        options: dict[str, Any] = {}
        if provisioner == LOCAL:
            options["cwd"] = str(self.files)
            options["env"] = {
                **os.environ,
                "TAPECHECK_DATA": self.data,
                **self.variables,
            }
        else:
            config = {
                "files": str(self.files),
                "data": self.data,
                "hidden": list(self.hidden),
                "limits": self.limits,
            }
        if provisioner == warm.NAME:
            config["packages"] = list(self.imported)
        kernel = Kernel(provisioner, config)
        await kernel.start(**options)
        return kernel

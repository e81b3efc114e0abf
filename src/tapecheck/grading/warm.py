"""Kernels that start in a tenth of a second: forked from a server that has imported.

A process that grades has one server for each set of packages that its kernels may see,
or borrows one (see `lending`). The server is started with the first kernel and ends
with its process. It runs in bubblewrap and every kernel is locked up once more, alone:
see `fork_server`.
"""

import asyncio
import atexit
import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import List, Unicode

from tapecheck.grading import sandbox
from tapecheck.grading.results import GradingError

NAME = "tapecheck-warm"
FRAMEWORKS = ("tensorflow", "torch")
START_TIMEOUT = 120.0
FORK_TIMEOUT = 30.0
MAX_SERVERS = 3  # a framework in memory takes half a gigabyte


def frameworks(notebook) -> tuple[str, ...]:
    """What warm kernels for a notebook import: frameworks, torch's optimizers apart."""
    text = "\n".join(cell.source for cell in notebook.cells)
    imported = re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)
    optim = ("torch.optim",) if "torch.optim" in text else ()
    return *(name for name in FRAMEWORKS if name in imported), *optim


def ask(
    control: socket.socket, message: dict, files: list[int], timeout: float
) -> list[int]:
    """One request with open files; the files of the answer.

    Raises GradingError when it is refused, TimeoutError and ConnectionError when there
    is no answer.
    """
    control.settimeout(timeout)
    socket.send_fds(control, [json.dumps(message).encode()], files)
    said, found, _, _ = socket.recv_fds(control, 100_000, 1)
    if not said:
        raise ConnectionError
    if "error" in (answer := json.loads(said)):
        raise GradingError(answer["error"])
    return found


class Server:
    """A fork server, from this side. Raises GradingError when it cannot be had."""

    def __init__(self, packages: Iterable[str], hidden: Iterable[str], data: str):
        self.kept = [os.path.realpath(data)] if data else []
        argv = [sys.executable, "-P", "-m", "tapecheck.grading.fork_server"]
        command = sandbox.server_command(argv, hidden, data)
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = threading.Lock()
        self.process: subprocess.Popen | None = None
        self.stderr: Any = tempfile.TemporaryFile()
        started = threading.Event()

        def live() -> None:
            # bubblewrap dies with the thread that started it, so that one must last.
            with theirs:
                self.process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self.stderr,
                    env={"PATH": os.defpath},
                    cwd="/",
                )
            started.set()
            self.process.wait()

        threading.Thread(target=live, name="fork server", daemon=True).start()
        started.wait(FORK_TIMEOUT)
        settings = {"packages": list(packages), "hidden": list(hidden)}
        try:
            self.ask(settings, [], START_TIMEOUT)
        except GradingError:
            self.stop()
            raise

    def fork(self, request: dict, stderr: int, files: int) -> int:
        """Fork a kernel; the pidfd of the first process in its sandbox.

        It writes to the open file `stderr`, and gets a copy of the open folder `files`.
        """
        (first,) = self.ask(
            {**request, "kept": self.kept}, [stderr, files], FORK_TIMEOUT
        )
        return first

    def ask(self, message: dict, files: list[int], timeout: float) -> list[int]:
        """One request; the files of the answer. A server that fails once is over."""
        with self.lock:
            try:
                return ask(self.control, message, files, timeout)
            except ConnectionError:
                self.stop()
                why = f"the fork server ended: {self.complaint()}"
            except TimeoutError:
                self.stop()
                why = "the fork server does not answer"
            except GradingError as error:
                why = f"the fork server refused: {error}"
        raise GradingError(why)

    def complaint(self) -> str:
        self.stderr.seek(0)
        lines = self.stderr.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End it, and with it every kernel that it forked."""
        self.control.close()
        if self.process is not None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)


servers: dict[tuple, Server | GradingError] = {}  # the last one used stands last
lock = threading.Lock()
starts: dict[tuple, threading.Lock] = {}  # one at a time of each kind, kinds at once


def server(packages: Iterable[str], hidden: Iterable[str], data: str) -> Server:
    """This process's server for kernels that have `packages` but not the `hidden`.

    Raises GradingError when there is none; what failed once is not tried again.
    """
    hidden = tuple(sorted(hidden))
    wanted = {name for name in packages if name.split(".")[0] not in hidden}
    key = (tuple(sorted(wanted)), hidden, data)
    with lock:
        start = starts.setdefault(key, threading.Lock())
    with start:
        with lock:
            found = servers.pop(key, None)
            if isinstance(found, Server) and not found.alive():
                found = None
            if found is not None:
                servers[key] = found
        if found is None:
            try:
                found = Server(*key)
            except GradingError as error:
                found = error
            with lock:
                while len(servers) >= MAX_SERVERS:
                    stop(servers.pop(next(iter(servers))))
                servers[key] = found
    if isinstance(found, GradingError):
        raise GradingError(str(found))
    return found


def fork(
    packages: Iterable[str],
    hidden: Iterable[str],
    data: str,
    *kernel: Any,
) -> int:
    """Fork a kernel, as `Server.fork` does, from this process's own server."""
    return server(packages, hidden, data).fork(*kernel)


# How this process comes by kernels; one that borrows has another function here.
forks: Callable[..., int] = fork


def stop(one: Server | GradingError) -> None:
    if isinstance(one, Server):
        one.stop()


def stop_all() -> None:
    """End this process's servers."""
    while servers:
        stop(servers.popitem()[1])


atexit.register(stop_all)
if hasattr(os, "register_at_fork"):
    # A child of this process must have its own.
    os.register_at_fork(after_in_child=servers.clear)
    os.register_at_fork(after_in_child=starts.clear)


class Forked:
    """The first process of a warm kernel's sandbox, in the manner of Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pidfd: int):
        self.pidfd = pidfd
        self.returncode: int | None = None
        # A pidfd knows the process's number on this side, too.
        for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
            if line.startswith("Pid:"):
                self.pid = int(line.split()[1])

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.pidfd], [], [], 0)[0]:
            self.returncode = 0
            os.close(self.pidfd)
        return self.returncode

    def wait(self) -> int | None:
        if self.returncode is None:
            select.select([self.pidfd], [], [])
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    terminate = kill


class WarmProvisioner(sandbox.SandboxProvisioner):
    """Fork a kernel that has `packages` in memory, in a sandbox of its own."""

    packages = List(Unicode()).tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        limits = replace(sandbox.Limits(), **self.limits)
        request = {
            "user": sandbox.other_user(),
            "home": sandbox.HOME,
            "places": limits.places(),
            "limits": limits.resources(),
            "connection_file": f"{sandbox.SOCKETS}/connection.json",
            "connection": self.inner_connection(),
        }

        def forked() -> int:
            files = os.open(self.files, os.O_RDONLY | os.O_DIRECTORY)
            kernel = request, kwargs["stderr"].fileno(), files
            try:
                return forks(self.packages, self.hidden, self.data, *kernel)
            finally:
                os.close(files)

        first: Any = Forked(await asyncio.to_thread(forked))
        self.process, self.pid = first, first.pid
        await self.reach(sandbox.Sandboxed(first.pid, limits))
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        # By its pidfd: by now another process may have its number.
        if signum in (signal.SIGKILL, signal.SIGTERM) and self.process is not None:
            self.process.kill()

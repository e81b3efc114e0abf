"""The process that warm kernels are forked from: frameworks imported, nothing run.

bubblewrap starts it, so it has never seen more than a cold kernel sees. It speaks with
the grader over its standard input, a socket: a request is JSON with two files (the
kernel's standard error, and the folder that the kernel gets a copy of), the answer JSON
with one (the pidfd of the new kernel's first process).
"""

import gc
import importlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tapecheck.grading import confine, seccomp

# What every kernel imports while it starts.
ALWAYS = (
    "numpy",
    "pandas",
    "pdb",
    "sqlite3",
    "tornado.platform.asyncio",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.heartbeat",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "tapecheck.data",
    "tapecheck.ops",
    "tapecheck.tapes",
    "tapecheck.grading.agent",
    "tapecheck.grading.proxies",
)
# What the first gradient imports, and the first optimizer: seconds, of modules.
LATER = {
    "torch": ("torch.fx.experimental.symbolic_shapes",),
    "torch.optim": ("torch._dynamo",),
}
MAX_REQUEST = 1_000_000


class Refused(Exception):
    """The server cannot fork safely; the text says why."""


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def main() -> None:
    """Import, then fork a kernel for each request, until the grader is gone."""
    control = socket.socket(fileno=os.dup(0))
    settings = json.loads(control.recv(MAX_REQUEST))
    try:
        packages = settings["packages"]
        later = [module for name in packages for module in LATER.get(name, ())]
        preload([*ALWAYS, *packages, *later], settings["hidden"])
    except Exception as error:
        reply(control, {"error": f"{type(error).__name__}: {error}"})
        return
    bare = threads()
    reply(control, {"threads": bare})
    request = serve(control, bare)
    if request is not None:
        become_kernel(request)


def preload(modules: Iterable[str], hidden: Iterable[str]) -> None:
    """Import what kernels need. What is hidden must not be in memory by accident."""
    # Nobody debugs here: without this, every kernel would import a debugger.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    gc.disable()  # it would look through a million new objects again and again
    for name in modules:
        if name.split(".")[0] not in hidden:
            importlib.import_module(name)
    if there := set(hidden) & sys.modules.keys():
        raise Refused(f"{', '.join(sorted(there))} should be hidden but was imported")
    gc.enable()
    gc.freeze()  # the collector would touch, and so copy, every page of every fork


def serve(control: socket.socket, bare: int) -> dict | None:
    """Answer requests. Returns None at the end and, in a new kernel, its request."""
    while True:
        message, files, _, _ = socket.recv_fds(control, MAX_REQUEST, 2)
        if not message:
            return None
        if threads() != bare:
            why = f"the fork server has {threads()} threads, not {bare}"
            reply(control, {"error": why})
        else:
            child = os.fork()
            if child == 0:
                return make_kernel(control, json.loads(message), *files)
            os.waitpid(child, 0)
        for file in files:
            os.close(file)


def reply(control: socket.socket, answer: dict, files: Iterable[int] = ()) -> None:
    socket.send_fds(control, [json.dumps(answer).encode()], list(files))


def make_kernel(control: socket.socket, request: dict, stderr: int, files: int) -> dict:
    """Become a locked-up process. Returns, in that process, when it is ready.

    Three forks deep: the first leaves the server's namespaces and ends; the second is
    the first process of the new ones, which buries orphans and with which all end.
    """
    try:
        os.dup2(stderr, 2)
        os.setsid()
        os.umask(0o022)
        user = request["user"]
        confine.new_namespaces(user=user is None)
        if os.fork():
            os._exit(0)
        first = os.pidfd_open(os.getpid())
        confine.new_file_systems(request["places"], request["kept"], user=user is None)
        confine.loopback()
        hand_over(files, request)
        kernel = os.fork()
        if kernel:
            bury_until(kernel)
        lock_up(request)
        reply(control, {"ready": True}, [first])
        control.detach()
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        return request
    except BaseException as error:
        reply(control, {"error": f"{type(error).__name__}: {error}"})
        os._exit(1)


def bury_until(kernel: int) -> None:
    """Do what the first process must: wait for every other, end with the kernel."""
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    while os.wait()[0] != kernel:
        pass
    os._exit(0)


def hand_over(files: int, request: dict) -> None:
    """Put the kernel's files and its connection file where it looks for them."""
    home, user = request["home"], request["user"]
    shutil.copytree(f"/proc/self/fd/{files}", home, dirs_exist_ok=True)
    os.chmod(home, 0o1777)
    for path in Path(home).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        if user is not None:
            os.chown(path, user, user)
    connection = Path(request["connection_file"])
    connection.write_text(json.dumps(request["connection"]))
    connection.chmod(0o644)


def lock_up(request: dict) -> None:
    """Give up whatever a kernel does not need, for good."""
    os.chdir(request["home"])
    confine.limit(request["limits"])
    confine.drop_privileges(request["user"])
    writable = [*request["places"], "/dev/pts", "/dev/null", "/dev/zero", "/dev/full"]
    confine.restrict_files(writable)
    confine.filter_calls(seccomp.program())


def become_kernel(request: dict) -> None:
    """Run the kernel, as new as if it had just been started."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tempfile.tempdir = None
    reseed()
    arguments = ["-f", request["connection_file"]]
    arguments += ["--HistoryManager.hist_file=:memory:"]
    sys.argv = ["ipykernel_launcher", *arguments]
    del request
    from ipykernel import ipkernel
    from ipykernel.kernelapp import IPKernelApp

    ipkernel.sys = WithoutModules("sys")  # type: ignore[attr-defined]
    try:
        IPKernelApp.launch_instance(argv=arguments)
    finally:
        os._exit(0)


class WithoutModules(types.ModuleType):
    """`sys` for ipykernel, which would list the files of all modules for a debugger.

    Whoever touches five thousand modules copies the pages that they are on.
    """

    modules: dict[str, types.ModuleType] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def reseed() -> None:
    """Give every generator a state of its own; forks would all draw the same."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if torch := sys.modules.get("torch"):
        torch.seed()


if __name__ == "__main__":
    main()

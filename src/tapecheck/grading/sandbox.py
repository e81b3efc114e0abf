"""A kernel that can reach nothing: bubblewrap, limits, and a clean-up that is certain.

Inside, a student's code sees Python (read-only), the course's data, a copy of the files
it came with, and nothing else: no network, no other process, no home, no environment
variable, no writable place but small file systems in memory that vanish with it. The
kernel's sockets are in one of those; the grader reaches them through ``/proc``, so not
even a socket of it exists outside.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict, Float, List, Unicode

import tapecheck
from tapecheck.environment import VARIABLES
from tapecheck.grading import seccomp
from tapecheck.grading.results import GradingError

NAME = "tapecheck-bubblewrap"
HOW_TO_GET = "on Debian and Ubuntu: apt-get install bubblewrap"
HANDED_OVER = "/handover"
HOME = "/student"
SOCKETS = "/run"


@dataclass(frozen=True)
class Limits:
    """What a kernel may use.

    `memory` bounds one process's data and, twice it, all of them together:
    TensorFlow itself needs about 1 GB. Sizes are in bytes, `cpu` in seconds.
    """

    memory: int = 2_000_000_000
    cpu: int = 600
    processes: int = 128
    file_size: int = 64_000_000
    disk: int = 128_000_000
    open_files: int = 512

    def resources(self) -> dict[str, int]:
        """The limits that the kernel keeps for each process, by their usual names."""
        return {
            "data": self.memory,
            "cpu": self.cpu,
            "nproc": self.processes,
            "fsize": self.file_size,
            "nofile": self.open_files,
            "core": 0,
        }

    def places(self) -> dict[str, int]:
        """The places that can be written, each a file system of its own in memory."""
        return {
            SOCKETS: 1_000_000,
            "/dev/shm": self.disk // 4,
            "/tmp": self.disk,
            HOME: self.disk,
        }


def missing() -> str:
    """Why there can be no sandbox here, as one sentence; empty when there can."""
    if sys.platform != "linux":
        return f"there is no sandbox for student code on {sys.platform}"
    for tool in ("bwrap", "setpriv", "prlimit"):
        if not shutil.which(tool):
            return f"{tool} is missing, so student code has no sandbox; {HOW_TO_GET}"
    return ""


def other_user() -> int | None:
    """A user id for student code when the grader is root: one that owns nothing.

    A limit on processes does not bind root, and counts by user, so each kernel gets
    its own. None when the grader is not root: then bubblewrap's user namespace does it.
    """
    if os.getuid() != 0:
        return None
    first, _, count = max(
        (
            tuple(map(int, line.split()))
            for line in Path("/proc/self/uid_map").read_text().splitlines()
        ),
        key=lambda mapped: mapped[2],
    )
    low, high = first + 65536, first + count - 1
    # A small map has no such ids; 65534 is the customary nobody.
    return random.SystemRandom().randint(low, min(high, 2**31)) if low < high else 65534


def readable_folders() -> set[str]:
    """What Python needs to run: its environment, its own files, this package."""
    return {
        os.path.realpath(path)
        for path in (sys.prefix, sys.base_prefix, Path(tapecheck.__file__).parents[1])
    }


def command(
    argv: list[str],
    handover: Path,
    info: int,
    filter_: int,
    limits: Limits,
    hidden: Iterable[str] = (),
    readable: Iterable[str] = (),
    data: str = "",
) -> list[str]:
    """The command line that runs `argv` in the sandbox.

    `handover` is seen as /handover; what is in its ``files`` is copied to the working
    folder, /student. bubblewrap writes what it made to the file descriptor `info` and
    reads the filter of system calls from `filter_`. Packages named in `hidden` are not
    there; folders in `readable` are, read-only, and so is the course's `data`.
    """
    user = other_user()
    bwrap = [*NAMESPACES, "--cap-drop", "ALL"]
    if user is None:
        bwrap += ["--unshare-user", "--disable-userns"]
    else:
        for capability in ("SETUID", "SETGID", "SETPCAP"):
            bwrap += ["--cap-add", f"CAP_{capability}"]
    bwrap += view(limits, hidden, readable, data, handover)
    bwrap += ["--info-fd", str(info), "--seccomp", str(filter_), "--"]
    if user is not None:
        bwrap += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        bwrap += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]
    bwrap += ["prlimit"]
    bwrap += [f"--{name}={value}" for name, value in limits.resources().items()]
    copy = f'cp -R {HANDED_OVER}/files/. {HOME}/ 2>/dev/null; exec "$@"'
    return [*bwrap, "--", "sh", "-c", copy, "sh", *argv]


def server_command(argv: list[str], hidden: Iterable[str], data: str) -> list[str]:
    """The command line for `argv` to fork kernels from: they see what it sees.

    It keeps what it takes to lock each of them up alone: the privileges of a root that
    sees nothing, or the right to have a user namespace.
    """
    bwrap = [*NAMESPACES, "--cap-drop", "ALL"]
    if os.getuid() != 0:
        bwrap += ["--unshare-user"]
    else:
        for capability in (
            *("SYS_ADMIN", "NET_ADMIN", "SETUID", "SETGID", "SETPCAP"),
            *("CHOWN", "FOWNER", "DAC_OVERRIDE"),
        ):
            bwrap += ["--cap-add", f"CAP_{capability}"]
    return [*bwrap, *view(Limits(), hidden, (), data, None), "--", *argv]


NAMESPACES = [
    *("bwrap", "--die-with-parent", "--new-session", "--clearenv"),
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
    *("--unshare-cgroup-try", "--hostname", "student"),
]


def view(
    limits: Limits,
    hidden: Iterable[str],
    readable: Iterable[str],
    data: str,
    handover: Path | None,
) -> list[str]:
    """The part of a command line that makes the file system and the environment."""
    bwrap = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for link in ("/bin", "/sbin", "/lib", "/lib64"):
        if os.path.islink(link):
            bwrap += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            bwrap += ["--ro-bind", link, link]
    for file in ("/etc/ld.so.cache", "/etc/localtime"):
        if os.path.exists(file):
            bwrap += ["--ro-bind", os.path.realpath(file), file]
    variables = {
        **VARIABLES,
        "HOME": HOME,
        "IPYTHONDIR": "/tmp/ipython",
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    folders = {*readable_folders(), *map(os.path.realpath, readable)}
    if data:
        variables["TAPECHECK_DATA"] = os.path.realpath(data)
        folders.add(variables["TAPECHECK_DATA"])
    # Before what is bound: a worker's copy of the data may stand below /tmp.
    for place, size in limits.places().items():
        bwrap += ["--perms", "1777", "--size", str(size), "--tmpfs", place]
    # bubblewrap makes missing parents unreadable for anyone but root.
    parents = {str(parent) for folder in folders for parent in Path(folder).parents}
    for folder in sorted(parents - {"/", "/usr", *limits.places()}):
        bwrap += ["--perms", "0755", "--dir", folder]
    for folder in sorted(folders):
        bwrap += ["--ro-bind", folder, folder]
    packages = Path(os.path.realpath(sysconfig.get_path("purelib")))
    for name in hidden:
        if (packages / name).is_dir():
            bwrap += ["--tmpfs", str(packages / name)]
            bwrap += ["--remount-ro", str(packages / name)]
    if handover is not None:
        bwrap += ["--ro-bind", str(handover), HANDED_OVER]
    bwrap += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
    for name, value in variables.items():
        bwrap += ["--setenv", name, value]
    return bwrap


class Sandboxed:
    """The processes inside one sandbox: found, watched, ended."""

    def __init__(self, first: int, limits: Limits):
        self.first = first  # the first process in the sandbox, by its number outside
        self.limits = limits

    @property
    def root(self) -> str:
        """The sandbox's file system, seen from outside."""
        return f"/proc/{self.first}/root"

    def processes(self) -> list[int]:
        """Every process inside: all descend from the first one."""
        found, level = [], [self.first]
        while level:
            found += level
            level = [child for pid in level for child in children(pid)]
        return found

    def greedy(self) -> bool:
        """Whether all processes together hold too much memory."""
        limit = 2 * self.limits.memory
        if sum(map(resident, self.processes())) < limit:
            return False
        # Forks share most of their pages; counting each once takes longer.
        return sum(map(proportional, self.processes())) > limit

    def alive(self) -> bool:
        """Whether any process inside can still run; a dying one has no memory left."""
        for pid in self.processes():
            try:
                if Path(f"/proc/{pid}/cmdline").read_bytes():
                    return True
            except OSError:
                continue
        return False

    def end(self) -> None:
        """Kill everything inside: with the first process go all others."""
        try:
            os.kill(self.first, signal.SIGKILL)
        except ProcessLookupError:
            pass


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            listed = Path(f"/proc/{pid}/task/{task}/children").read_text()
            found += map(int, listed.split())
    except OSError:
        pass
    return found


def resident(pid: int) -> int:
    """Bytes that a process has in memory."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def proportional(pid: int) -> int:
    """Bytes that a process has in memory, its share of what it shares (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def first_process(info: int) -> int:
    """Read what bubblewrap says of the sandbox it made; 0 if it made none."""
    with os.fdopen(info, "rb") as file:
        said = file.read()  # to the end: it writes in pieces
    try:
        return int(json.loads(said)["child-pid"])
    except (ValueError, KeyError):
        return 0


class SandboxProvisioner(LocalProvisioner):
    """What kernels in a sandbox have in common, however it was made.

    `files` is a folder whose contents the kernel finds in its working folder;
    `hidden` and `data` are as for `command`. Needs a kernel manager whose transport
    is ``ipc``.
    """

    files = Unicode("").tag(config=True)
    hidden = List(Unicode()).tag(config=True)
    data = Unicode("").tag(config=True)
    limits = Dict().tag(config=True)
    startup_timeout = Float(60).tag(config=True)

    sandboxed: Sandboxed | None = None

    def inner_connection(self) -> dict:
        """The connection as the kernel sees it."""
        inner: dict = {**self.connection_info, "ip": f"{SOCKETS}/kernel"}
        inner["key"] = inner["key"].decode()
        return inner

    async def reach(self, sandboxed: Sandboxed) -> None:
        """Wait until the kernel listens: a client that connects later never would."""
        self.sandboxed = sandboxed
        self.connection_info["ip"] = f"{sandboxed.root}{SOCKETS}/kernel"
        ports = [
            p for name, p in self.connection_info.items() if name.endswith("_port")
        ]
        sockets = [f"{self.connection_info['ip']}-{port}" for port in ports]
        deadline = time.monotonic() + self.startup_timeout
        while not all(os.path.exists(socket) for socket in sockets):
            if await self.poll() is not None:
                raise GradingError("the sandboxed kernel did not start")
            if time.monotonic() > deadline:
                raise GradingError("the sandboxed kernel started too slowly")
            await asyncio.sleep(0.01)

    async def send_signal(self, signum: int) -> None:
        # With the first process inside go all others. Any other signal would end
        # bubblewrap; a message interrupts the kernel.
        if signum in (signal.SIGKILL, signal.SIGTERM):
            if self.sandboxed and self.sandboxed.first:
                self.sandboxed.end()
            else:
                await super().send_signal(signal.SIGKILL)

    async def wait(self) -> int | None:
        # The inherited one looks ten times a second, which is half of a warm start.
        while await self.poll() is None:
            await asyncio.sleep(0.005)
        return await super().wait()


class BubblewrapProvisioner(SandboxProvisioner):
    """Start a kernel in a sandbox and speak with it over sockets inside."""

    handover: Path | None = None

    async def launch_kernel(self, cmd, **kwargs):
        if why := missing():
            raise GradingError(f"{why}; or grade with --no-sandbox")
        limits = replace(Limits(), **self.limits)
        self.handover = Path(tempfile.mkdtemp(prefix="tapecheck-"))
        self.handover.chmod(0o755)
        if self.files:
            shutil.copytree(self.files, self.handover / "files")
            for path in (self.handover / "files").rglob("*"):
                path.chmod(0o755 if path.is_dir() else 0o644)
        connection = self.handover / "connection.json"
        connection.write_text(json.dumps(self.inner_connection()))
        assert self.parent is not None
        outside = self.parent.connection_file
        cmd = [f"{HANDED_OVER}/connection.json" if c == outside else c for c in cmd]

        info, info_write = os.pipe()
        filter_, filter_write = os.pipe()
        os.write(filter_write, seccomp.program())
        os.close(filter_write)
        try:
            argv = command(
                cmd,
                self.handover,
                info_write,
                filter_,
                limits,
                self.hidden,
                data=self.data,
            )
            kwargs.update(pass_fds=(info_write, filter_), env={"PATH": os.defpath})
            kwargs["cwd"] = "/"
            await super().launch_kernel(argv, **kwargs)
        finally:
            os.close(info_write)
            os.close(filter_)
        first = await asyncio.to_thread(first_process, info)
        await self.reach(Sandboxed(first, limits))
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing: no process, no file."""
        if self.sandboxed and self.sandboxed.first:
            for _ in range(500):
                if not self.sandboxed.alive():
                    break
                self.sandboxed.end()
                await asyncio.sleep(0.01)
        if self.process is not None:
            await super().send_signal(signal.SIGKILL)
        if self.handover:
            shutil.rmtree(self.handover, ignore_errors=True)
        await super().cleanup(restart)

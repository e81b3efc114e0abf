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
    """What a student's kernel may use.

    `memory` bounds one process's data and, four times it, all of them together:
    TensorFlow itself needs about 1 GB. Sizes are in bytes, `cpu` in seconds.
    """

    memory: int = 2_000_000_000
    cpu: int = 600
    processes: int = 128
    file_size: int = 64_000_000
    disk: int = 128_000_000
    open_files: int = 512


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
    bwrap = ["bwrap", "--die-with-parent", "--new-session", "--clearenv"]
    bwrap += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    bwrap += ["--unshare-cgroup-try", "--hostname", "student", "--cap-drop", "ALL"]
    if user is None:
        bwrap += ["--unshare-user", "--disable-userns"]
    else:
        for capability in ("SETUID", "SETGID", "SETPCAP"):
            bwrap += ["--cap-add", f"CAP_{capability}"]
    bwrap += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
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
    for place, size in (
        (SOCKETS, 1_000_000),
        ("/dev/shm", limits.disk // 4),
        ("/tmp", limits.disk),
        (HOME, limits.disk),
    ):
        bwrap += ["--perms", "1777", "--size", str(size), "--tmpfs", place]
    # bubblewrap makes missing parents unreadable for anyone but root.
    parents = {str(parent) for folder in folders for parent in Path(folder).parents}
    for folder in sorted(parents - {"/", "/usr"}):
        bwrap += ["--perms", "0755", "--dir", folder]
    for folder in sorted(folders):
        bwrap += ["--ro-bind", folder, folder]
    packages = Path(os.path.realpath(sysconfig.get_path("purelib")))
    for name in hidden:
        if (packages / name).is_dir():
            bwrap += ["--tmpfs", str(packages / name)]
            bwrap += ["--remount-ro", str(packages / name)]
    bwrap += ["--ro-bind", str(handover), HANDED_OVER]
    bwrap += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
    for name, value in variables.items():
        bwrap += ["--setenv", name, value]
    bwrap += ["--info-fd", str(info), "--seccomp", str(filter_), "--"]
    if user is not None:
        bwrap += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        bwrap += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]
    bwrap += [
        "prlimit",
        f"--data={limits.memory}",
        f"--cpu={limits.cpu}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_size}",
        f"--nofile={limits.open_files}",
        "--core=0",
        "--",
    ]
    copy = f'cp -R {HANDED_OVER}/files/. {HOME}/ 2>/dev/null; exec "$@"'
    return [*bwrap, "sh", "-c", copy, "sh", *argv]


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

    def memory(self) -> int:
        """Resident bytes of all processes together."""
        pages = 0
        for pid in self.processes():
            try:
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                continue
        return pages * os.sysconf("SC_PAGE_SIZE")

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


def first_process(info: int) -> int:
    """Read what bubblewrap says of the sandbox it made; 0 if it made none."""
    with os.fdopen(info, "rb") as file:
        said = file.read()  # to the end: it writes in pieces
    try:
        return int(json.loads(said)["child-pid"])
    except (ValueError, KeyError):
        return 0


class BubblewrapProvisioner(LocalProvisioner):
    """Start a kernel in a sandbox and speak with it over sockets inside.

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
        inner: dict = {**self.connection_info, "ip": f"{SOCKETS}/kernel"}
        inner["key"] = inner["key"].decode()
        (self.handover / "connection.json").write_text(json.dumps(inner))
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
        loop = asyncio.get_running_loop()
        first = await loop.run_in_executor(None, first_process, info)
        self.sandboxed = Sandboxed(first, limits)
        self.connection_info["ip"] = f"{self.sandboxed.root}{SOCKETS}/kernel"
        await self.wait_for_sockets()
        return self.connection_info

    async def wait_for_sockets(self) -> None:
        """Wait until the kernel listens: a client that connects later never would."""
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
            await asyncio.sleep(0.02)

    async def send_signal(self, signum: int) -> None:
        # With the first process inside go all others, and bubblewrap outside buries
        # it. Any other signal would end bubblewrap; a message interrupts the kernel.
        if signum in (signal.SIGKILL, signal.SIGTERM):
            if self.sandboxed and self.sandboxed.first:
                self.sandboxed.end()
            else:
                await super().send_signal(signal.SIGKILL)

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

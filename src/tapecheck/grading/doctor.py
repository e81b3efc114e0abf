"""Is student code safely locked up here? Tried, not assumed.

Each protection is attacked from inside the sandbox, by the code that a student could
write; it holds when the attack fails. Kernels that start cold and kernels that are
forked warm are locked up in different ways, so both are attacked.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tapecheck.grading import sandbox, seccomp, warm
from tapecheck.grading.kernels import (
    KernelEnded,
    Outputs,
    Surroundings,
    in_own_loop,
)
from tapecheck.grading.results import GradingError

# Small, so that trying them is quick; the machinery is the same.
LIMITS = sandbox.Limits(
    memory=300_000_000, cpu=3, processes=40, file_size=5_000_000, disk=10_000_000
)


@dataclass(frozen=True)
class Check:
    """One protection; `attack` is Python that prints ``broken`` when it succeeds."""

    protects: str
    attack: str


CHECKS = [
    Check(
        "no network, not even to this machine",
        "s = socket.socket(); s.settimeout(2); s.connect(('127.0.0.1', {port}))\n"
        "print('broken')",
    ),
    Check(
        "no socket of a program on this machine",
        "s = socket.socket(socket.AF_UNIX); s.connect('\\0' + {abstract!r})\n"
        "print('broken')",
    ),
    Check("no sight of files outside", "open({secret!r}).read(); print('broken')"),
    Check("no sight of the home folder", "open({private!r}).read(); print('broken')"),
    Check(
        "no environment variable of the grader",
        "if 'TAPECHECK_SECRET' in os.environ: print('broken')",
    ),
    Check(
        "no sight of other processes",
        "if len([p for p in os.listdir('/proc') if p.isdigit()]) > 3: print('broken')",
    ),
    Check(
        "no signal to the grader",
        "os.kill({grader}, 9); print('broken')",
    ),
    Check(
        "Python is read-only",
        "open(os.path.join({packages!r}, 'planted.py'), 'w'); print('broken')",
    ),
    Check("nothing can be written outside", "open('/planted', 'w'); print('broken')"),
    Check(
        "a limit on processes",
        "n = 0\n"
        "while n < 200:\n"
        "    if os.fork() == 0: time.sleep(5); os._exit(0)\n"
        "    n += 1\n"
        "print('broken')",
    ),
    Check(
        "a limit on memory",
        "kept = bytearray(500_000_000); print('broken')",
    ),
    Check(
        "a limit on disk",
        "for n in range(100): open(f'/tmp/{{n}}', 'wb').write(bytes(1_000_000))\n"
        "print('broken')",
    ),
    Check(
        "a limit on a file's size",
        "open('big', 'wb').write(bytes(8_000_000)); print('broken')",
    ),
    Check(
        "a limit on computing time",
        "while time.process_time() < 5: pass\nprint('broken')",
    ),
    Check(
        "no privileges, none to be had",
        "assert os.getuid() != 0; os.setuid(0); print('broken')",
    ),
    Check(
        "no new namespaces",
        "if ctypes.CDLL(None).unshare(0x10000000) == 0: print('broken')",
    ),
    Check(
        "no new namespaces for a child",
        "import platform\n"
        "clone = {{'x86_64': 56, 'aarch64': 220}}[platform.machine()]\n"
        "child = ctypes.CDLL(None).syscall(clone, 0x10000000 | 17, 0, 0, 0, 0)\n"
        "if child == 0: os._exit(0)\n"
        "if child > 0: print('broken')",
    ),
    Check(
        "no rare system calls",
        "if ctypes.CDLL(None).memfd_create(b'x', 0) >= 0: print('broken')",
    ),
]
IMPORTS = "import ctypes, os, socket, time\n"
HIDE = "pandas"


def check() -> Iterator[tuple[str, str]]:
    """Try every protection: pairs of its name and why it does not hold, or ''.

    Of each name there are two, for a cold kernel and for a warm one, unless there can
    be none.
    """
    if why := sandbox.missing():
        yield "a sandbox for student code", why
        return
    for kind, attempt, dies in (
        ("cold", attempt_cold, COLD_STAND_IN),
        ("warm", attempt_warm, WARM_STAND_IN),
    ):
        with opponents() as facts:
            for one in CHECKS:
                attack = IMPORTS + one.attack.format(**facts)
                yield f"{kind}: {one.protects}", attempt(attack)
        yield (
            f"{kind}: a package can be hidden",
            attempt(f"import {HIDE}; {HIDE}.Series; print('broken')", [HIDE]),
        )
        yield f"{kind}: it dies with the grader", dies_with_parent(dies)


@contextlib.contextmanager
def opponents() -> Iterator[dict]:
    """What the attacks aim at: real sockets, a real secret, this process."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = f"tapecheck-{os.getpid()}"
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        if sys.platform == "linux":
            unix.bind(f"\0{abstract}")
            unix.listen()
        secret = stack.enter_context(tempfile.NamedTemporaryFile())
        private = stack.enter_context(tempfile.NamedTemporaryFile(dir=Path.home()))
        for file in (secret, private):
            os.chmod(file.name, 0o644)
        os.environ["TAPECHECK_SECRET"] = "secret"
        stack.callback(os.environ.pop, "TAPECHECK_SECRET")
        yield {
            "port": listener.getsockname()[1],
            "abstract": abstract,
            "secret": secret.name,
            "private": private.name,
            "grader": os.getpid(),
            "packages": str(Path(sys.prefix)),
        }


def attempt_warm(attack: str, hidden: Iterable[str] = ()) -> str:
    """Run an attack in a warm kernel; why it got through, or ''."""
    return in_own_loop(attack_warm(attack, tuple(hidden)))


async def attack_warm(attack: str, hidden: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory(prefix="tapecheck-") as folder:
        surroundings = Surroundings(
            Path(folder), "", hidden=hidden, limits=asdict(LIMITS)
        )
        try:
            kernel = await surroundings.start_one(warm.NAME)
        except GradingError as error:
            return str(error)
        outputs = Outputs()
        try:
            await kernel.run(attack, 30, outputs)
        except TimeoutError:
            return "the kernel did not end"
        except KernelEnded:
            pass
        finally:
            await kernel.stop()
    return "the attack got through" if "broken" in said_by(outputs) else ""


def said_by(outputs: Outputs) -> str:
    """What a cell printed."""
    return "".join(output.get("text", "") for output in outputs.list)


def attempt_cold(attack: str, hidden: Iterable[str] = ()) -> str:
    """Run an attack in a cold sandbox; why it got through, or ''."""
    with start([sys.executable, "-P", "-c", attack], hidden) as (process, _):
        try:
            said, complaint = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            return "the sandbox did not end"
    if b"broken" in said:
        return "the attack got through"
    if process.returncode and b"bwrap:" in complaint:
        return complaint.decode(errors="replace").strip()
    return ""


@contextlib.contextmanager
def start(
    argv: list[str],
    hidden: Iterable[str] = (),
    handover: Path | None = None,
    limits: sandbox.Limits = LIMITS,
    readable: Iterable[str] = (),
) -> Iterator[tuple[subprocess.Popen, int]]:
    """A process in the sandbox, and its first process's number outside."""
    with contextlib.ExitStack() as stack:
        if handover is None:
            made = tempfile.TemporaryDirectory(prefix="tapecheck-")
            handover = Path(stack.enter_context(made))
        handover.chmod(0o755)
        info, info_write = os.pipe()
        filter_, filter_write = os.pipe()
        os.write(filter_write, seccomp.program())
        os.close(filter_write)
        process = subprocess.Popen(
            sandbox.command(
                argv, handover, info_write, filter_, limits, hidden, readable
            ),
            pass_fds=(info_write, filter_),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(info_write)
        os.close(filter_)
        first = sandbox.first_process(info)
        try:
            yield process, first
        finally:
            if first:
                sandbox.Sandboxed(first, limits).end()
            process.kill()
            process.communicate()


# Programs that lock something up, print the number of its first process, and wait.
COLD_STAND_IN = """
import sys, time
from tapecheck.grading import doctor
with doctor.start(['sh', '-c', 'echo; sleep 60'], []) as (process, first):
    process.stdout.readline()  # it runs, so it has all its protections
    print(first, flush=True)
    time.sleep(60)
"""
WARM_STAND_IN = """
import asyncio, tempfile, time
from pathlib import Path
from tapecheck.grading import warm
from tapecheck.grading.kernels import Surroundings
async def live():
    with tempfile.TemporaryDirectory(prefix="tapecheck-") as folder:
        kernel = await Surroundings(Path(folder), "").start_one(warm.NAME)
        print(kernel.manager.provisioner.pid, kernel.folder, folder, flush=True)
        await asyncio.sleep(60)
asyncio.run(live())
"""


def dies_with_parent(program: str) -> str:
    """Kill a grader's stand-in, and see whether its sandbox goes with it."""
    stand_in = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert stand_in.stdout is not None
    said = stand_in.stdout.readline().decode().split()
    os.kill(stand_in.pid, signal.SIGKILL)
    stand_in.communicate()
    if not said:
        return "there was nothing to kill"
    for folder in said[1:]:
        shutil.rmtree(folder, ignore_errors=True)
    sandboxed = sandbox.Sandboxed(int(said[0]), LIMITS)
    for _ in range(100):
        if not sandboxed.alive():
            return ""
        time.sleep(0.05)
    sandboxed.end()
    return "the sandbox outlived the grader"


def main() -> int:
    """Print what holds and what does not; returns 1 when something does not."""
    failures = 0
    for protects, why in check():
        failures += bool(why)
        print(f"{'FAILS' if why else 'holds'}  {protects}{': ' * bool(why)}{why}")
    if failures:
        print(f"{failures} protections are missing; {sandbox.HOW_TO_GET}")
    else:
        print("student code is locked up")
    return 1 if failures else 0

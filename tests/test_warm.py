"""Warm kernels are as good as new, as locked up as cold ones, and leave nothing."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import require

from tapecheck.grading import (
    doctor,
    executor,
    fork_server,
    intake,
    lending,
    sandbox,
    trusted,
    warm,
    worker,
)
from tapecheck.grading.course import Assignment
from tapecheck.grading.kernels import LOCAL, Kernel, Outputs, Surroundings, in_own_loop
from tapecheck.grading.results import GradingError

sys.path.insert(0, str(Path(__file__).parent / "hostile"))

import assignment  # noqa: E402
import harness  # noqa: E402

# `make warm-soak` asks for 500.
FORKS = int(os.environ.get("TAPECHECK_FORKS", "20"))
pytestmark = pytest.mark.sandbox


@pytest.fixture(autouse=True)
def no_server_is_left():
    require("bubblewrap")
    stop_all()  # what other tests of this process have started
    yield
    stop_all()


def stop_all():
    trusted.tidy_up()
    warm.stop_all()


async def printed(kernel: Kernel, code: str):
    """What a cell printed, which must be JSON."""
    outputs = Outputs()
    reply = await kernel.run(code, 60, outputs)
    assert reply["status"] == "ok", reply
    return json.loads(doctor.said_by(outputs))


def in_kernel(code: str, provisioners, surroundings: Surroundings):
    """What a cell prints in a kernel of the first kind that can be had, and why."""

    async def run():
        kernel, why = await surroundings.start(provisioners)
        try:
            return await printed(kernel, code), why
        finally:
            await kernel.stop()

    return in_own_loop(run())


DRAWS = """
import gc, json, os, random, tempfile, threading
threads = len(os.listdir("/proc/self/task"))
files = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
files = [os.readlink(file) for file in files if os.path.lexists(file)]
known = ("/dev/null", "pipe:", "socket:", "anon_inode:", "/proc")
outside = [file for file in files if not file.startswith(known)
           and not file.endswith("/stderr")]  # which the grader reads
import numpy as np, tensorflow as tf, torch
w = torch.ones(3, requires_grad=True)
(w * w).sum().backward()
with tf.GradientTape() as tape:
    v = tf.Variable([1.0, 2.0])
    y = tf.reduce_sum(v * v)
assert tape.gradient(y, v).numpy().tolist() == w.grad[:2].mul(
    torch.tensor([1.0, 2.0])).tolist()
print(json.dumps({
    "threads": threads,
    "outside": outside,
    "folder": [tempfile.gettempdir(), os.listdir("/tmp"), os.listdir(".")],
    "draws": [random.random(), float(np.random.rand()),
              float(np.random.default_rng().random()), float(torch.rand(1)),
              float(tf.random.uniform([])),
              float(tf.keras.initializers.GlorotUniform()((1, 1))[0, 0]),
              tempfile.mktemp()],
}))
open("/tmp/left", "w").write("here"); open("left", "w").write("here")
"""


def test_forks_are_as_good_as_new_and_leave_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    surroundings = Surroundings(tmp_path, "", ("tensorflow", "torch"))
    first, _ = in_kernel(DRAWS, [warm.NAME], surroundings)
    (server,) = warm.servers.values()
    inside = sandbox.Sandboxed(server.process.pid, sandbox.Limits())
    forker = max(inside.processes(), key=sandbox.resident)

    def held():
        return {
            "processes": len(inside.processes()),
            "files of the server": len(os.listdir(f"/proc/{forker}/fd")),
            "files of the grader": len(os.listdir("/proc/self/fd")),
            "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        }

    before, resident = held(), sandbox.resident(forker)
    seen = []
    for _ in range(FORKS):
        found, _ = in_kernel(DRAWS, [warm.NAME], surroundings)
        assert found["threads"] == first["threads"] and found["outside"] == []
        assert found["folder"] == ["/tmp", ["ipython"], ["file"]]
        seen.append(found["draws"])
    for draws in zip(*seen, strict=True):
        assert len(set(draws)) == FORKS
    # Others on this machine may unmount something meanwhile; nothing may be added.
    assert all(held()[what] <= count for what, count in before.items())
    assert sandbox.resident(forker) < resident + 10_000_000


FACTS = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
kept = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
        "Groups")
mounts = {line.split()[4] for line in open("/proc/self/mountinfo")} - {"/handover"}
print(json.dumps({
    "status": {name: status[name].strip() for name in kept},
    "limits": open("/proc/self/limits").read(),
    "root": sorted(set(os.listdir("/")) - {"handover"}),
    "mounts": sorted(mounts - {"/proc/sys", "/proc/irq", "/proc/bus"}),
    "dev": sorted(os.listdir("/dev")),
    "environment": dict(os.environ),
    "here": [os.getcwd(), sorted(os.listdir(".")), os.stat("file").st_mode,
             os.stat("file").st_uid == os.getuid() != 0],
    "path": __import__("sys").path,
    "host": os.uname().nodename,
}))
"""


def test_a_warm_kernel_sees_what_a_cold_one_sees(tmp_path):
    files, data = tmp_path / "files", tmp_path / "data"
    for folder in (files, data):
        folder.mkdir()
        (folder / "file").write_text("")
    surroundings = Surroundings(files, str(data))
    cold, _ = in_kernel(FACTS, [sandbox.NAME], surroundings)
    warmed, _ = in_kernel(FACTS, [warm.NAME], surroundings)
    assert str(data) in cold["mounts"]
    for facts in (cold, warmed):
        facts["status"]["Groups"] = facts["status"]["Groups"].split()[:0]
    # The debugger's, which a warm kernel does without.
    cold["environment"].pop("PYDEVD_USE_FRAME_EVAL", None)
    assert warmed == cold


MEMORY = """
import gc, json, sys, types
try:
    import pandas
    imported = hasattr(pandas, "DataFrame")  # an empty folder can be imported
except ImportError:
    imported = False
there = [m.__name__ for m in gc.get_objects() if isinstance(m, types.ModuleType)]
there += list(sys.modules)
print(json.dumps([imported, any(name.startswith("pandas.") for name in there)]))
"""


@pytest.mark.parametrize(("hidden", "found"), [((), True), (("pandas",), False)])
def test_a_hidden_package_was_never_in_memory(tmp_path, hidden, found):
    surroundings = Surroundings(tmp_path, "", hidden=hidden)
    assert in_kernel(MEMORY, [warm.NAME], surroundings)[0] == [found, found]


def test_a_server_that_imported_what_should_be_hidden_refuses():
    fork_server.preload(["json"], ["nowhere"])
    with pytest.raises(fork_server.Refused, match="numpy should be hidden"):
        fork_server.preload(["tapecheck.compare"], ["numpy"])


@pytest.mark.parametrize("more", [0, 1])
def test_a_server_with_a_new_thread_refuses_to_fork(more, monkeypatch):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(fork_server, "threads", lambda: 2 + more)
    forked = []
    monkeypatch.setattr(os, "fork", lambda: forked.append(1) or 1)
    monkeypatch.setattr(os, "waitpid", lambda *_: None)
    with ours, theirs:
        ours.send(b"{}")
        ours.shutdown(socket.SHUT_WR)
        assert fork_server.serve(theirs, 2) is None
        assert len(forked) == 1 - more
        if more:
            assert "3 threads, not 2" in json.loads(ours.recv(1000))["error"]


def test_servers_of_two_kinds_start_at_once_and_of_one_kind_once(monkeypatch):
    torch_may_start, started = threading.Event(), []

    class Slow:
        def __init__(self, packages, hidden, data):
            if packages:
                assert torch_may_start.wait(30)
            started.append(packages)

        def alive(self):
            return True

        def stop(self):
            pass

    monkeypatch.setattr(warm, "Server", Slow)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(warm.server, ["torch"], [], "")
        second = threads.submit(warm.server, ["torch"], [], "")
        assert isinstance(threads.submit(warm.server, [], [], "").result(30), Slow)
        assert not first.done() and not second.done()
        torch_may_start.set()
        assert first.result(30) is second.result(30)
    assert started == [(), ("torch",)]


def test_without_a_server_kernels_are_cold_and_say_why(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "server_command", lambda *_: ["sh", "-c", "exit 3"])
    surroundings = Surroundings(tmp_path, "")
    pids = "import json, os; print(json.dumps(os.path.exists('/handover')))"
    cold, why = in_kernel(pids, [warm.NAME, sandbox.NAME], surroundings)
    assert cold and "the fork server ended" in why and "\n" not in why
    with pytest.raises(GradingError, match="the fork server ended"):
        in_kernel(pids, [warm.NAME], surroundings)
    monkeypatch.undo()
    warm.stop_all()
    cold, why = in_kernel(pids, [warm.NAME, LOCAL], surroundings)
    assert not cold and why == ""


def test_a_kernel_dies_with_its_server(tmp_path):
    async def outlive():
        kernel = await Surroundings(tmp_path, "").start_one(warm.NAME)
        assert await kernel.manager.is_alive()
        (server,) = warm.servers.values()
        server.process.kill()
        for _ in range(200):
            if not await kernel.manager.is_alive():
                break
            await asyncio.sleep(0.05)
        alive = await kernel.manager.is_alive()
        await kernel.stop()
        return alive

    assert not in_own_loop(outlive())


# --- one server for all the workers of a machine --------------------------------------


def start_a_kernel(folder: str, told: str) -> None:
    """In a worker: start a warm kernel, say who it is, and wait for the end of days."""

    async def start():
        surroundings = Surroundings(Path(folder), "/nowhere", ("json",))
        kernel, why = await surroundings.start([warm.NAME, LOCAL])
        assert not why, why
        seen = await printed(
            kernel, "import os, json; print(json.dumps(dict(os.environ)))"
        )
        first = kernel.manager.provisioner.sandboxed.first
        mine = [os.getpid(), first, seen["TAPECHECK_DATA"], len(warm.servers)]
        Path(told, str(os.getpid())).write_text(json.dumps(mine))
        await asyncio.sleep(600)

    in_own_loop(start())


def gone(pid: int) -> bool:
    """Whether a process ends within a few seconds."""
    for _ in range(200):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_workers_share_one_server_and_their_kernels_end_with_them(tmp_path):
    data, told = tmp_path / "data", tmp_path / "told"
    data.mkdir()
    told.mkdir()
    pool = executor.Processes(2)
    try:
        pool.get_ready(["json"], str(data))
        jobs = [pool.submit(start_a_kernel, str(tmp_path), str(told)) for _ in "ab"]
        while len(list(told.iterdir())) < 2:
            assert not any(job.done() for job in jobs), jobs[0].exception()
            time.sleep(0.05)
        told_by = [json.loads(path.read_text()) for path in told.iterdir()]
        (one, kernel, seen, own), (other, others_kernel, *_) = told_by
        assert seen == str(data) and own == 0  # the lender's data, nobody's own server
        (server,) = warm.servers.values()
        os.kill(one, signal.SIGKILL)
        assert gone(kernel)
        assert Path(f"/proc/{other}").exists()
        assert Path(f"/proc/{others_kernel}").exists()
    finally:
        pool.stop()
    assert gone(others_kernel) and not server.alive() and not warm.servers


def test_a_lender_that_has_stopped_says_so(tmp_path):
    lender = lending.Lender(str(tmp_path / "forks"), "")
    borrower = lending.Borrower(lender.path)
    lender.stop()
    with pytest.raises(GradingError, match="nobody lends|was stopped"):
        borrower.fork([], [], "", {}, 0, os.open(tmp_path, os.O_RDONLY))
    assert not warm.servers


def test_a_missing_limit_of_a_warm_kernel_is_noticed(monkeypatch):
    whole = sandbox.Limits.resources
    attack = next(c.attack for c in doctor.CHECKS if "file's size" in c.protects)
    assert doctor.attempt_warm(attack) == ""
    monkeypatch.setattr(
        sandbox.Limits, "resources", lambda self: {**whole(self), "fsize": 2**40}
    )
    assert doctor.attempt_warm(attack) == "the attack got through"


# --- the kernel of the tests, kept from one submission to the next -------------------


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("", True),
        ("left = 1\nimport torch\ntorch.ones(2, requires_grad=True).sum()", True),
        ("import numpy as np\nnp.random.default_rng = None", True),
        ("import torch\ntorch.set_default_dtype(torch.float64)", False),
        ("import numpy as np\nnp.testing.assert_allclose = print", False),
        ("import numpy as np\nnp.seterr(all='raise')", False),
        ("import os\nos.environ['LEFT'] = '1'", False),
        ("open('left', 'w').write('')", False),
        ("import sys\nsys.left = b'1' * 700_000_000", False),
    ],
)
def test_what_a_test_leaves_does_not_reach_the_next_submission(tmp_path, code, kept):
    left = (
        "import json, os, sys, numpy as np, torch\n"
        "print(json.dumps(['left' in dir(), hasattr(sys, 'left'),"
        " 'LEFT' in os.environ, os.listdir('.'), np.geterr()['over'],"
        " torch.get_default_dtype() is torch.float64,"
        " np.testing.assert_allclose is print, np.random.default_rng is None]))"
    )

    async def two():
        surroundings = Surroundings(tmp_path, "", ("torch",), limits=trusted.UNLIMITED)

        async def take():
            return await trusted.take([warm.NAME, LOCAL], surroundings, 60)

        first = await take()
        before = await printed(first.kernel, left)
        await trusted.give_back(first, await first.renew())
        assert await take() is first
        await first.reseed(1)
        await first.set_up(code, "a test")
        await trusted.give_back(first, await first.renew())
        second = await take()
        try:
            return before, await printed(second.kernel, left), second is first
        finally:
            await trusted.give_back(second, False)

    before, after, same = in_own_loop(two())
    assert after == before and same == kept


def test_students_in_a_row_get_what_each_gets_alone(tmp_path):
    cases = {case.name: case for case in harness.cases(assignment.SLUG)}
    source = Assignment(assignment.write_course(tmp_path / "course"), assignment.SLUG)
    course, settings = worker.pack(source), worker.Settings(cell_timeout=10)
    kernels = []
    names = ("honest_right", "honest_wrong_value", "honest_right", "answer_nan")
    for place, name in enumerate(names):
        cases[name].write(tmp_path / str(place))
        (one,) = intake.handed_in(tmp_path / str(place), source)
        job = worker.Job(one.read(), assignment.SLUG, course, settings)
        cells = worker.grade(job).result.cells
        assert {n: cell.points for n, cell in cells.items()} == cases[name].points
        kernels += [tests.kernel for tests in trusted.kept.values()]
    assert len(kernels) == len(names) and len(set(kernels)) == 1


def test_a_kernel_of_tests_that_died_is_replaced(tmp_path):
    async def two():
        surroundings = Surroundings(tmp_path, "", limits=trusted.UNLIMITED)
        first = await trusted.take([warm.NAME, LOCAL], surroundings, 60)
        await trusted.give_back(first, await first.renew())
        warm.stop_all()
        while await first.alive():
            await asyncio.sleep(0.05)
        second = await trusted.take([warm.NAME, LOCAL], surroundings, 60)
        try:
            return second is first, await printed(second.kernel, "print(1)")
        finally:
            await trusted.give_back(second, False)

    assert in_own_loop(two()) == (False, 1)

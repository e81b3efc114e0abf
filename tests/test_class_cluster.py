"""A class graded on a Dask cluster, and into PostgreSQL."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import pytest
import stub_grading as stub
from conftest import require
from nbgrader.api import Gradebook

from tapecheck.grading import GradingError, grade

distributed = pytest.importorskip("distributed", reason="needs tapecheck[cluster]")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Four workers, each a process, and their scheduler."""
    calls = tmp_path_factory.mktemp("calls")
    os.environ["STUB_CALLS"] = str(calls)
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made, calls
    del os.environ["STUB_CALLS"]


@pytest.fixture
def course(tmp_path):
    return stub.assignment.write_course(tmp_path / "course")


def run(course: Path, tmp_path: Path, **options):
    return grade(
        stub.SLUG,
        tmp_path / "in",
        tmp_path / "out",
        course=course,
        progress=lambda line: None,
        **options,
    )


def test_a_worker_killed_in_the_middle_costs_nobody_a_point(cluster, course, tmp_path):
    made, calls = cluster
    for number in range(24):
        passes = "square-value" if number % 2 else ""
        stub.hand_in(tmp_path / "in", f"s{number:02}", passes, "sleep 1")
    ledger = tmp_path / "out" / "ledger.jsonl"
    killed = []

    def kill_one() -> None:
        """Kill a worker that has something to do."""
        with distributed.Client(made, set_as_default=False) as client:
            pids = client.run(os.getpid)
            while not (ledger.exists() and ledger.read_bytes().count(b"\n") > 4):
                time.sleep(0.05)
            while not (busy := [w for w, keys in client.processing().items() if keys]):
                time.sleep(0.05)
            killed.append(pids[busy[0]])
            os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    results = run(
        course,
        tmp_path,
        sandbox=False,
        work=stub.work,
        scheduler=made.scheduler_address,
    )
    killer.join()
    assert stub.scores(results) == {f"s{n:02}": 2 * (n % 2) for n in range(24)}
    assert ledger.read_bytes().count(b"\n") == 24
    graded = stub.calls(calls)
    # What the dead worker had is graded again, and nothing else is.
    assert set(graded) == {f"s{n:02}" for n in range(24)} and len(graded) > 24
    assert len(graded) <= 24 + 4
    with distributed.Client(made, set_as_default=False) as client:
        assert killed[0] not in client.run(os.getpid).values()


def test_who_kills_every_worker_needs_a_look(cluster, course, tmp_path):
    made, _ = cluster
    stub.hand_in(tmp_path / "in", "ada", "square-value")
    stub.hand_in(tmp_path / "in", "eve", "square-value", "die")
    results = {
        r.student: r
        for r in run(
            course,
            tmp_path,
            sandbox=False,
            work=stub.work,
            scheduler=made.scheduler_address,
        )
    }
    assert results["ada"].score == 2
    assert results["eve"].status == "needs-a-look"
    assert "worker died again and again" in results["eve"].notes[-1]


@pytest.mark.sandbox
def test_real_submissions_on_the_cluster(cluster, course, tmp_path):
    require("bubblewrap")
    made, _ = cluster
    for student, change in (("ada", ("", "")), ("ben", ("2 * x * dy", "x * dy"))):
        notebook = stub.assignment.answered(stub.SLUG)
        for cell in notebook.cells:
            cell.source = cell.source.replace(*change)
        (tmp_path / "in" / student).mkdir(parents=True)
        nbformat.write(notebook, tmp_path / "in" / student / f"{stub.SLUG}.ipynb")
    results = run(course, tmp_path, scheduler=made.scheduler_address)
    assert stub.scores(results) == {"ada": 10, "ben": 8}


def test_without_a_scheduler_it_is_one_sentence(course, tmp_path):
    stub.hand_in(tmp_path / "in", "ada")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(GradingError, match="no scheduler answers at tcp") as raised:
            run(course, tmp_path, sandbox=False, work=stub.work, scheduler=address)
    assert "\n" not in str(raised.value)


# --- PostgreSQL --------------------------------------------------------------------


def postgres_tools() -> Path:
    """Where Debian, or the PATH, has PostgreSQL's programs."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    if found := shutil.which("initdb"):
        return Path(found).parent
    pytest.skip("PostgreSQL is missing; on Debian: apt-get install postgresql")


@pytest.fixture(scope="module")
def postgres():
    """URL of a database server on this machine alone, gone afterwards."""
    pytest.importorskip("psycopg", reason="needs tapecheck[cluster]")
    tools = postgres_tools()
    folder = Path(tempfile.mkdtemp(prefix="tapecheck-"))
    as_other: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def tool(name: str, *arguments: str) -> None:
        done = subprocess.run(
            [*as_other, tools / name, "-D", folder / "data", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
        )
        assert done.returncode == 0, done.stdout

    tool("initdb", "-U", "teacher", "-A", "trust", "-E", "UTF8", "--no-sync")
    listen = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    tool("pg_ctl", "-w", "-l", str(folder / "log"), "-o", listen, "start")
    try:
        yield f"postgresql+psycopg://teacher@127.0.0.1:{port}/postgres"
    finally:
        with contextlib.suppress(AssertionError):
            tool("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_the_gradebook_may_be_postgresql(postgres, course, tmp_path, monkeypatch):
    monkeypatch.setenv("STUB_CALLS", str(tmp_path))
    for number in range(20):
        passes = "square-value" if number % 2 else "linear-dw"
        stub.hand_in(tmp_path / "in", f"s{number:02}", passes)

    def once() -> dict[str, float]:
        results = run(
            course, tmp_path, sandbox=False, work=stub.work, gradebook_url=postgres
        )
        with Gradebook(postgres, "tapecheck") as gradebook:
            there = {
                submission.student.id: submission.score
                for submission in gradebook.assignment_submissions(stub.SLUG)
            }
        assert there == stub.scores(results)
        return there

    assert once() == {f"s{n:02}": 2 if n % 2 else 3 for n in range(20)}
    with Gradebook(postgres, "tapecheck") as gradebook:
        given = gradebook.find_grade("linear-dx", stub.SLUG, stub.SLUG, "s01")
        given.manual_score, given.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    stub.hand_in(tmp_path / "in", "s00", "")
    expected = {f"s{n:02}": 2 if n % 2 else 3 for n in range(20)}
    assert once() == expected | {"s00": 0, "s01": 3}
    assert not (tmp_path / "out" / "gradebook.db").exists()
    # Stock nbgrader reads its database from the configuration that stands there.
    exported = tmp_path / "exported.csv"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", exported],
        cwd=tmp_path / "out" / "nbgrader",
        check=True,
        capture_output=True,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
    )
    assert "s01" in exported.read_text()

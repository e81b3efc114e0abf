"""Whatever dies while a class is graded, it ends in the right grades.

Workers, kernels, the coordinator, the ledger, the disk. All but the kernels' test grade
by the stub of `stub_grading`; queues, processes, signals and files are the real ones.
"""

import contextlib
import csv
import json
import multiprocessing.util
import os
import signal
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

from tapecheck import cli, grading
from tapecheck.grading import GradingError, batch, coordinator, grade, worker
from tapecheck.grading.executor import Processes, WorkerDied

HERE = Path(__file__).parent


@pytest.fixture
def klass(tmp_path, monkeypatch):
    """A course, a folder for submissions and a way to grade them."""
    return Class(tmp_path, monkeypatch)


class Class:
    def __init__(self, folder: Path, monkeypatch):
        self.course = stub.assignment.write_course(folder / "course")
        self.submissions = folder / "in"
        self.out = folder / "out"
        self.called = folder / "calls"
        self.called.mkdir()
        monkeypatch.setenv("STUB_CALLS", str(self.called))
        self.lines: list[str] = []

    def hand_in(self, **students: str) -> None:
        for student, passes in students.items():
            stub.hand_in(self.submissions, student, passes)

    def grade(self, **options):
        self.lines.clear()
        for path in self.called.glob("* [0-9]*"):
            path.unlink()
        return grade(
            stub.SLUG,
            self.submissions,
            self.out,
            course=self.course,
            progress=self.lines.append,
            **{"workers": 2, "sandbox": False, "work": stub.work, **options},
        )

    @property
    def calls(self) -> list[str]:
        return stub.calls(self.called)

    @property
    def ledger(self) -> Path:
        return self.out / "ledger.jsonl"

    def mend(self, old: str, new: str) -> None:
        """Change the instructor's source."""
        path = self.course / "solutions" / stub.SLUG / f"{stub.SLUG}.ipynb"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def start(self) -> subprocess.Popen:
        """Grade in a process of its own, in a process group of its own."""
        return subprocess.Popen(
            [
                *(sys.executable, HERE / "stub_grading.py"),
                *(self.course, self.submissions, self.out, "2"),
            ],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_for(self, lines: int) -> None:
        deadline = time.monotonic() + 60
        while not (
            self.ledger.exists() and self.ledger.read_bytes().count(b"\n") >= lines
        ):
            assert time.monotonic() < deadline, "nothing is graded"
            time.sleep(0.02)


# --- workers -----------------------------------------------------------------------


def test_a_dead_worker_costs_a_retry_of_its_own_submission_alone(klass):
    klass.hand_in(ada="square-value", ben="linear-dx", cem="", dia="square-value")
    stub.hand_in(klass.submissions, "eve", "linear-dw", "die-once")
    results = klass.grade()
    assert stub.scores(results) == {"ada": 2, "ben": 2, "cem": 0, "dia": 2, "eve": 3}
    assert klass.calls == ["ada", "ben", "cem", "dia", "eve", "eve"]


def test_who_kills_the_worker_twice_needs_a_look_and_everyone_else_is_graded(klass):
    klass.hand_in(ada="square-value", ben="linear-dx")
    stub.hand_in(klass.submissions, "eve", "linear-dw", "die")
    stub.hand_in(klass.submissions, "fay", "linear-dw", "raise")
    results = {result.student: result for result in klass.grade()}
    assert klass.calls == ["ada", "ben", "eve", "eve", "fay", "fay"]
    assert (results["ada"].score, results["ben"].score) == (2, 2)
    for student, why in (
        ("eve", "the process that graded it ended"),
        ("fay", "no good"),
    ):
        assert results[student].status == "needs-a-look"
        assert not results[student].examined and why in results[student].notes[-1]
    # It is the grader's failure, so the next run tries again, and them alone.
    stub.hand_in(klass.submissions, "eve", "linear-dw")
    results = {result.student: result for result in klass.grade()}
    assert klass.calls == ["eve", "fay", "fay"]
    assert results["eve"].score == 3


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_long_temporary_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 80)))
    with pytest.raises(GradingError, match="set TMPDIR to a shorter one"):
        Processes(1)


def test_a_pool_outlives_its_processes():
    pool = Processes(1)
    first = pool.submit(os.getpid).result()
    with pytest.raises(WorkerDied):
        pool.submit(die).result()
    second = pool.submit(os.getpid).result()
    assert second != first
    pool.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def kernels() -> list[int]:
    """Every kernel below this process, warm or cold, and what starts the warm ones."""
    found = []
    for pid in descendants(os.getpid()):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"fork_server" in command or b"ipykernel_launcher" in command:
            found.append(pid)
    return found


@pytest.mark.sandbox
def test_killed_kernels_cost_nobody_a_point(klass):
    """Real kernels here: every one is killed in the middle of a student's cell."""
    require("bubblewrap")
    marks = klass.out.parent / "marks"
    for student, change in (("ada", ("", "")), ("ben", ("2 * x * dy", "x * dy"))):
        notebook = stub.assignment.answered(stub.SLUG)
        for cell in notebook.cells:
            cell.source = cell.source.replace(*change)
            if cell.source.startswith("def square"):
                cell.source += "\n\nimport time; time.sleep(3)"
        (klass.submissions / student).mkdir(parents=True)
        nbformat.write(notebook, klass.submissions / student / f"{stub.SLUG}.ipynb")

    def kill_them() -> None:
        deadline = time.monotonic() + 120
        while len(kernels()) < 4 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.5)
        for pid in kernels():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                marks.touch()

    killer = threading.Thread(target=kill_them)
    killer.start()
    results = klass.grade(sandbox=True, workers=1, work=worker.grade)
    killer.join()
    assert marks.exists(), "nothing was killed"
    assert stub.scores(results) == {"ada": 10, "ben": 8}


# --- the coordinator ---------------------------------------------------------------


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def test_a_killed_coordinator_loses_nothing_finished_and_its_workers_follow(klass):
    for number in range(12):
        passes = "square-value" if number % 2 else ""
        stub.hand_in(klass.submissions, f"s{number:02}", passes, "sleep 0.3")
    running = klass.start()
    klass.wait_for(lines=4)
    workers = descendants(running.pid)
    assert len(workers) >= 2
    running.kill()
    running.communicate()
    kept = [json.loads(line)["student"] for line in klass.ledger.open()]
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in workers if alive(pid)] == []

    results = klass.grade()
    assert 4 <= len(kept) < 12
    assert klass.calls == sorted({f"s{n:02}" for n in range(12)} - set(kept))
    assert stub.scores(results) == {f"s{n:02}": 2 * (n % 2) for n in range(12)}
    assert f"({len(kept)} unchanged)" in klass.lines[-1]


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(klass):
    for number in range(12):
        stub.hand_in(klass.submissions, f"s{number:02}", "", "sleep 0.3")
    running = klass.start()
    klass.wait_for(lines=2)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    last = said.strip().splitlines()[-1]
    assert "stopped; " in last and "the same command goes on from there" in last
    assert "Traceback" not in said
    kept = klass.ledger.read_bytes().count(b"\n")
    assert f"{kept} of 12 submissions are graded and kept" in last
    klass.grade()
    assert len(klass.calls) == 12 - kept
    undisturbed = klass.start()
    undisturbed.communicate(timeout=60)
    assert undisturbed.returncode == 0


def test_ctrl_c_ends_any_command_with_a_sentence(monkeypatch, capsys):
    def interrupted(slug):
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "release", interrupted, raising=False)
    assert cli.main(["release", "--all"]) == 130
    assert capsys.readouterr().err == "tapecheck: stopped\n"
    monkeypatch.setattr(grading, "release", lambda slug: [])
    assert cli.main(["release", "--all"]) == 0
    assert capsys.readouterr().err == ""


def test_a_second_coordinator_is_refused(klass):
    for number in range(4):
        stub.hand_in(klass.submissions, f"s{number}", "", "sleep 1")
    running = klass.start()
    klass.wait_for(lines=1)
    with pytest.raises(GradingError, match="another run is grading into"):
        klass.grade()
    running.communicate(timeout=60)
    assert running.returncode == 0
    klass.grade()
    assert klass.calls == []


# --- the ledger --------------------------------------------------------------------


def test_only_what_changed_is_graded_again(klass):
    klass.hand_in(ada="square-value", ben="linear-dx")
    klass.grade()
    first = (klass.out / "grades.csv").read_bytes()
    klass.grade()
    assert klass.calls == []
    assert (klass.out / "grades.csv").read_bytes() == first
    klass.hand_in(ben="linear-dx linear-dw", cem="")
    assert stub.scores(klass.grade()) == {"ada": 2, "ben": 5, "cem": 0}
    assert klass.calls == ["ben", "cem"]
    klass.grade(force=True)
    assert klass.calls == ["ada", "ben", "cem"]
    (klass.out / "feedback" / "ada.html").unlink()
    klass.grade()
    assert klass.calls == ["ada"]
    klass.grade(cell_timeout=5)
    assert klass.calls == ["ada", "ben", "cem"]


def test_workers_get_ready_at_once_and_only_when_there_is_work(klass, monkeypatch):
    order = []

    class Batch(coordinator.Batch):
        def __init__(self, *task):
            order.append("look")  # at what is graded already, which takes a while
            super().__init__(*task)

    monkeypatch.setattr(coordinator, "Batch", Batch)
    monkeypatch.setattr(Processes, "get_ready", lambda *_: order.append("ready"))
    monkeypatch.setattr(batch.locked_up, "missing", lambda: "")
    klass.hand_in(ada="square-value")
    klass.grade(sandbox=True)
    assert order == ["ready", "look", "ready"]
    order.clear()
    klass.grade(sandbox=True)
    assert order == ["look"]
    order.clear()
    klass.hand_in(ben="linear-dx")
    klass.grade(sandbox=True)
    assert order == ["look", "ready"]


@pytest.mark.parametrize(("module", "slow"), [("batch", False), ("coordinator", True)])
def test_what_starts_the_workers_does_not_import_nbgrader(module, slow):
    program = (
        f"import sys, tapecheck.grading.{module}; print('nbgrader' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.stdout.decode().strip() == str(slow), done.stderr.decode()


def test_a_seed_is_recorded_and_another_one_grades_again(klass):
    klass.hand_in(ada="square-value")
    klass.grade(seed=7)
    assert json.loads(klass.ledger.read_text())["seed"] == 7
    klass.grade(seed=7)
    klass.grade()
    assert klass.calls == []
    klass.grade(seed=8)
    assert klass.calls == ["ada"]


@pytest.mark.parametrize("damage", ["flip", "cut", "nonsense"])
def test_a_damaged_line_is_named_and_only_its_submission_graded_again(klass, damage):
    klass.hand_in(ada="square-value", ben="linear-dx", cem="linear-dw")
    before = stub.scores(klass.grade())
    lines = klass.ledger.read_bytes().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if b'"student":"ben"' in line)
    if damage == "flip":  # still JSON, and another score
        assert b'"score":2,' in lines[place]
        lines[place] = lines[place].replace(b'"score":2,', b'"score":9,')
    elif damage == "cut":  # as a power cut leaves it
        lines.append(lines.pop(place)[:100])
        place = len(lines) - 1
    else:
        lines[place] = b"\x00\xff{\n"
    klass.ledger.write_bytes(b"".join(lines))
    assert stub.scores(klass.grade()) == before
    assert klass.calls == ["ben"]
    assert f"line {place + 1} is damaged" in klass.lines[0]
    assert damage == "nonsense" or "ben is graded again" in klass.lines[0]
    klass.grade()
    assert klass.calls == [] and "is damaged" not in klass.lines[0]


def test_a_mended_test_shows_whose_score_changed(klass):
    klass.hand_in(ada=" ".join(stub.POINTS), ben="linear-dx")
    klass.grade()
    assert not any("->" in line for line in klass.lines)
    klass.mend("# Small steps", "# Small steps: everyone passes")
    assert stub.scores(klass.grade()) == {"ada": 10, "ben": 10}
    assert klass.calls == ["ada", "ben"]
    assert [line for line in klass.lines if "->" in line] == ["ben: 2 -> 10"]
    report = (klass.out / "report.html").read_text()
    changes = report.partition("Against the last grading")[2].partition("<h2>")[0]
    assert "ben" in changes and "ada" not in changes


# --- the gradebook -----------------------------------------------------------------


def opened(klass) -> Gradebook:
    return Gradebook(f"sqlite:///{klass.out / 'gradebook.db'}", "tapecheck")


def points_of(klass, student: str) -> dict[str, float]:
    with opened(klass) as gradebook:
        notebook = gradebook.find_submission_notebook(stub.SLUG, stub.SLUG, student)
        return {grade.name: grade.score for grade in notebook.grades}


def test_points_given_by_hand_stay_and_reach_the_tables(klass):
    klass.hand_in(ada="square-value", ben="")
    klass.grade()
    with opened(klass) as gradebook:
        given = gradebook.find_grade("linear-dw", stub.SLUG, stub.SLUG, "ada")
        given.manual_score, given.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    klass.hand_in(ada="square-value square-inputs")
    assert stub.scores(klass.grade()) == {"ada": 4.5, "ben": 0}
    assert points_of(klass, "ada")["linear-dw"] == 1.5
    with (klass.out / "grades.csv").open() as file:
        (ada, _) = csv.DictReader(file)
    assert (ada["score"], ada["linear-dw"]) == ("4.5", "1.5")


def test_a_source_with_other_cells_fits_the_old_gradebook(klass):
    klass.hand_in(ada="square-value linear-dx", ben="square-value")
    klass.grade()
    klass.mend('"linear-dx"', '"linear-new"')
    assert stub.scores(klass.grade()) == {"ada": 2, "ben": 2}
    expected = set(stub.POINTS) - {"linear-dx"}
    assert expected <= set(points_of(klass, "ada"))
    assert "linear-dx" not in points_of(klass, "ada")


def test_a_submission_that_is_no_longer_good_leaves_the_gradebook(klass):
    klass.hand_in(ada="square-value", ben="square-value")
    klass.grade()
    (klass.submissions / "ben" / f"{stub.SLUG}.ipynb").write_text("{")
    assert stub.scores(klass.grade()) == {"ada": 2, "ben": 0}
    with opened(klass) as gradebook:
        students = {s.student.id for s in gradebook.assignment_submissions(stub.SLUG)}
    assert students == {"ada"}


def test_a_gradebook_that_cannot_be_reached_is_one_sentence(klass):
    klass.hand_in(ada="")
    with pytest.raises(GradingError, match="the gradebook cannot be used") as raised:
        klass.grade(gradebook_url=f"sqlite:///{klass.out}/none/gradebook.db")
    assert "\n" not in str(raised.value) and klass.calls == []


# --- the disk ----------------------------------------------------------------------


@pytest.fixture
def small_disk(monkeypatch):
    """A disk of 80 MB for what is temporary."""
    # Not below pytest's folder: a temporary folder's name must be short.
    folder = Path(tempfile.mkdtemp(prefix="small-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(folder)]
    made = subprocess.run(mount, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    multiprocessing.util.get_temp_dir()  # chosen once, and not on this disk
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_of_the_workers_costs_nobody_a_point(klass, small_disk):
    klass.hand_in(ada="square-value", ben="linear-dx")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(40_000_000))
    results = klass.grade()
    for result in results:
        assert result.status == "needs-a-look" and not result.examined
        assert "less than 64 MB are free" in result.notes[-1]
    ballast.unlink()
    assert stub.scores(klass.grade()) == {"ada": 2, "ben": 2}


def test_a_full_disk_of_the_coordinator_is_one_sentence(
    klass, small_disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    klass.out = small_disk / "out"
    klass.hand_in(ada="square-value", ben="linear-dx")
    klass.grade()
    klass.hand_in(cem="linear-dw")
    free = os.statvfs(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 8192))
    with pytest.raises(GradingError, match="No space left|full") as raised:
        klass.grade()
    assert "\n" not in str(raised.value)
    ballast.unlink()
    assert stub.scores(klass.grade()) == {"ada": 2, "ben": 2, "cem": 3}
    assert klass.calls == ["cem"]


def test_the_stub_is_no_rubber_stamp(klass):
    klass.hand_in(ada="", ben=" ".join(stub.POINTS))
    assert stub.scores(klass.grade()) == {"ada": 0, "ben": 10}
    notebook = klass.out / "nbgrader" / "autograded" / "ada" / stub.SLUG
    nbformat.read(notebook / f"{stub.SLUG}.ipynb", as_version=4)

"""`make grade`: a class of chapter 3, from notebooks to grades and pages."""

import contextlib
import csv
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import require
from nbgrader.api import Gradebook

from tapecheck import cli
from tapecheck.grading import GradingError, grade
from tapecheck.grading.course import Assignment

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "submissions"))

import build as submissions  # noqa: E402

ASSIGNMENT = Assignment(ROOT, submissions.SLUG)
AUTOMATIC = set(ASSIGNMENT.points) - ASSIGNMENT.written


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The eight submissions graded by the command, its output and its exit code."""
    require("bubblewrap")
    folder = tmp_path_factory.mktemp("class")
    submissions.build(folder / "submissions")
    lines: list[str] = []
    results = grade(
        submissions.SLUG,
        folder / "submissions",
        folder / "out",
        course=ROOT,
        cell_timeout=10,
        progress=lines.append,
    )
    return folder / "out", {result.student: result for result in results}, lines


@pytest.mark.sandbox
@pytest.mark.parametrize("student", submissions.lost())
def test_each_submission_loses_what_it_should(graded, student):
    _, results, _ = graded
    result, lost = results[student], submissions.lost()[student]
    if lost == submissions.REFUSED:
        assert (result.status, result.score, result.cells) == ("refused", 0, {})
        return
    assert result.status == "graded"
    failed = {g for g in AUTOMATIC if result.cells[g].verdict != "passed"}
    assert failed == (AUTOMATIC if lost == submissions.EVERYTHING else lost)
    for name, cell in result.cells.items():
        assert cell.max_points == ASSIGNMENT.points[name]
        assert cell.points == (cell.max_points if cell.verdict == "passed" else 0)
    assert result.score == sum(cell.points for cell in result.cells.values())


@pytest.mark.sandbox
def test_a_broken_cell_is_named_and_costs_only_itself(graded):
    _, results, lines = graded
    said = results["eve-crash"].cells["softmax-loss"]
    assert said.verdict == "error" and "softmax" in said.message
    said = results["fay-infinite-loop"].cells["neuron-bias"]
    assert said.verdict == "error" and "did not end in time" in said.message
    assert sum("hal-broken-json: refused" in line for line in lines) == 1
    assert sum("not valid JSON" in line for line in lines) == 1
    assert "7 graded, 0 needs-a-look, 1 refused of 8" in lines[-1]


@pytest.mark.sandbox
def test_a_failed_gradient_has_its_diagnosis(graded):
    _, results, _ = graded
    cell = results["ben-wrong-slopes"].cells["neuron-weights"]
    assert cell.verdict == "failed" and cell.codes == ("sign",)
    assert cell.message.endswith("[sign]")


@pytest.mark.sandbox
def test_the_table_has_a_row_for_everyone_and_a_column_for_each_cell(graded):
    out, results, _ = graded
    with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    fixed = ["student", "assignment", "status", "score", "max_score"]
    assert header == [*fixed, *ASSIGNMENT.points]
    assert [row[0] for row in rows] == sorted(submissions.lost())
    for row in rows:
        result = results[row[0]]
        assert row[1:3] == [submissions.SLUG, result.status]
        assert [float(v) for v in row[3:5]] == [result.score, result.max_score]
        points = [result.cells[g].points if result.cells else 0 for g in header[5:]]
        assert [float(value) for value in row[5:]] == points


@pytest.mark.sandbox
def test_the_gradebook_says_what_the_table_says(graded):
    out, results, _ = graded
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        scores = {
            submission.student.id: submission.score
            for submission in gradebook.assignment_submissions(submissions.SLUG)
        }
    graded_ones = {s: r.score for s, r in results.items() if r.status == "graded"}
    assert scores == graded_ones
    assert sqlite3.connect(out / "gradebook.db").execute("pragma integrity_check")


@pytest.mark.sandbox
def test_feedback_shows_verdicts_and_neither_tests_nor_scripts_of_a_student(graded):
    out, results, _ = graded
    for student in results:
        page = (out / "feedback" / f"{student}.html").read_text(encoding="utf-8")
        assert "Content-Security-Policy" in page and "default-src 'none'" in page
        assert "HIDDEN TESTS" not in page and "both_tapes(" not in page
    page = (out / "feedback" / "ben-wrong-slopes.html").read_text(encoding="utf-8")
    assert "[sign]" in page
    page = (out / "feedback" / "hal-broken-json.html").read_text(encoding="utf-8")
    assert "not valid JSON" in page


# --- what is left is a course of nbgrader's ----------------------------------------


def own_tools() -> dict[str, str]:
    """The environment in which nbgrader finds what it calls by a bare name."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.mark.sandbox
def test_stock_commands_work_on_what_is_left(graded, tmp_path):
    out, results, _ = graded
    course, exported = out / "nbgrader", tmp_path / "exported.csv"

    def nbgrader(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=course,
            env=own_tools(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    nbgrader("export", "--to", str(exported))
    with exported.open(newline="", encoding="utf-8") as file:
        scores = {
            row["student_id"]: float(row["score"]) for row in csv.DictReader(file)
        }
    assert scores == {
        student: result.score for student, result in results.items() if result.cells
    }
    page = course / "feedback" / "ben-wrong-slopes" / submissions.SLUG
    page = page / f"{submissions.SLUG}.html"
    page.unlink()
    nbgrader("generate_feedback", submissions.SLUG, "--force")
    text = page.read_text(encoding="utf-8")
    assert "[sign]" in text and "Content-Security-Policy" in text
    assert "both_tapes(" not in text


@contextlib.contextmanager
def jupyterlab(folder: Path, log: Path):
    """JupyterLab in `folder`, on this machine alone; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as said:
        lab = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="),
            ],
            cwd=folder,
            env=own_tools(),
            stdout=said,
            stderr=said,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{address}/api/status").close()
                break
            except OSError:
                assert time.monotonic() < deadline and lab.poll() is None, (
                    log.read_text()
                )
                time.sleep(0.3)
        yield address
    finally:
        lab.terminate()
        lab.wait(30)


@pytest.mark.sandbox
@pytest.mark.browser
def test_the_formgrader_opens_a_submission_with_scores_and_feedback(
    graded, browser, tmp_path
):
    out, results, _ = graded
    slug, student = submissions.SLUG, "ben-wrong-slopes"
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission_notebook(slug, slug, student).id
    with jupyterlab(out / "nbgrader", tmp_path / "lab.log") as address:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/lab?reset")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        frame = page.frame_locator("iframe").first
        frame.get_by_text("Manual Grading").first.click()
        # Each page has links to the pages above it, too: so by address, not by name.
        frame.locator(f"a[href$='/gradebook/{slug}']").click()  # the assignment
        frame.locator(f"a[href$='/gradebook/{slug}/{slug}']").click()  # its notebook
        frame.locator(f"a[href*='{submission}']").first.click()
        frame.locator("input.score").first.wait_for()
        cells = results[student].cells
        for name in ("neuron-weights", "softmax-loss"):
            # The form is filled by a script: an automatic score is its placeholder.
            points = frame.locator(f"input.score[id='{name}'][placeholder]")
            assert float(points.get_attribute("placeholder")) == cells[name].points
        assert cells["neuron-weights"].points == 0 < cells["softmax-loss"].points
        text = frame.locator("body").inner_text()
        # A long line is wrapped where the page likes.
        assert "".join(cells["neuron-weights"].message.split()) in "".join(text.split())
        page.close()


def test_the_command_names_what_it_cannot_find(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = ["--submissions", str(tmp_path), "--out", str(tmp_path / "out")]
    assert cli.main(["grade", "99-nothing", *out, "--no-sandbox"]) == 1
    assert "no assignment '99-nothing'" in capsys.readouterr().err
    assert cli.main(["grade", submissions.SLUG, *out, "--no-sandbox"]) == 1
    assert "holds no submission" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert cli.main(["release", "--all"]) == 1
    assert "no folder solutions/" in capsys.readouterr().err


def test_without_a_sandbox_it_refuses_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GradingError, match="bwrap is missing.*apt-get.*--no-sandbox"):
        grade(submissions.SLUG, tmp_path, tmp_path / "out", course=ROOT)

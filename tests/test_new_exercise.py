"""`tapecheck new-exercise`: its template works before an author edits it."""

import shutil
import subprocess
import sys
from pathlib import Path

import assignments
import nbformat
import pytest

from tapecheck import cli
from tapecheck.grading import GradingError, release
from tapecheck.grading.new_exercise import new_exercise

ROOT = Path(__file__).parent.parent
SLUG, NAME = "06-attention", "scaled_dot_product_attention"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    (folder / "solutions").mkdir()
    new_exercise(SLUG, NAME, folder)
    return folder


@pytest.fixture
def exercise(course, monkeypatch):
    monkeypatch.setattr(assignments, "ROOT", course)
    (found,) = assignments.exercises(SLUG)
    return found


def test_it_releases_without_its_answer(course):
    (folder,) = release(SLUG, course)
    text = (folder / f"{SLUG}.ipynb").read_text(encoding="utf-8")
    assert f"def {NAME}(X, W, T)" in text and "NotImplementedError" in text
    assert "SOLUTION" not in text and f"{NAME}_cases" not in text


def test_the_author_s_answer_passes_and_the_stub_does_not(exercise):
    assert exercise.failures(exercise.solution) == {}
    stub = f"def {NAME}(X, W, T):\n    raise NotImplementedError()"
    assert set(exercise.failures(stub)) == {f"{NAME}-gradient", f"{NAME}-inputs"}


def test_every_answer_of_the_corpus_does_what_its_header_says(exercise):
    corpus = assignments.answers(SLUG)
    assert sum(answer.right for answer in corpus) == 3
    assert sum(not answer.right for answer in corpus) == 3
    for answer in corpus:
        failures = exercise.failures(answer.text)
        assert set(failures) == set(answer.loses), answer.path
        for code in answer.diagnoses:
            assert any(f"[{code}]" in text for text in failures.values()), failures


def test_the_visible_check_runs(course):
    notebook = nbformat.read(course / "solutions" / SLUG / f"{SLUG}.ipynb", 4)
    code = {cell.id: cell.source for cell in notebook.cells}
    names: dict = {}
    for cell in ("setup", NAME, f"{NAME}-check"):
        exec(code[cell], names)
    with pytest.raises(AssertionError, match=r"\[sign\]"):
        wrong = f"def {NAME}(X, W, T): return -2 / len(X) * X.T @ (X @ W - T)"
        exec(f"{wrong}\n{code[f'{NAME}-check']}", names)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_it_passes_lint(course, command):
    shutil.copyfile(ROOT / "pyproject.toml", course / "pyproject.toml")
    ruff = [Path(sys.executable).parent / "ruff", *command, "."]
    done = subprocess.run(ruff, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_it_joins_an_assignment_and_leaves_its_cells_alone(tmp_path):
    slug = "03-backprop-by-hand"
    source = ROOT / "solutions" / slug / f"{slug}.ipynb"
    copy = tmp_path / "solutions" / slug / f"{slug}.ipynb"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(source.read_bytes())
    new_exercise(slug, NAME, tmp_path)
    before = nbformat.read(source, as_version=4)
    after = nbformat.read(copy, as_version=4)
    assert after.cells[: len(before.cells)] == before.cells
    assert after.metadata == before.metadata
    assert len(after.cells) == len(before.cells) + 5
    release(slug, tmp_path)


@pytest.mark.parametrize(
    "slug, name, why",
    [
        (SLUG, NAME, "already"),
        (SLUG, "Scaled-Dot", "cannot name an exercise"),
        ("../06", NAME, "cannot name an assignment"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(course, slug, name, why):
    before = sorted(course.rglob("*"))
    with pytest.raises(GradingError, match=why):
        new_exercise(slug, name, course)
    assert sorted(course.rglob("*")) == before


def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, capsys):
    (tmp_path / "solutions").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new-exercise", SLUG, NAME]) == 0
    assert f"solutions/{SLUG}/{SLUG}.ipynb" in capsys.readouterr().out
    assert cli.main(["new-exercise", SLUG, NAME]) == 1
    assert "choose another name" in capsys.readouterr().err

"""`tapecheck public-tree`: what is published holds no answer."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_no_leaks import SOURCES, TEXT, leaks, secrets

from tapecheck.grading import GradingError
from tapecheck.grading.public_tree import NOTICE, public_tree

ROOT = Path(__file__).parent.parent
# The grader's own code, and texts about it, name nbgrader's markers.
ABOUT_MARKERS = ("src/", "book/_ext/", "CONTRIBUTING.md")
SLUG = "03-backprop-by-hand"


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, and only what git tracks is published")
    target = tmp_path_factory.mktemp("out") / "public"
    public_tree(target, ROOT)
    return target


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_solutions_tests_and_their_answers_stay_behind(public):
    found = names(public)
    assert not [n for n in found if n.startswith(("solutions", "tests", "benchmarks"))]
    assert f"exercises/{SLUG}/{SLUG}.ipynb" in found
    assert {"book/index.md", "Makefile", "data/penguins.csv", "README.md"} <= found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_answer_and_no_hidden_test_is_in_any_file(public, source):
    runs = secrets(source)
    for path in public.rglob("*"):
        if path.suffix in TEXT:
            name = path.relative_to(public).as_posix()
            found = leaks(path, runs)
            if name.startswith(ABOUT_MARKERS):
                found = [hit for hit in found if "\n" in hit]
            assert found == [], name


def test_the_links_and_pictures_of_its_readme_are_there(public):
    text = (public / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert len(links) > 5
    assert [link for link in links if not (public / link).is_file()] == []


@pytest.fixture
def course(tmp_path):
    """A small course under git, with one assignment."""
    course = tmp_path / "course"
    for part in ("solutions", "exercises"):
        shutil.copytree(ROOT / part / SLUG, course / part / SLUG)
    (course / "tests").mkdir()
    (course / "tests" / "secret.py").write_text("the answer\n")
    (course / "README.md").write_text("# A course\n")
    git(course, "init", "--quiet")
    git(course, "add", "--all")
    return course


def git(folder: Path, *command: str) -> None:
    subprocess.run(["git", *command], cwd=folder, check=True)


def test_an_update_replaces_the_old_tree_and_keeps_its_repository(course, tmp_path):
    target = tmp_path / "public"
    target.mkdir()
    git(target, "init", "--quiet")
    public_tree(target, course)
    assert (target / "README.md").read_text() == NOTICE + "# A course\n"
    (target / "old.txt").write_text("from the last term\n")
    public_tree(target, course)
    tracked = {n for n in names(target) if not n.startswith(".git")}
    assert tracked == {
        "README.md", "exercises", f"exercises/{SLUG}", f"exercises/{SLUG}/{SLUG}.ipynb"
    }  # fmt: skip
    assert (target / ".git" / "HEAD").is_file()


@pytest.mark.parametrize("where", [".", "..", "../other"])
def test_a_folder_with_other_files_is_left_alone(course, tmp_path, where):
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work\n")
    before = names(tmp_path)
    with pytest.raises(GradingError, match="holds"):
        public_tree(course / where, course)
    assert names(tmp_path) == before


def test_a_leak_a_missing_release_and_a_missing_repository_are_refused(
    course, tmp_path
):
    target, released = tmp_path / "public", course / "exercises" / SLUG
    notebook = released / f"{SLUG}.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace("# YOUR CODE HERE", "### BEGIN SOLUTION"))
    with pytest.raises(GradingError, match="BEGIN SOLUTION"):
        public_tree(target, course)
    notebook.write_text(text)
    git(course, "rm", "--cached", "--quiet", "-r", "exercises")
    with pytest.raises(GradingError, match="tapecheck release"):
        public_tree(target, course)
    shutil.rmtree(course / ".git")
    with pytest.raises(GradingError, match="git init"):
        public_tree(target, course)
    assert not target.exists()

"""Hostile notebooks get what they deserve, reach nothing, and leave nothing behind."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import require
from nbgrader.api import Gradebook

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "hostile"))

import harness  # noqa: E402

CASES = harness.cases()
# One of each kind is tried in cold kernels, too.
COLD = [
    case
    for case in CASES
    if case.name
    in """agent_garbage daemon_left_behind disk_fill exit_in_cell fork_bomb honest_right
    honest_wrong_value kill_everybody kill_parent loop_in_answer memory_by_children
    network_loopback read_environment read_processes read_sources""".split()
]
pytestmark = pytest.mark.sandbox


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Scripts(HTMLParser):
    """Whatever in a page would run, but for what nbgrader puts into every page."""

    def __init__(self):
        super().__init__()
        self.list: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        if tag in ("iframe", "object", "embed", "base", "form"):
            self.list.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").startswith("javascript:"):
                self.list.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        if self.tag == "script" and "pwned" in data:
            self.list.append(data)


def test_a_script_in_a_page_would_be_noticed():
    page = (
        "<img src=x onerror=f()><a href='javascript:f()'>x</a>"
        "<iframe srcdoc=''></iframe><script>alert('pwned')</script>"
    )
    found = Scripts()
    found.feed(page)
    assert len(found.list) == 4


@pytest.fixture(scope="module")
def graded_cold(tmp_path_factory):
    """Some cases graded in kernels that are not forked from a server."""
    require("bubblewrap")
    workspace = tmp_path_factory.mktemp("cold")
    outcomes = harness.grade_ours(COLD, workspace, workers=2, kernels="cold")
    return outcomes, harness.left_behind(workspace)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every case graded by ours, in a course with files that nobody may change."""
    require("bubblewrap")
    workspace = tmp_path_factory.mktemp("hostile")
    for part in (0, 1):
        for slug in {case.slug for case in CASES}:
            (workspace / f"part-{part}" / slug).mkdir(parents=True)
            (workspace / f"part-{part}" / slug / "gradebook.db").write_bytes(
                b"precious"
            )
    outcomes = harness.grade_ours(CASES, workspace, workers=2)
    return workspace, outcomes, harness.left_behind(workspace)


@pytest.mark.parametrize("case", COLD, ids=lambda case: case.name)
def test_a_notebook_gets_the_same_in_cold_kernels(graded_cold, case):
    outcomes, left = graded_cold
    assert outcomes[case.name].points == case.points, outcomes[case.name].said
    assert left == []


def test_there_are_many_and_every_kind_has_honest_twins():
    assert len(CASES) >= 60
    honest = [case for case in CASES if "honest" in case.name]
    wrong = [case for case in honest if "wrong" in case.name]
    assert len(honest) - len(wrong) >= 5 and len(wrong) >= 5
    for case in wrong:
        assert sum(case.points.values()) < 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_notebook_gets_what_it_deserves(graded, case):
    outcome = graded[1][case.name]
    assert outcome.points == case.points, outcome.said
    assert (outcome.status == "refused") == case.refused
    if case.refused:
        assert case.name in outcome.said and "; " in outcome.said  # the cause; the mend


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_its_page_runs_nothing_and_tells_nothing(graded, case):
    page = graded[1][case.name].page
    assert page and "default-src 'none'" in page
    found = Scripts()
    found.feed(page)
    assert found.list == []
    for secret in ("HIDDEN TESTS", "default_rng().normal", "linear_case()"):
        assert secret not in page
    # A visible check shows its own point, and nothing else is smuggled out.
    assert not re.search(r"SMUGGLED,? \[(?!1\.0, 3\.0\])", page)


def test_nothing_is_left_behind(graded):
    assert graded[2] == []
    for place in ("/", "/tmp", "/var/tmp", os.path.expanduser("~")):
        assert not Path(place, "hostile-was-here").exists()


def test_stock_commands_get_the_same_kernels_from_the_configuration(tmp_path):
    require("bubblewrap")
    course = harness.assignment.write_course(tmp_path)
    (course / "nbgrader_config.py").write_bytes(
        (HERE.parent / "nbgrader_config.py").read_bytes()
    )
    names = ["patch_assertions", "file_link"]
    for case in (harness.Case(harness.HERE / "cases" / f"{n}.py") for n in names):
        case.write(tmp_path / "in")
        target = course / "submitted" / case.name / case.slug
        shutil.copytree(tmp_path / "in" / case.name, target, symlinks=True)
    tools = Path(sys.executable).parent
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        subprocess.run(
            [tools / "nbgrader", command, harness.assignment.SLUG],
            cwd=course,
            env={**os.environ, "PATH": path},
            check=True,
            capture_output=True,
        )
    slug = harness.assignment.SLUG
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        scores = {n: gradebook.find_submission(slug, n).score for n in names}
    # The link is gone before it is followed; the notebook beside it is graded.
    assert scores == {"patch_assertions": 5, "file_link": 10}
    assert (course / "refused" / "file_link" / slug / "mine.db").is_symlink()
    assert not list((course / "autograded").rglob("mine.db"))
    for page in (course / "feedback").rglob("*.html"):
        assert "default-src 'none'" in page.read_text(encoding="utf-8")


def test_sources_and_other_files_are_untouched(graded, tmp_path):
    workspace, _, _ = graded
    for course in workspace.glob("part-*/*"):
        assert (course / "gradebook.db").read_bytes() == b"precious"
        if (course / "solutions").exists():
            harness.assignment.write_course(tmp_path / course.parent.name, course.name)
            fresh = tmp_path / course.parent.name / "solutions" / course.name
            assert digest(course / "solutions" / course.name) == digest(fresh)

"""What the documents tell a reader to type is run, or somebody else is known to run it.

Every line that begins with ``$`` in a block of the README, of CONTRIBUTING and of the
guides must be in one of the tables below. A new command fails the test until it is.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tapecheck import cli

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "book" / "guides").glob("*.md")),
]
BLOCK = re.compile(
    r"^```(?:console|bash|sh|shell)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

# Run here, in this order, in a copy of the repository. To each, what it must say.
RUN = {
    "python3 -m venv .venv": "",
    ". .venv/bin/activate": "",
    ".venv/bin/tapecheck doctor --student": "everything is there",
    "tapecheck doctor --student": "everything is there",
    "tapecheck doctor": "student code is locked up",
    "tapecheck release 03-backprop-by-hand": "released 03-backprop-by-hand",
    "python tests/submissions/build.py _build/submissions": "",
    "tapecheck new-exercise 06-attention scaled_dot": "wrote ",
    "tapecheck release 06-attention": "released 06-attention",
    "git add solutions exercises tests": "",
    'git commit -m "An exercise on attention"': "An exercise on attention",
    "tapecheck public-tree ../course-public": "may be published: ../course-public",
    "pre-commit install": "pre-commit installed",
}
# Run elsewhere, by the file named: continuous integration runs the two big ones, the
# grading tests call what `make grade` calls, and the rest are sweeps with their tests.
ELSEWHERE = {
    "make book": ".github/workflows/publish.yml",
    "make test": ".ci/run",
    "make grade": "tests/test_grading.py",
    "tapecheck grade 03-backprop-by-hand --submissions _build/submissions"
    " --out _build/grade --cell-timeout 10": "tests/test_grading.py",
    "make student-archive": "tests/test_student_archive.py",
    "make answers": "tests/test_answers.py",
    "make mutants": "tests/test_mutants.py",
    "make hostile": "benchmarks/hostile.py",
    "make warm-soak": "tests/test_warm.py",
    "make refresh": "src/tapecheck/refresh.py",
    "python book/_ext/glossary_links.py book/0*.ipynb": (
        "tests/site/test_reference_pages.py"
    ),
    ".venv/bin/jupyter lab exercises/03-backprop-by-hand/03-backprop-by-hand.ipynb": (
        "book/_ext/screenshots.py"
    ),
}
# They install from a package index, as the Makefile does in continuous integration.
INSTALL = {
    ".venv/bin/python -m pip install -c requirements.lock -e '.[student]'",
    "python -m pip install -c requirements.lock -e '.[student]'",
}
# A cluster is needed to run them; tests/test_class_cluster.py has a small one.
# Here every command and every option that the page names must be there.
CLUSTER = "at-scale.md"


def commands(text: str) -> list[str]:
    """What a reader would type, without comments; a backslash continues a line."""
    lines = "".join(BLOCK.findall(text)).replace("\\\n", " ").splitlines()
    typed = (line[2:] for line in lines if line.startswith("$ "))
    return [" ".join(re.sub(r"\s#.*", "", line).split()) for line in typed]


def known(command: str) -> bool:
    return command in RUN or command in ELSEWHERE or command in INSTALL


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_is_run_by_somebody(path):
    if path.name != CLUSTER:
        text = path.read_text(encoding="utf-8")
        assert [c for c in commands(text) if not known(c)] == []


def faults(command: str, monkeypatch) -> str:
    """What the program itself says against a command that is not run, or ''."""
    program, *arguments = shlex.split(command)
    if program == "tapecheck":
        monkeypatch.setattr(cli, "grade", lambda options: 0)
        try:
            cli.main(arguments)
        except SystemExit:
            return "tapecheck does not know it"
        return ""
    known = subprocess.run(
        [Path(sys.executable).parent / program, arguments[0], "--help"],
        capture_output=True,
        text=True,
    )
    options = [word for word in arguments if word.startswith("--")]
    unknown = [option for option in options if option not in known.stdout]
    return known.stderr if known.returncode else " ".join(unknown)


def test_commands_for_a_cluster_have_only_options_that_are_there(monkeypatch):
    page = ROOT / "book" / "guides" / CLUSTER
    typed = commands(page.read_text(encoding="utf-8"))
    assert len(typed) > 2
    assert {c: why for c in typed if (why := faults(c, monkeypatch))} == {}
    assert faults("tapecheck grade slug --workres 2", monkeypatch)
    assert faults("dask worker tcp://host:1 --nworkrs 2", monkeypatch) == "--nworkrs"


def test_a_new_command_would_be_noticed():
    text = "```console\n$ make book   # as ever\n$ make \\\n  coffee\n```\n"
    assert commands(text) == ["make book", "make coffee"]
    assert [known(command) for command in commands(text)] == [True, False]


def test_the_tables_hold_nothing_that_no_document_says():
    said = {c for path in DOCUMENTS for c in commands(path.read_text("utf-8"))}
    assert {*RUN, *ELSEWHERE, *INSTALL} - said == set()
    assert not {c for c in RUN if c in ELSEWHERE or c in INSTALL}


@pytest.mark.parametrize("command", ELSEWHERE)
def test_who_runs_a_command_is_there(command):
    assert (ROOT / ELSEWHERE[command]).is_file()
    if command.startswith("make "):
        target = command.removeprefix("make ")
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The repository as a clone would have it, with this environment's commands."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("clone") / "course"
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listing.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return folder


@pytest.mark.sandbox
@pytest.mark.parametrize("command", RUN)
def test_the_command_does_what_the_document_says(course, command):
    if shutil.which("bwrap") is None and command == "tapecheck doctor":
        pytest.skip("bubblewrap is missing; on Debian: apt-get install bubblewrap")
    here = Path(sys.executable).parent
    someone = {"GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "n@example.org"}
    someone |= {"GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "n@example.org"}
    # This environment stands in for the one that the document has just made.
    text = command.replace(".venv/bin/tapecheck", "tapecheck")
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=course,
        env=os.environ | someone | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert RUN[command] in done.stdout

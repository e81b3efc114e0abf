"""``tapecheck public-tree DIR``: what may be published while solutions stay private.

A public repository made of it builds the site and hands out the exercises. It is made
by a list of what is public, so that something new stays private until it is listed.
"""

import shutil
import subprocess
from pathlib import Path

from tapecheck.grading.course import RELEASE, Assignment, slugs
from tapecheck.grading.releasing import MARKERS, check_release
from tapecheck.grading.results import GradingError

PUBLIC = (
    ".github/site.png",
    ".github/workflows/publish.yml",
    ".gitignore",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSE-CONTENT",
    "Makefile",
    "README.md",
    "_config.yml",
    "_toc.yml",
    "book",
    "data",
    "exercises",
    "pyproject.toml",
    "requirements.lock",
    "src",
)
NOTICE = """\
> This is the public half of the course: its pages, its exercises and its packages.
> Solutions, tests and everything that grades with them are kept elsewhere, so here
> `make book` works, and `make test` and `make grade` do not.

"""


def public_tree(target: Path, course: Path) -> list[Path]:
    """Fill `target` with the public part of `course`; a git repository in it stays.

    Returns the files written. Raises GradingError, and touches nothing, when `target`
    holds anything else than an earlier public tree, or when an answer or a hidden test
    would be published.
    """
    target, course = target.resolve(), course.resolve()
    if target in (course, *course.parents):
        raise GradingError(f"{target} holds the course itself: name another folder")
    check_target(target)
    files = public_files(course)
    for slug in slugs(course):
        check_release(Assignment(course, slug), course / RELEASE / slug)
    for path in files:
        if path.suffix == ".ipynb":
            check_notebook(course / path)
    for old in target.iterdir() if target.is_dir() else ():
        if old.name != ".git":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for path in files:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(course / path, target / path)
    readme = target / "README.md"
    readme.write_text(NOTICE + readme.read_text(encoding="utf-8"), encoding="utf-8")
    return [target / path for path in files]


def check_target(target: Path) -> None:
    """Refuse a folder that somebody else filled."""
    if not target.exists():
        return
    if not target.is_dir():
        raise GradingError(f"{target} is not a folder: name another one")
    readme = target / "README.md"
    ours = readme.is_file() and readme.read_text("utf-8").startswith(NOTICE)
    if not ours and {path.name for path in target.iterdir()} - {".git"}:
        raise GradingError(
            f"{target} holds files that are not an earlier public tree:"
            " name an empty folder"
        )


def public_files(course: Path) -> list[Path]:
    """The public files that git tracks, relative to `course`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", *PUBLIC],
        cwd=course,
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        raise GradingError(
            f"{course} is not a git repository, and only what git tracks is published:"
            " run git init and commit first"
        )
    files = [Path(name) for name in listing.stdout.split("\0") if name]
    files = [path for path in files if (course / path).is_file()]
    for slug in slugs(course):
        if Path(RELEASE, slug, f"{slug}.ipynb") not in files:
            raise GradingError(
                f"{RELEASE}/{slug} is not in git: run tapecheck release {slug} and"
                " commit what it makes"
            )
    return files


def check_notebook(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for marker in MARKERS:
        if marker in text:
            raise GradingError(f"{path} would be published with {marker!r} in it")

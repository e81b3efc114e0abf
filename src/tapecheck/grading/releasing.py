"""What students get: ``exercises/<slug>/`` made from ``solutions/<slug>/`` by nbgrader.

nbgrader removes what stands between its markers. A marker with a typing error, or an
answer in a cell that nobody tagged, would go out to students unnoticed, so the source
is checked before and the release after.
"""

import difflib
import logging
import re
import shutil
import tempfile
import warnings
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets.config import Config

from tapecheck.grading.course import RELEASE, Assignment, configure, find_course, slugs
from tapecheck.grading.results import GradingError

MARKERS = (
    "### BEGIN SOLUTION",
    "### END SOLUTION",
    "### BEGIN HIDDEN TESTS",
    "### END HIDDEN TESTS",
)
HIDDEN = re.compile(
    r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)",
    re.DOTALL,
)


def release(slug: str | None = None, course: Path | None = None) -> list[Path]:
    """Make ``exercises/<slug>/`` anew, or every assignment's when `slug` is None.

    Running it again gives the same bytes. Returns the folders made. Raises
    GradingError, and leaves the old release alone, when an answer or a hidden test
    would leak.
    """
    course = course or find_course()
    made = []
    for name in [slug] if slug else slugs(course):
        assignment = Assignment(course, name)
        check_source(assignment)
        with tempfile.TemporaryDirectory(prefix="tapecheck-") as workspace:
            fresh = Path(workspace) / RELEASE / name
            generate(assignment, Path(workspace))
            check_release(assignment, fresh)
            target = course / RELEASE / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(fresh, target)
        made.append(target)
    return made


def generate(assignment: Assignment, workspace: Path, config: Config | None = None):
    """Run nbgrader's generate_assignment into ``workspace/exercises/<slug>/``.

    The workspace becomes a course of its own, with a copy of the source and, unless
    `config` names another, a gradebook; ``workspace`` must be writable.
    """
    if config is None:
        config = Config()
        configure(config)
    source = workspace / config.CourseDirectory.source_directory / assignment.slug
    shutil.copytree(
        assignment.folder,
        source,
        ignore=shutil.ignore_patterns(".*", "__pycache__"),
        dirs_exist_ok=True,
    )
    config.CourseDirectory.root = str(workspace.resolve())
    folder = CourseDirectory(config=config)
    folder.assignment_id = assignment.slug
    converter = GenerateAssignment(coursedir=folder, config=config)
    converter.force = True
    run(converter, f"nbgrader cannot release {assignment.slug}")
    notebook = workspace / RELEASE / assignment.slug / f"{assignment.slug}.ipynb"
    fix_ids(notebook)


def run(converter, failure: str) -> None:
    """Start one of nbgrader's converters; its complaint becomes one sentence."""
    complaints: list[str] = []
    handler = logging.Handler(level=logging.ERROR)
    handler.emit = lambda record: complaints.append(record.getMessage())  # type: ignore[method-assign]
    converter.log.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's models
            converter.start()
    except Exception as error:
        why = next((c for c in reversed(complaints) if "Traceback" in c), None)
        why = why.strip().splitlines()[-1] if why else str(error)
        raise GradingError(f"{failure}: {why}") from error
    finally:
        converter.log.removeHandler(handler)


def fix_ids(path: Path) -> None:
    """Give every cell an id that depends on its place alone, so bytes repeat."""
    notebook = nbformat.read(path, as_version=4)
    for position, cell in enumerate(notebook.cells):
        about = cell.metadata.get("nbgrader", {})
        name = re.sub(r"[^\w-]", "-", about.get("grade_id", ""))[:56]
        cell["id"] = name or f"cell-{position}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def check_source(assignment: Assignment) -> None:
    """Refuse a source whose answers or tests nbgrader would not recognise."""
    seen = set()
    for number, cell in enumerate(assignment.notebook.cells, start=1):
        about = cell.metadata.get("nbgrader", {})
        name = about.get("grade_id")
        where = f"{assignment.slug}.ipynb, cell {number}" + (f" ({name})" * bool(name))
        lines = [line.strip() for line in cell.source.splitlines()]
        for line in lines:
            if meant_as_marker(line) and line not in MARKERS:
                raise GradingError(
                    f"{where}: {line!r} is not a marker nbgrader knows; "
                    f"write one of {', '.join(MARKERS)}"
                )
        for begin, end in (MARKERS[:2], MARKERS[2:]):
            if lines.count(begin) != lines.count(end):
                raise GradingError(f"{where}: each {begin!r} needs its {end!r}")
        if name in seen:
            raise GradingError(f"{where}: two cells have this grade_id; rename one")
        seen.update({name} - {None})
        if MARKERS[0] in cell.source and not is_solution(cell):
            raise GradingError(
                f"{where}: an answer in a cell that is not tagged as a solution; "
                "tag it or remove the answer"
            )
        if MARKERS[2] in cell.source and not (is_grade(cell) and is_locked(cell)):
            raise GradingError(
                f"{where}: hidden tests in a cell that is not a locked test; "
                "tag it with grade, locked and points"
            )
        if cell.cell_type == "code" and is_solution(cell):
            if MARKERS[0] not in cell.source:
                raise GradingError(
                    f"{where}: a solution cell without {MARKERS[0]!r}; "
                    "mark what students must not see"
                )


def meant_as_marker(line: str) -> bool:
    """Whether a line is a marker, or one with a typing error."""
    if not line.startswith("#"):
        return False
    return bool(difflib.get_close_matches(line.upper(), MARKERS, n=1, cutoff=0.75))


def check_release(assignment: Assignment, folder: Path) -> None:
    """Refuse a release that still holds a marker, an answer or a hidden test."""
    for file in folder.rglob("*"):
        for marker in MARKERS:
            if file.is_file() and marker.strip("# ").encode() in file.read_bytes():
                raise GradingError(
                    f"{assignment.slug}/{file.name} would be released with "
                    f"{marker!r} in it; remove it from {file.name}"
                )
    released = folder / f"{assignment.slug}.ipynb"
    text = "\n".join(
        cell.source for cell in nbformat.read(released, as_version=4).cells
    )
    public = {line.strip() for line in text.splitlines()}
    for cell in assignment.notebook.cells:
        for block in HIDDEN.findall(cell.source):
            lines = [line.strip() for line in block.splitlines()]
            secret = [line for line in lines if line and not line.startswith("#")]
            # One line may well occur elsewhere (`return y`); all of them may not.
            if secret and max(map(len, secret)) > 12 and set(secret) <= public:
                raise GradingError(
                    f"{released.name}: the hidden part of "
                    f"{cell.metadata.nbgrader.grade_id} stands elsewhere in the "
                    "notebook too; remove it there"
                )

"""Which notebook a student handed in, or the one reason why it cannot be graded.

Nothing of a submission is trusted: it is read as bytes, within limits, links are never
followed, and of a notebook only cells' types, texts and grade ids go on.
"""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from tapecheck.grading.course import Assignment
from tapecheck.grading.results import GradingError

MAX_NOTEBOOK = 20_000_000  # bytes
MAX_FILES = 1_000
MAX_TOTAL = 50_000_000  # bytes, all files of one submission
MAX_FOLDERS_DEEP = 8
MAX_CELLS = 1_000
MAX_NESTING = 100
# A student's name becomes a file name, a spreadsheet's cell and part of a pattern.
NAME = re.compile(r"\w[\w .,@'-]{0,99}")


class Refused(Exception):
    """A submission that cannot be graded; the text names the cause and the mend."""


@dataclass
class Submission:
    """What one student handed in: a notebook and other files, or a `refusal`."""

    student: str
    notebook: nbformat.NotebookNode | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    refusal: str = ""
    notes: list[str] = field(default_factory=list)


def submissions(folder: Path, assignment: Assignment) -> Iterator[Submission]:
    """Every student's submission in `folder`, in order of name.

    A student hands in ``<student>/<slug>.ipynb`` or, as nbgrader has it,
    ``<student>/<slug>/<slug>.ipynb``. Raises GradingError when `folder` is none.
    """
    if not folder.is_dir():
        raise GradingError(f"{folder} is not a folder; name the one with submissions")
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir(follow_symlinks=False) or entry.is_symlink():
            yield submission(Path(entry.path), assignment)


def submission(folder: Path, assignment: Assignment) -> Submission:
    """The submission in one student's folder."""
    student = folder.name
    try:
        if not NAME.fullmatch(student):
            raise Refused(
                "a student's folder is named with letters, digits, spaces and .,@'-; "
                "rename it"
            )
        return choose(student, read_folder(folder), assignment)
    except Refused as why:
        return Submission(student, refusal=f"{student}: {why}")


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every regular file below `folder`, by its path in it."""
    files: dict[str, bytes] = {}
    total = 0

    def walk(path: Path, depth: int) -> None:
        nonlocal total
        if depth > MAX_FOLDERS_DEEP:
            raise Refused(f"folders nested more than {MAX_FOLDERS_DEEP} deep; flatten")
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            name = os.path.relpath(entry.path, folder)
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                if entry.name not in (".ipynb_checkpoints", "__pycache__", "__MACOSX"):
                    walk(Path(entry.path), depth + 1)
                continue
            if not stat.S_ISREG(mode):
                kind = "a symbolic link" if stat.S_ISLNK(mode) else "a special file"
                raise Refused(f"{name} is {kind}; hand in the file itself")
            if len(files) >= MAX_FILES:
                raise Refused(
                    f"more than {MAX_FILES} files; hand in the notebook alone"
                )
            size = entry.stat(follow_symlinks=False).st_size
            if name.endswith(".ipynb") and size > MAX_NOTEBOOK:
                raise Refused(
                    f"{name} has {size / 1e6:.0f} MB, more than "
                    f"{MAX_NOTEBOOK / 1e6:.0f}; clear its outputs and save it"
                )
            total += size
            if total > MAX_TOTAL:
                raise Refused(
                    f"more than {MAX_TOTAL / 1e6:.0f} MB in all; "
                    "hand in the notebook alone"
                )
            files[name] = read_file(Path(entry.path), MAX_TOTAL)

    if folder.is_symlink():
        raise Refused("the folder is a symbolic link; hand in the folder itself")
    walk(folder, 0)
    return files


def read_file(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of a regular file; a link put there meanwhile fails."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        return file.read(limit)


def choose(student: str, files: dict[str, bytes], assignment: Assignment) -> Submission:
    """Find the notebook of `assignment` among a student's files."""
    slug = assignment.slug
    notes: list[str] = []
    notebooks = {name: data for name, data in files.items() if name.endswith(".ipynb")}
    right = [n for n in (f"{slug}.ipynb", f"{slug}/{slug}.ipynb") if n in notebooks]
    if len(right) == 2:
        if notebooks[right[0]] != notebooks[right[1]]:
            raise Refused(f"two notebooks, {' and '.join(right)}; hand in one")
    if right:
        name = right[-1]
    elif not notebooks:
        raise Refused(f"no notebook; hand in {slug}.ipynb")
    else:
        name = find_by_grade_ids(notebooks, assignment)
        notes.append(f"{name} was taken for {slug}.ipynb by its grade ids")
    notebook = parse(notebooks[name], name, notes)
    base = os.path.dirname(name)
    others = {
        os.path.relpath(path, base or "."): data
        for path, data in files.items()
        if path not in notebooks and (not base or path.startswith(base + "/"))
    }
    return Submission(student, notebook, others, notes=notes)


def find_by_grade_ids(notebooks: dict[str, bytes], assignment: Assignment) -> str:
    """The one notebook under another name that holds the assignment's cells."""
    wanted = {*assignment.solution_ids, *assignment.points}
    found, reasons = [], []
    for name, data in notebooks.items():
        try:
            cells = parse(data, name, []).cells
        except Refused as why:
            reasons.append(str(why))
            continue
        if wanted & {c.metadata.get("nbgrader", {}).get("grade_id") for c in cells}:
            found.append(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"{len(found)} notebooks, {' and '.join(found)}; hand in one")
    raise Refused(
        reasons[0]
        if reasons
        else f"no notebook of this assignment; hand in {assignment.slug}.ipynb"
    )


def parse(data: bytes, name: str, notes: list[str]) -> nbformat.NotebookNode:
    """A student's notebook, rebuilt from its cells' types, texts and grade ids."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise Refused(f"{name} is nested too deeply; save it anew in Jupyter") from None
    except ValueError as error:
        where = (
            f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise Refused(
            f"{name} is not valid JSON{where}; open it in Jupyter, save it, "
            "hand it in again"
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise Refused(f"{name} is not a notebook; hand in the .ipynb itself")
    if nested_deeper_than(MAX_NESTING, content):
        raise Refused(f"{name} is nested too deeply; save it anew in Jupyter")
    version = content["nbformat"]
    if version in (1, 2, 3):
        try:
            content = nbformat.convert(nbformat.from_dict(content), to_version=4)
        except Exception:
            raise Refused(
                f"{name} is a damaged notebook of format {version}; "
                "save it anew in Jupyter"
            ) from None
        notes.append(f"{name} was upgraded from notebook format {version}")
    elif version != 4:
        raise Refused(f"{name} has notebook format {version}; save it as format 4")
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Refused(f"{name} has no cells; hand in the notebook you worked in")
    if len(cells) > MAX_CELLS:
        raise Refused(f"{name} has more than {MAX_CELLS} cells; delete the empty ones")
    rebuilt = []
    for number, cell in enumerate(cells, start=1):
        clean = clean_cell(cell)
        if clean is None:
            notes.append(f"cell {number} of {name} is malformed and was left out")
        else:
            rebuilt.append(clean)
    return nbformat.v4.new_notebook(cells=rebuilt)


def clean_cell(cell) -> nbformat.NotebookNode | None:
    """A cell with its type, text, grade id and pictures, or None if malformed."""
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    if not isinstance(cell, dict) or cell.get("cell_type") not in make:
        return None
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    # A lone surrogate is legal in JSON and illegal in a file.
    source = source.encode("utf-8", "replace").decode()
    clean = make[cell["cell_type"]](source)
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    if isinstance(grade_id, str):
        clean.metadata["nbgrader"] = {"grade_id": grade_id}
    return clean


def nested_deeper_than(limit: int, value) -> bool:
    """Whether lists and dicts stand in each other more than `limit` deep."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True

"""Which notebook a student handed in, or the one reason why it cannot be graded.

Nothing of a submission is trusted: it is read as bytes, within limits, links are never
followed, and of a notebook only cells' types, texts and grade ids go on.
"""

import hashlib
import io
import json
import logging
import os
import re
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import nbformat

from tapecheck.grading import lms
from tapecheck.grading.course import Assignment
from tapecheck.grading.results import GradingError

MAX_NOTEBOOK = 20_000_000  # bytes
MAX_FILES = 1_000
MAX_TOTAL = 50_000_000  # bytes, all files of one submission
MAX_RATIO = 200  # of a file in a zip to its packed size
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


@dataclass
class Raw:
    """A submission's files, not looked into yet; or why they cannot be had.

    `digest` changes when anything that was handed in does.
    """

    student: str
    files: dict[str, bytes]
    digest: str
    refusal: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class HandedIn:
    """A submission that is there but was not read yet: `read` does it."""

    student: str
    read: Callable[[], Raw]
    sender: lms.Sender | None = None


def submissions(source: Path, assignment: Assignment) -> Iterator[Submission]:
    """Every student's submission in `source`, in order of name; see `handed_in`."""
    for one in handed_in(source, assignment):
        yield understand(one.read(), assignment)


def handed_in(source: Path, assignment: Assignment) -> list[HandedIn]:
    """Who handed in something in `source`, in order of name, none of it read yet.

    A student hands in ``<student>/<slug>.ipynb`` or, as nbgrader has it,
    ``<student>/<slug>/<slug>.ipynb``, or one of these as ``<student>.zip``. `source`
    is a folder of these, or a zip of it, or what Moodle or Canvas let an instructor
    download (see `tapecheck.grading.lms`). Raises GradingError when it is neither.
    """
    if source.is_file() and source.suffix == ".zip":
        entries = class_archive(source)
    elif source.is_dir():
        entries = class_folder(source)
    else:
        raise GradingError(f"{source} is no folder and no zip with submissions")
    of_students: dict[str, list[Entry]] = {}
    senders: dict[str, lms.Sender] = {}
    for entry in entries:
        upload = lms.read_name(entry.name)
        if upload is not None:
            senders[upload.sender.student] = upload.sender
            of_students.setdefault(upload.sender.student, []).append(entry)
        elif entry.is_folder or entry.name.endswith(".zip"):
            student = entry.name if entry.is_folder else entry.name[:-4]
            of_students.setdefault(student, []).append(entry)
    found = []
    for student, theirs in sorted(of_students.items()):
        if student in senders:
            read = partial(from_system, student, theirs, assignment.slug)
        else:
            read = partial(fetch, student, partial(only, theirs))
        found.append(HandedIn(student, read, senders.get(student)))
    return found


@dataclass(frozen=True)
class Entry:
    """One file or folder at the top of what the instructor has."""

    name: str
    is_folder: bool
    read: Callable[[], dict[str, bytes]]  # a file is {"": its bytes}


def class_folder(folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):
            continue
        if path.is_symlink() or path.is_dir():
            yield Entry(path.name, True, partial(read_folder, path))
        else:
            yield Entry(path.name, False, partial(read_one, path))


def class_archive(archive: Path) -> Iterator[Entry]:
    members: dict[tuple[str, bool], list[zipfile.ZipInfo]] = {}
    try:
        # Left open: whoever reads an entry reads it from here.
        opened = zipfile.ZipFile(archive)
    except zipfile.BadZipFile:
        raise GradingError(f"{archive} is damaged; download it again") from None
    for member in opened.infolist():
        name, slash, _ = member.filename.partition("/")
        if name == "..":
            name, slash = archive.name, "/"  # refused under the archive's own name
        if name and not name.startswith((".", "__")):
            members.setdefault((name, bool(slash)), []).append(member)
    for (name, is_folder), theirs in members.items():
        prefix = f"{name}/" if is_folder else name
        read = partial(read_members, opened, theirs, prefix)
        yield Entry(name, is_folder, read)


def only(entries: list[Entry]) -> dict[str, bytes]:
    """The files of a student who has a folder or a zip."""
    if len(entries) > 1:
        names = " and ".join(entry.name for entry in entries)
        raise Refused(f"handed in twice, as {names}; remove one")
    files = entries[0].read()
    return files if entries[0].is_folder else read_zip(io.BytesIO(files[""]))


def from_system(student: str, entries: list[Entry], slug: str) -> Raw:
    """One student's submission among what Moodle or Canvas named."""
    uploads = [(entry, lms.read_name(entry.name)) for entry in entries]
    chosen = [(e, u) for e, u in uploads if u and u.kind == "file"]
    notes = []

    def read() -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        single = [(u.file, u.number) for e, u in chosen if not e.is_folder]
        kept = lms.latest(single, slug)
        for entry, _ in chosen:
            if entry.is_folder:
                files.update(entry.read())
        of_files = [entry for entry, _ in chosen if not entry.is_folder]
        for name, place in kept.items():
            (files[name],) = of_files[place].read().values()
        if len(kept) < len(single):
            notes.append(f"{len(single)} uploads; the latest of each file counts")
        check_total(sum(map(len, files.values())))
        return files

    raw = fetch(student, read)
    if any(upload.late for _, upload in chosen):
        notes.append("handed in late")
    raw.notes += notes
    return raw


def fetch(student: str, read: Callable[[], dict[str, bytes]]) -> Raw:
    """One student's files, as `read` returns them, or why there are none."""
    try:
        if not NAME.fullmatch(student):
            raise Refused(
                "a student's folder is named with letters, digits, spaces and .,@'-; "
                "rename it"
            )
        files = read()
        return Raw(student, files, digest_of(files))
    except Refused as why:
        said = f"{student}: {why}"
    except OSError as error:
        said = f"{student}: it cannot be read ({error.strerror}); hand it in again"
    return Raw(student, {}, digest_of({"": said.encode()}), refusal=said)


def understand(raw: Raw, assignment: Assignment) -> Submission:
    """Find the notebook among a student's files, or the reason to refuse them."""
    student, files = raw.student, raw.files
    if raw.refusal:
        return Submission(student, refusal=raw.refusal, notes=raw.notes)
    try:
        zips = [name for name in files if name.endswith(".zip")]
        if len(zips) == 1 and not any(name.endswith(".ipynb") for name in files):
            files = read_zip(io.BytesIO(files[zips[0]]))
        found = choose(student, files, assignment)
    except Refused as why:
        return Submission(student, refusal=f"{student}: {why}", notes=raw.notes)
    found.notes += raw.notes
    return found


def digest_of(files: dict[str, bytes]) -> str:
    """A hash of names and contents."""
    whole = hashlib.sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{len(name)} {name} {len(data)} ".encode(errors="replace"))
        whole.update(data)
    return whole.hexdigest()


def read_zip(archive: Path | io.BytesIO) -> dict[str, bytes]:
    """Every regular file in a student's zip."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            first = {member.filename.partition("/")[0] for member in members}
            inside = all("/" in member.filename for member in members)
            prefix = f"{first.pop()}/" if len(first) == 1 and inside else ""
            return read_members(opened, members, prefix)
    except zipfile.BadZipFile:
        raise Refused("the zip is damaged; make it anew") from None


def read_members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], prefix: str
) -> dict[str, bytes]:
    """The regular files among `members`, by their path without `prefix`."""
    files: dict[str, bytes] = {}
    total = 0
    if len(members) > MAX_FILES:
        raise Refused(f"more than {MAX_FILES} files; hand in the notebook alone")
    for member in members:
        name = member.filename
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith("/") or "\\" in name or ":" in name:
            raise Refused(f"{name!r} in the zip leads outside of it; make it anew")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise Refused(f"{name} in the zip is a link; put the file itself in")
        if member.is_dir() or {"__MACOSX", ".ipynb_checkpoints"} & set(parts):
            continue
        if len(parts) > MAX_FOLDERS_DEEP:
            raise Refused(f"folders nested more than {MAX_FOLDERS_DEEP} deep; flatten")
        if member.flag_bits & 1:
            raise Refused(f"{name} in the zip is encrypted; make it anew")
        packed, size = max(member.compress_size, 1), member.file_size
        if size > 1_000_000 and size / packed > MAX_RATIO:
            raise Refused(
                f"{name} in the zip is {size // packed} times its packed size; "
                "hand in the notebook alone"
            )
        check_size(name, size)
        try:
            with archive.open(member) as file:
                data = file.read(MAX_TOTAL + 1)
        except (
            *(OSError, RuntimeError, NotImplementedError, zlib.error, EOFError),
            zipfile.BadZipFile,
        ):
            raise Refused(f"{name} in the zip cannot be read; make it anew") from None
        total += len(data)
        check_total(total)
        files[name.removeprefix(prefix)] = data
    return files


def check_size(name: str, size: int) -> None:
    if name.endswith(".ipynb") and size > MAX_NOTEBOOK:
        raise Refused(
            f"{name} has {size / 1e6:.0f} MB, more than "
            f"{MAX_NOTEBOOK / 1e6:.0f}; clear its outputs and save it"
        )


def check_total(total: int) -> None:
    if total > MAX_TOTAL:
        raise Refused(
            f"more than {MAX_TOTAL / 1e6:.0f} MB in all; hand in the notebook alone"
        )


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
            check_size(name, size)
            total += size
            check_total(total)
            files[name] = read_file(Path(entry.path), MAX_TOTAL)

    if folder.is_symlink():
        raise Refused("the folder is a symbolic link; hand in the folder itself")
    walk(folder, 0)
    return files


def read_one(path: Path) -> dict[str, bytes]:
    """One file at the top of a folder."""
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise Refused(f"{path.name} is a special file; hand in the file itself")
    check_size(path.name, path.stat().st_size)
    check_total(path.stat().st_size)
    return {"": read_file(path, MAX_TOTAL)}


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
            content = nbformat.reads(json.dumps(content), as_version=4)
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


# What a cell has, beside its source, in notebook format 4.
PARTS: dict[str, dict] = {
    "code": {"execution_count": None, "outputs": []},
    "markdown": {},
    "raw": {},
}


def clean_cell(cell) -> nbformat.NotebookNode | None:
    """A cell with its type, text, grade id and pictures, or None if malformed."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in PARTS:
        return None
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    # A lone surrogate is legal in JSON and illegal in a file.
    source = source.encode("utf-8", "replace").decode()
    # nbformat's own `new_code_cell` would look each cell up in the schema.
    clean = nbformat.from_dict(
        {
            "id": secrets.token_hex(4),
            "cell_type": cell["cell_type"],
            "metadata": {},
            "source": source,
            **PARTS[cell["cell_type"]],
        }
    )
    if cell["cell_type"] == "markdown":
        clean["attachments"] = pictures(cell.get("attachments"))
        for name in re.findall(r"attachment:([^\s)\"'>]+)", source):
            if unquote(name) not in clean["attachments"]:
                # Whatever shows the notebook would stop at a picture that is not there.
                clean.source = clean.source.replace(f"attachment:{name}", "missing")
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    if isinstance(grade_id, str):
        clean.metadata["nbgrader"] = {"grade_id": grade_id}
    return clean


def pictures(attachments) -> dict:
    """The bitmaps among a cell's attachments: no format that can hold script."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for kind in ("image/png", "image/jpeg", "image/gif"):
            data = bundle.get(kind) if isinstance(bundle, dict) else None
            if isinstance(data, str):
                kept[name] = {kind: data}
    return kept


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


def guard(assignment: str, student: str, notebooks: list[str]) -> None:
    """Before stock ``nbgrader autograde`` touches a submission: what is unsafe goes.

    nbgrader would follow links when it copies a submission. Links and special files
    are moved to ``refused/``; a notebook that cannot be read is struck off the list.
    nbgrader calls this for each submission and hands over its own list.
    """
    log = logging.getLogger("traitlets")
    for notebook in list(notebooks):
        path = Path(notebook)
        for unsafe in unsafe_files(path.parent):
            refuge = Path("refused") / unsafe.relative_to(path.parents[2])
            refuge.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(unsafe, refuge)
            log.error("%s is a link or no file; moved to %s", unsafe, refuge)
        try:
            if not path.is_file():
                raise Refused(f"{path.name} is not a file; hand in the notebook itself")
            check_size(path.name, path.stat().st_size)
            parse(read_file(path, MAX_NOTEBOOK), path.name, [])
        except Refused as why:
            log.error("%s: refused: %s", path.parent.parent.name, why)
            notebooks.remove(notebook)


def unsafe_files(folder: Path) -> Iterator[Path]:
    """Whatever in `folder` is neither a file nor a folder, links not followed."""
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(place, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path

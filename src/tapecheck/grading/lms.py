"""How Moodle and Canvas name the files of an assignment that an instructor downloads.

Moodle: ``Ada Lovelace_12345_assignsubmission_file_/x.ipynb``, or the same with the
file's name behind it instead of a folder. The number identifies the participant.
Canvas: ``lovelaceada_LATE_123_456_x.ipynb``, where 123 is the user, 456 the upload; a
file handed in again becomes ``x-1.ipynb``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)"
)
CANVAS = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)"
)


@dataclass(frozen=True)
class Sender:
    """Who handed something in, as the system knows them."""

    system: str  # "moodle" or "canvas"
    id: str
    name: str

    @property
    def student(self) -> str:
        """The name in our table: never refused, and its own for each id."""
        name = re.sub(r"[^\w .,@'-]", "-", self.name).lstrip(" .,@'-")
        return f"{name[:80] or 'student'}_{self.id}"


@dataclass(frozen=True)
class Upload:
    """What the name of one file or folder in a download says."""

    sender: Sender
    file: str  # "" for a folder
    number: int = 0  # of the upload, where there is one
    late: bool = False
    kind: str = "file"  # Moodle has text typed into the page, too


def read_name(name: str) -> Upload | None:
    """Whose upload an entry of a download is; None when no system named it."""
    if found := MOODLE.fullmatch(name):
        sender = Sender("moodle", found["id"], found["name"])
        return Upload(sender, found["file"], kind=found["kind"])
    if found := CANVAS.fullmatch(name):
        sender = Sender("canvas", found["id"], found["name"])
        return Upload(
            sender, found["file"], int(found["upload"]), late=bool(found["late"])
        )
    return None


def latest(files: Iterable[tuple[str, int]], slug: str) -> dict[str, int]:
    """Of files handed in again, the last of each: its name and its place in `files`.

    ``x-2.ipynb`` follows ``x-1.ipynb`` and ``x.ipynb``; among equals the greater number
    of the upload wins.
    """
    best: dict[str, tuple[tuple[int, int], int]] = {}
    for place, (name, upload) in enumerate(files):
        stem, dot, ending = name.rpartition(".")
        again = re.fullmatch(r"(.+)-(\d+)", stem)
        if again and ending == "ipynb" and stem != slug:
            original, rank = f"{again[1]}{dot}{ending}", (int(again[2]), upload)
        else:
            original, rank = name, (0, upload)
        if original not in best or rank > best[original][0]:
            best[original] = (rank, place)
    return {name: place for name, (_, place) in best.items()}

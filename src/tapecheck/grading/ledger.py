"""What is graded, kept: one line of JSON for each finished submission.

Lines are only ever added, and are on the disk before the next step; each carries a
checksum. Whatever dies, what was finished is known, and a damaged line costs only the
submission it was about.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEDGER = "ledger.jsonl"  # its name, in the folder that a class is graded into
CHECK = re.compile(rb',"check":"([0-9a-f]{16})"\}$')


@dataclass(frozen=True)
class Entry:
    """Where a student's last record stands, and what it was made from."""

    place: int
    before: int | None  # the record before it
    submission: str
    source: str
    seed: int | None
    graded: bool
    finished: bool


class Ledger:
    """The ledger in `path`. `damaged` has a sentence for every line that was lost."""

    def __init__(self, path: Path):
        self.path = path
        self.entries: dict[str, Entry] = {}
        self.damaged: list[str] = []
        if path.exists():
            self.read()
        if self.damaged:
            self.set_aside()
        self.file = path.open("ab")

    def read(self) -> None:
        """Learn where every record will stand once damaged lines are set aside."""
        place = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                record = decode(line)
                if record is None:
                    about = re.search(rb'"student":"([^"]*)"', line)
                    who = about[1].decode(errors="replace") if about else "a submission"
                    self.damaged.append(
                        f"{self.path}, line {number} is damaged: {who} is graded again "
                        "unless another line has it"
                    )
                    continue
                self.index(record, place)
                place += len(line)

    def set_aside(self) -> None:
        """Move damaged lines to a file beside the ledger."""
        whole = self.path.with_suffix(".new")
        with self.path.open("rb") as old, whole.open("wb") as new:
            with self.path.with_suffix(".damaged").open("ab") as damaged:
                for line in old:
                    (new if decode(line) is not None else damaged).write(line)
                damaged.write(b"\n")
            new.flush()
            os.fsync(new.fileno())
        whole.replace(self.path)

    def index(self, record: dict[str, Any], place: int) -> None:
        before = self.entries.get(record["student"])
        self.entries[record["student"]] = Entry(
            place,
            before.place if before else None,
            record["submission"],
            record["source"],
            record["seed"],
            bool(record["cells"]),
            record["finished"],
        )

    def append(self, record: dict[str, Any]) -> None:
        """Add a record; when this returns, it is on the disk."""
        place = self.file.tell()
        self.file.write(encode(record))
        self.file.flush()
        os.fsync(self.file.fileno())
        self.index(record, place)

    def last(self, student: str) -> dict[str, Any]:
        """A student's last record."""
        return self.at(self.entries[student].place)

    def before(self, student: str) -> dict[str, Any] | None:
        """The record before a student's last one."""
        place = self.entries[student].before
        return None if place is None else self.at(place)

    def at(self, place: int) -> dict[str, Any]:
        with self.path.open("rb") as file:
            file.seek(place)
            record = decode(file.readline())
        assert record is not None, "the ledger changed while it was in use"
        return record

    def records(self, students: list[str]) -> Iterator[dict[str, Any]]:
        """The last records of `students`, in this order, one at a time."""
        return (self.last(student) for student in students)

    def close(self) -> None:
        self.file.close()


def encode(record: dict[str, Any]) -> bytes:
    body = json.dumps(record, separators=(",", ":")).encode()
    return body[:-1] + b',"check":"' + checksum(body) + b'"}\n'


def decode(line: bytes) -> dict[str, Any] | None:
    """The record of a line; None when it is not what was written."""
    found = CHECK.search(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
    if not found:
        return None
    body = line[: found.start()] + b"}"
    return json.loads(body) if checksum(body) == found[1] else None


def checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()

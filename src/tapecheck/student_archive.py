"""``make student-archive``: one zip with what a student needs, and nothing else.

    python -m tapecheck.student_archive ZIP

The exercises as released, the data, this package and how to install it.
"""

import argparse
import zipfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = "backprop-by-hand"
FILES = ("pyproject.toml", "requirements.lock", "LICENSE", "LICENSE-CONTENT")
TREES = {
    "exercises": {".ipynb", ".py", ".csv", ".png"},
    "data": {".csv", ".md"},
    "src/tapecheck": {".py"},
}
README = """\
# Backprop by Hand, Checked by Tape: the exercises

`exercises/` holds one notebook for each chapter, `data/` the data they use. Keep the
two side by side. Python 3.11, 3.12 or 3.13 is needed. In this folder:

    python3 -m venv .venv
    . .venv/bin/activate
    python -m pip install -c requirements.lock -e '.[student]'
    tapecheck doctor --student
    jupyter lab exercises

On Windows the second line is `.venv\\Scripts\\activate`. On Linux, PyTorch comes with
several gigabytes for graphics cards that nobody needs here; `pip install uv`, then
`uv pip install --torch-backend=cpu -c requirements.lock -e '.[student]'` gets the
small build.

Each exercise is a question, a cell to fill in and a check to run as often as you like.
The check says what is wrong with a gradient. Hand in the notebook itself.

Code is under the BSD 3-Clause licence, text and figures under CC BY 4.0.
"""


def contents(course: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive: its name in it, and its bytes."""
    yield "README.md", README.encode()
    for name in FILES:
        yield name, (course / name).read_bytes()
    for tree, kinds in TREES.items():
        for path in sorted((course / tree).rglob("*")):
            place = path.relative_to(course)
            hidden = any(part.startswith((".", "__")) for part in place.parent.parts)
            if path.suffix in kinds and path.is_file() and not hidden:
                yield place.as_posix(), path.read_bytes()


def build(course: Path, target: Path) -> None:
    """Write the archive; the same course gives the same bytes.

    Raises FileNotFoundError when `course` is not the course's folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents(course):
            # Without the time of day, and readable for everyone.
            member = zipfile.ZipInfo(f"{FOLDER}/{name}")
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("zip", type=Path, metavar="ZIP", help="the archive to write")
    target = parser.parse_args().zip
    build(Path(), target)
    print(f"The students' archive is ready: {target}")


if __name__ == "__main__":
    main()

"""What is missing in a student's environment, and how to mend each thing.

``tapecheck doctor --student``. Needs NumPy alone, because what it looks for is just
what may be absent. Packages are really imported, and the kernel is really started:
an installation can be complete and broken.
"""

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tapecheck.data import CHECKSUMS, DataError, locate

PACKAGES = (
    "in the course's folder: python -m pip install -c requirements.lock -e '.[student]'"
)
SECONDS = 300  # for one import; the first of TensorFlow after installing is slow

KERNEL = """
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60)
found = []
client.execute_interactive(
    "import sys; print(sys.prefix)", timeout=60,
    output_hook=lambda m: found.append(m["content"].get("text", "")),
)
manager.shutdown_kernel(now=True)
there = "".join(found).strip()
if there != sys.prefix:
    sys.exit(f"it runs in {there}, not in {sys.prefix}")
"""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `problem` and `mend` are empty where all is well."""

    what: str
    problem: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Requirement:
    """A package and the versions that do, as ``(">=", (2, 21))``."""

    name: str
    bounds: tuple[tuple[str, tuple[int, ...]], ...]

    def allows(self, version: str) -> bool:
        number = numbers(version)
        compare = {
            ">=": number.__ge__,
            ">": number.__gt__,
            "<": number.__lt__,
            "<=": number.__le__,
        }
        return all(compare[sign](bound) for sign, bound in self.bounds)

    def __str__(self) -> str:
        return " and ".join(
            f"{sign} {'.'.join(map(str, bound))}" for sign, bound in self.bounds
        )


def numbers(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: ``2.13.0+cpu`` is (2, 13, 0)."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def requirement(text: str) -> Requirement:
    """Reads ``torch<2.14,>=2.13; extra == "student"``, or a bare ``<3.14,>=3.11``."""
    name, limits = re.fullmatch(r"([\w.-]*)([^;]*)(?:;.*)?", text).groups()  # type: ignore[union-attr]
    bounds = re.findall(r"(>=|<=|<|>)\s*([\d.]+)", limits)
    return Requirement(name, tuple((sign, numbers(n)) for sign, n in sorted(bounds)))


def requirements() -> list[Requirement]:
    """What the extra ``student`` asks for, from the installed package itself.

    TensorFlow is listed once: whichever of its builds is installed will do.
    """
    found = {}
    for line in importlib.metadata.requires("tapecheck") or []:
        if 'extra == "student"' in line or ";" not in line:
            one = requirement(line)
            name = one.name.removesuffix("-cpu")
            found[name] = Requirement(name, one.bounds)
    return list(found.values())


def installed(name: str) -> str | None:
    """The version of a package or of its CPU build; None where there is neither."""
    for distribution in (name, f"{name}-cpu"):
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def attempt(code: str) -> str:
    """Run `code` in a fresh Python; the last line of its complaint, or ''."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"nothing happened for {SECONDS} seconds"
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return lines[-1] if done.returncode else ""


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    wanted = requirement(importlib.metadata.metadata("tapecheck")["Requires-Python"])
    shown = ".".join(map(str, version))
    if wanted.allows(shown):
        return Finding(f"Python {shown}")
    return Finding(
        f"Python {shown}",
        f"the course needs Python {wanted}",
        "install such a Python and make the environment anew with it:"
        " python3.12 -m venv .venv",
    )


def package(wanted: Requirement) -> Finding:
    version = installed(wanted.name)
    if version is None:
        return Finding(wanted.name, "is not installed", PACKAGES)
    what = f"{wanted.name} {version}"
    if not wanted.allows(version):
        return Finding(what, f"the course needs {wanted}", PACKAGES)
    if complaint := attempt(f"import tapecheck, {wanted.name}"):
        mend = f"python -m pip install --force-reinstall {wanted.name}=={version}"
        return Finding(what, f"cannot be imported: {complaint}", mend)
    return Finding(what)


def data(name: str) -> Finding:
    try:
        locate(name)
    except DataError as error:
        problem, _, mend = str(error).partition(": ")
        return Finding(f"data/{name}", problem, mend)
    return Finding(f"data/{name}")


def kernel() -> Finding:
    what = "the kernel python3 of Jupyter"
    if installed("ipykernel") is None:
        return Finding(what, "ipykernel is not installed", PACKAGES)
    if complaint := attempt(KERNEL):
        mend = "python -m ipykernel install --sys-prefix --name python3"
        return Finding(what, complaint, mend)
    return Finding(what)


def check() -> Iterator[Finding]:
    """Everything the exercises need, one by one."""
    yield python()
    for wanted in requirements():
        yield package(wanted)
    yield kernel()
    for name in CHECKSUMS:
        yield data(name)


def main() -> int:
    """Print what is there and what is missing; returns 1 when anything is."""
    missing = 0
    for finding in check():
        missing += bool(finding.problem)
        if finding.problem:
            print(f"MISSING  {finding.what}: {finding.problem}")
            print(f"         mend: {finding.mend}")
        else:
            print(f"ok       {finding.what}", flush=True)
    if missing:
        print(f"missing: {missing}. Mend the first, then run this again.")
    else:
        print("everything is there: open a notebook of exercises/")
    return 1 if missing else 0

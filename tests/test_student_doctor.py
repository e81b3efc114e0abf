"""`tapecheck doctor --student`: what is missing is said, with its mend."""

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy
import pytest

import tapecheck
from tapecheck import cli, student_doctor
from tapecheck.student_doctor import Finding, Requirement, requirement

ROOT = Path(__file__).parent.parent


def test_it_asks_for_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["student"]
    wanted = {requirement(line).name.removesuffix("-cpu") for line in lines}
    assert {r.name for r in student_doctor.requirements()} == wanted
    assert "torch" in wanted and "numpy" in wanted


@pytest.mark.parametrize(
    "version, right",
    [("2.13.0+cpu", True), ("2.13.9", True), ("2.12.1", False), ("2.14", False)],
)
def test_versions_are_compared_as_numbers(version, right):
    torch = requirement('torch<2.14,>=2.13; extra == "student"')
    assert torch.allows(version) is right
    assert requirement("<3.14,>=3.11").allows("3.9.1") is False


def test_an_old_python_is_named_with_its_mend():
    assert student_doctor.python((3, 12, 1)).problem == ""
    finding = student_doctor.python((3, 10, 4))
    assert finding.what == "Python 3.10.4" and "3.11" in finding.problem
    assert "venv" in finding.mend


def test_a_package_is_right_missing_too_old_or_broken(monkeypatch):
    version = importlib.metadata.version("pandas")
    assert student_doctor.package(requirement("pandas>=2.2")) == Finding(
        f"pandas {version}"
    )
    assert "not installed" in student_doctor.package(requirement("nopanda")).problem
    old = student_doctor.package(Requirement("pandas", ((">=", (99,)),)))
    assert old.problem == "the course needs >= 99" and "pip install" in old.mend
    monkeypatch.setattr(student_doctor, "installed", lambda name: "1.0")
    broken = student_doctor.package(requirement("nopanda"))
    assert "No module named 'nopanda'" in broken.problem
    assert broken.mend.endswith("nopanda==1.0")


def test_data_are_found_missing_or_altered(tmp_path, monkeypatch):
    monkeypatch.setenv("TAPECHECK_DATA", str(ROOT / "data"))
    assert student_doctor.data("penguins.csv").problem == ""
    monkeypatch.setenv("TAPECHECK_DATA", str(tmp_path))
    assert "not found" in student_doctor.data("penguins.csv").problem
    (tmp_path / "penguins.csv").write_text("a spreadsheet saved this\n")
    finding = student_doctor.data("penguins.csv")
    assert "not the file" in finding.problem and "fresh copy" in finding.mend


def test_the_kernel_is_this_environment_s(tmp_path, monkeypatch):
    assert student_doctor.kernel().problem == ""
    # A kernel of that name that somebody else installed comes first.
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        '{"argv": ["/no/python", "-f", "{connection_file}"], "display_name": "Other"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert "/no/python" in student_doctor.kernel().problem


def test_the_exit_code_says_whether_anything_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(student_doctor, "check", lambda: iter([Finding("torch 2.13")]))
    assert cli.main(["doctor", "--student"]) == 0
    bad = [Finding("torch 2.13"), Finding("pandas", "is not installed", "get it")]
    monkeypatch.setattr(student_doctor, "check", lambda: iter(bad))
    assert cli.main(["doctor", "--student"]) == 1
    said = capsys.readouterr().out
    assert "MISSING  pandas: is not installed\n         mend: get it" in said


def test_it_needs_numpy_alone(tmp_path):
    """In an environment of NumPy and tapecheck it names all the others."""
    home = Path(numpy.__file__).parent
    metadata = Path(str(importlib.metadata.distribution("tapecheck").locate_file("")))
    links = [home, Path(tapecheck.__file__).parent, *home.parent.glob("numpy*")]
    links += metadata.glob("tapecheck*.dist-info")
    for source in {link.resolve() for link in links}:
        (tmp_path / source.name).symlink_to(source)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
        "from tapecheck.cli import main; sys.exit(main(['doctor', '--student']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1 and done.stderr == ""
    for name in ("torch", "tensorflow", "jupyterlab", "matplotlib"):
        assert f"MISSING  {name}: is not installed" in done.stdout
    assert "ok       data/penguins.csv" in done.stdout

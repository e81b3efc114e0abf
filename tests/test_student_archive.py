"""The students' archive: complete, installable, and without a secret."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from test_no_leaks import SOURCES, leaks, secrets

from tapecheck import student_archive
from tapecheck.data import CHECKSUMS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    student_archive.build(ROOT, folder / "archive.zip")
    with zipfile.ZipFile(folder / "archive.zip") as archive:
        archive.extractall(folder)
    return folder / student_archive.FOLDER


def test_it_holds_the_exercises_the_data_the_package_and_nothing_else(unpacked):
    top = {"README.md", "exercises", "data", "src", *student_archive.FILES}
    assert {path.name for path in unpacked.iterdir()} == top
    notebooks = {path.stem for path in (unpacked / "exercises").glob("*/*.ipynb")}
    assert notebooks == {source.stem for source in SOURCES}
    data = {path.name for path in (unpacked / "data").iterdir()}
    assert data == {*CHECKSUMS, "PROVENANCE.md"}
    assert [path.name for path in (unpacked / "src").iterdir()] == ["tapecheck"]


def test_nothing_of_solutions_or_tests_is_in_it(unpacked):
    runs = [run for source in SOURCES for run in secrets(source)]
    assert len(runs) > 100
    files = [path for path in unpacked.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        found = leaks(path, runs)
        if "src" in path.parts:  # the grader names nbgrader's markers
            found = [hit for hit in found if "\n" in hit]
        assert found == [], path
    # The same search finds a solution that is there.
    assert leaks(SOURCES[0], runs)


def test_the_same_course_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        student_archive.build(ROOT, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_notebook_runs_with_what_the_archive_installs(unpacked, tmp_path):
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--target", tmp_path / "installed", unpacked),
        ],
        check=True,
        cwd=tmp_path,
    )
    path = unpacked / "exercises" / "05-training-loops" / "05-training-loops.ipynb"
    notebook = nbformat.read(path, as_version=4)
    where = nbformat.v4.new_code_cell("import tapecheck; print(tapecheck.__file__)")
    data = nbformat.v4.new_code_cell(
        "from tapecheck.data import locate; print(locate('penguins.csv'))"
    )
    notebook.cells = [where, data, *notebook.cells]
    NotebookClient(
        notebook,
        timeout=300,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        shutdown_kernel="immediate",
    ).execute(
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
    )
    assert where.outputs[0].text.startswith(str(tmp_path / "installed"))
    assert data.outputs[0].text.startswith(str(unpacked / "data"))
    errors = [
        output.ename
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]
    # Nothing is solved yet, and nothing else is wrong.
    assert errors and set(errors) == {"NotImplementedError"}

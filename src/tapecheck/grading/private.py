"""A gradebook of one submission's own, in the memory of the process that grades it.

nbgrader opens its gradebook a dozen times for a submission and makes an engine each
time, for which SQLAlchemy compiles every query anew, and commits once for every cell.
"""

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader import api
from sqlalchemy import Engine, StaticPool, create_engine

URL = "sqlite://"


class Kept(StaticPool):
    """One connection, open for as long as this process lives."""

    def dispose(self) -> None:
        """nbgrader asks for it whenever it is done for the moment."""


@functools.cache
def database() -> tuple[sqlite3.Connection, Engine]:
    """The only one, and the engine for it."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    engine = create_engine(URL, creator=lambda: connection, poolclass=Kept)
    return connection, engine


@contextmanager
def gradebook(contents: bytes) -> Iterator[None]:
    """Whatever gradebook nbgrader opens now is this one; it begins with `contents`.

    `contents` are an SQLite file's bytes. One at a time.
    """
    connection, engine = database()
    connection.rollback()
    connection.deserialize(contents)

    def ours(url: str, **_: Any) -> Engine:
        assert url == URL
        return engine

    theirs, api.create_engine = api.create_engine, ours
    try:
        yield
    finally:
        api.create_engine = theirs

"""A region's SQLite file: for its owner alone, made at first use, each change whole or not at all."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote

_UNCHANGED: ContextVar[bool] = ContextVar("_UNCHANGED", default=False)


@contextmanager
def unchanged(when: bool = True) -> Iterator[None]:
    """Let no ledger that is opened meanwhile be changed: one of an older version gets no new tables on the disk."""
    before = _UNCHANGED.set(when or _UNCHANGED.get())
    try:
        yield
    finally:
        _UNCHANGED.reset(before)


class LedgerFile:
    """Opened anew for each question, so that no process keeps it from another."""

    def __init__(self, path: Path, schema: str) -> None:
        """Make the file (mode 0600) and its tables where they are absent."""
        self.path = path
        self._copy = self._as_of_now(schema) if _UNCHANGED.get() and path.exists() else None
        if self._copy:
            return
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # refused where nothing can be written
        with self.open() as db:
            db.executescript(schema)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Return a connection whose changes are kept if nothing is raised, and waits a minute for another's."""
        if self._copy:
            with self._copy as db:
                yield db
            return
        db = sqlite3.connect(self.path, timeout=60)
        try:
            with db:
                yield db
        finally:
            db.close()

    def _as_of_now(self, schema: str) -> sqlite3.Connection:
        """Return what the file holds now, in memory, with the tables that it lacks."""
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=rw", uri=True, timeout=60)) as db:
            db.backup(copy)
        copy.executescript(schema)
        return copy

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """Return a connection as ``open`` does; what is read stays true until the end, since nobody else can write."""
        with self.open() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db


AMONG = "IN (SELECT value FROM json_each(?))"
"""Asks whether a column has one of the values of a JSON list."""


def among(column: str, values: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """Return a condition and its parameters: the column has one of the values, or any if there are none."""
    return (f"{column} {AMONG}", (json.dumps(sorted(values)),)) if values else ("true", ())

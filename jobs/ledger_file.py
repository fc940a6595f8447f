"""A region's SQLite file: for its owner alone, made at first use, each change whole or not at all."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


class LedgerFile:
    """Opened anew for each question, so that no process keeps it from another."""

    def __init__(self, path: Path, schema: str) -> None:
        """Make the file (mode 0600) and its tables where they are absent."""
        self.path = path
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # refused where nothing can be written
        with self.open() as db:
            db.executescript(schema)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Return a connection whose changes are kept if nothing is raised, and waits a minute for another's."""
        db = sqlite3.connect(self.path, timeout=60)
        try:
            with db:
                yield db
        finally:
            db.close()

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

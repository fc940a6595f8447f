"""Whose budget a file is charged to: one dataset's, under whatever name it is given later."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from quality.contracts.errors import PolicyBreach

_FILES = "CREATE TABLE IF NOT EXISTS files (sha256 TEXT PRIMARY KEY, dataset TEXT NOT NULL)"


class ChargedElsewhere(PolicyBreach):
    """A file was released under another dataset's budget, and is given under a new name."""

    def __init__(self, dataset: str, before: str) -> None:
        """Name both."""
        super().__init__(
            f"The file that is given as {dataset} was charged to the budget of {before} before: under two names its "
            "people would lose two budgets. Nothing was spent.",
            mend=f"Say `reads: {before}` in the release.",
        )


def charge_files(db: sqlite3.Connection, dataset: str, files: Sequence[str]) -> None:
    """Enter files, by SHA-256, under ``dataset``; raise ``ChargedElsewhere`` for one that is under another."""
    db.execute(_FILES)
    for digest in files:
        db.execute("INSERT OR IGNORE INTO files VALUES (?, ?)", (digest, dataset))
        (before,) = db.execute("SELECT dataset FROM files WHERE sha256 = ?", (digest,)).fetchone()
        if before != dataset:
            raise ChargedElsewhere(dataset, before)

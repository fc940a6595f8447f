"""Whose budget a file is charged to: one dataset's, under whatever name it is given later."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from quality.contracts.errors import PolicyBreach


class ChargedElsewhere(PolicyBreach):
    """A file was released under another dataset's budget, and is given under a new name."""

    def __init__(self, dataset: str, before: str) -> None:
        """Name both."""
        super().__init__(
            f"The file that is given as {dataset} was charged to the budget of {before} before: under two names its "
            "people would lose two budgets. Nothing was spent.",
            mend=f"Say `reads: {before}` in the release.",
        )


def refuse_charged(db: sqlite3.Connection, dataset: str, files: Sequence[str]) -> None:
    """Raise ``ChargedElsewhere`` for a file, by its SHA-256, that another dataset was charged for."""
    for digest in files:
        found = db.execute("SELECT dataset FROM files WHERE sha256 = ?", (digest,)).fetchone()
        if found is not None and found[0] != dataset:
            raise ChargedElsewhere(dataset, found[0])


def charge_files(db: sqlite3.Connection, dataset: str, files: Sequence[str]) -> None:
    """Enter files of which there are figures now under ``dataset``; raise what ``refuse_charged`` does."""
    refuse_charged(db, dataset, files)
    db.executemany("INSERT OR IGNORE INTO files VALUES (?, ?)", [(digest, dataset) for digest in files])

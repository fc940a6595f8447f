"""What auditors know of the ledger: all that is entered is told to the audit log, so that an older copy is noticed.

It is told before anything is made of it: a ledger may know what a killed process never told, and that made nothing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobs.home import Home
from quality.contracts.errors import EnvironmentFault

SUBJECT = "privacy budgets"
MADE = "ledger made"
WRITTEN = "losses entered"
RECOVERED = "losses entered again"

TABLES = ("spends", "noisy_epochs", "files")
"""What only grows: losses, places told by noise, and whose budget a file is charged to."""


class LedgerTooOld(EnvironmentFault):
    """The ledger is not what auditors were told of: an older copy would spend the same budget twice."""

    def __init__(self, table: str, knows: int, told: int) -> None:
        """Say how much of it is there."""
        super().__init__(
            f"The ledger of privacy budgets is an older copy, or another one: of its {table} the audit log tells "
            f"{told:,}, and it knows {knows:,}. What is missing would be spent twice, so nothing was spent.",
            mend="Restore the newest backup of the ledger. If none knows them all, `geoward budget recover` enters "
            "what the audit log tells.",
        )


@dataclass(frozen=True, slots=True)
class LedgerWitness:
    """The audit log of a home, as the ledger's witness; whoever calls this is alone with the ledger."""

    home: Home

    def hold(self, db: sqlite3.Connection) -> None:
        """Raise ``LedgerTooOld`` if the ledger does not go on from what was told last."""
        for table, told in self._last().items():
            rows = _rows(db, table)
            if _digest(rows[: told["known"]]) != told["digest"]:
                raise LedgerTooOld(table, len(rows), told["known"])

    def tell(self, db: sqlite3.Connection, outcome: str = WRITTEN) -> None:
        """Tell auditors how much is known, its digest, and what is new of it."""
        from jobs.audit_log import audit

        last, rows = self._last(), {table: _rows(db, table) for table in TABLES}
        detail: dict[str, Any] = {
            table: {
                "known": len(there), "digest": _digest(there),
                "new": there[last[table]["known"] if table in last else 0 :],
            }
            for table, there in rows.items() if there
        }  # fmt: skip
        if outcome != WRITTEN or any(one["new"] for one in detail.values()):
            audit(self.home, "decision", SUBJECT, outcome, **detail)

    def recover(self, db: sqlite3.Connection) -> int:
        """Enter what was told and is not there; return how many losses these are."""
        missing = dict.fromkeys(TABLES, 0)
        for detail in reversed(list(self._told())):
            for table, told in detail.items():
                there = _rows(db, table)
                for row in told["new"]:
                    if row not in there:
                        values = ([None] if table == "spends" else []) + row
                        db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
                        missing[table] += 1
        return missing["spends"]

    def _last(self) -> dict[str, Any]:
        return next(self._told(), {})

    def _told(self) -> Iterator[dict[str, Any]]:
        """Yield what was told, the newest first; of the ledger before it was made there is nothing."""
        import pyarrow.parquet as pq

        from jobs.audit_chain import entry_files, goes_on
        from jobs.audit_witness import audit_path, read_head
        from jobs.manifest import log_versions

        path, head = audit_path(self.home), read_head(self.home)
        if head is not None and not goes_on(path, head):
            raise _unreadable()
        for version in reversed(log_versions(path)):
            try:
                entries = [row for file in entry_files(path, version) for row in pq.read_table(file).to_pylist()]
            except (ValueError, OSError):
                raise _unreadable() from None
            for entry in reversed(entries):
                if entry["subject"] == SUBJECT and entry["outcome"] in (WRITTEN, RECOVERED):
                    yield json.loads(entry["detail"])
                if entry["subject"] == SUBJECT and entry["outcome"] == MADE:
                    return


def _rows(db: sqlite3.Connection, table: str) -> list[list[Any]]:
    """Return what is entered in a table, in order and without numbers of rows."""
    rows = db.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    return [list(row[1:] if table == "spends" else row) for row in rows]


def _digest(rows: list[list[Any]]) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _unreadable() -> EnvironmentFault:
    return EnvironmentFault(
        "The audit log is damaged, so nobody knows whether the ledger of privacy budgets is the newest.",
        mend="`geoward fsck` says what to do about the log. Nothing was spent.",
    )

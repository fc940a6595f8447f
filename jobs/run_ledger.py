"""Which runs of tables began and how they ended: what the engineer on call sees, and what a killed run leaves behind.

One SQLite file in the region's root; a line for each table a run makes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jobs.catalog import now
from jobs.explain_failure import kind_of
from jobs.home import Region
from jobs.ledger_file import LedgerFile
from quality.contracts.errors import UNEXPLAINED, GeowardError

DATING = "landed files"
"""What is entered, in a table's place, while the dates of new files are read."""

State = Literal["running", "published", "failed", "killed"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, run_id TEXT, dataset TEXT, first_date TEXT, last_date TEXT, partitions INTEGER, pid INTEGER,
    started TEXT, ended TEXT DEFAULT '', state TEXT DEFAULT 'running', error TEXT DEFAULT '', message TEXT DEFAULT '',
    mend TEXT DEFAULT '');
CREATE INDEX IF NOT EXISTS runs_by_dataset ON runs (dataset, id);
CREATE TABLE IF NOT EXISTS last_runs (dataset TEXT, event_date TEXT, run INTEGER, PRIMARY KEY (dataset, event_date));
"""
"""``last_runs`` holds, of each date, the last run that was to make it."""


@dataclass(frozen=True, slots=True)
class TableRun:
    """One table's part of a run. ``ended`` is None while it runs; ``error`` is a failure's kind."""

    run_id: str
    dataset: str
    first_date: date
    last_date: date
    partitions: int
    pid: int
    started: datetime
    ended: datetime | None
    state: State
    error: str
    message: str
    mend: str


class RunLedger(LedgerFile):
    """Reads and writes one region's ledger of runs."""

    def __init__(self, region: Region) -> None:
        """Open the ledger, making it at first use."""
        super().__init__(region.folder() / "runs.sqlite", _SCHEMA)

    @contextmanager
    def entered(self, run_id: str, dataset: str, days: Collection[date]) -> Iterator[None]:
        """Enter a run when it begins and how it ends; what it raises goes on."""
        values = (run_id, dataset, min(days).isoformat(), max(days).isoformat(), len(days), os.getpid(), _moment())
        with self.open() as db:
            columns = "run_id, dataset, first_date, last_date, partitions, pid, started"
            line = db.execute(f"INSERT INTO runs ({columns}) VALUES (?,?,?,?,?,?,?)", values).lastrowid
            dates = [(dataset, day.isoformat(), line) for day in days]
            db.executemany("INSERT OR REPLACE INTO last_runs VALUES (?,?,?)", dates)
        try:
            yield
        except GeowardError as error:
            self._end(line, "failed", type(error).__name__, error.message, error.mend)
            raise
        except BaseException as error:  # its message may hold a row's value: name the kind only
            self._end(line, "failed", type(error).__name__, f"failed with {kind_of(error)}", UNEXPLAINED)
            raise
        self._end(line, "published")

    def _end(self, line: int | None, state: State, error: str = "", message: str = "", mend: str = "") -> None:
        """Enter the end; that of a failure only if it can be written: a full disk must not hide the first error."""
        with suppress(*[sqlite3.Error] if state == "failed" else []), self.open() as db:
            values = (state, _moment(), error, message, mend, line)
            db.execute("UPDATE runs SET state = ?, ended = ?, error = ?, message = ?, mend = ? WHERE id = ?", values)

    def unended(self) -> list[TableRun]:
        """Return what still counts as running, oldest first; more than one of a table if nobody came after a kill."""
        with self.open() as db:
            return [_run(row) for row in db.execute("SELECT * FROM runs WHERE state = 'running' ORDER BY id")]

    def bury(self) -> list[TableRun]:
        """Mark what still counts as running as killed and return it. The caller knows that no run is alive."""
        dead = self.unended()
        with self.open() as db:
            db.execute(
                "UPDATE runs SET state = 'killed', ended = ?, message = ?, mend = ? WHERE state = 'running'",
                (_moment(), "its process was killed", "Run `geoward run`: what is missing is made again."),
            )
        return dead

    def newest(self) -> dict[str, TableRun]:
        """Return each table's last run."""
        with self.open() as db:
            rows = db.execute("SELECT * FROM runs WHERE id IN (SELECT MAX(id) FROM runs GROUP BY dataset)").fetchall()
        return {row[2]: _run(row) for row in rows}

    def unmade(self) -> dict[str, dict[date, TableRun]]:
        """Return, by table, the dates that a run failed to make or was killed over, and that none has made since."""
        query = """SELECT u.event_date, r.* FROM runs r JOIN last_runs u ON u.run = r.id
                   WHERE r.state IN ('failed', 'killed') ORDER BY r.id DESC, u.event_date"""
        found: dict[str, dict[date, TableRun]] = {}
        with self.open() as db:
            for day, *row in db.execute(query):
                found.setdefault(row[2], {})[date.fromisoformat(day)] = _run(tuple(row))
        return found


def _moment() -> str:
    return now().isoformat()


def _run(row: tuple[object, ...]) -> TableRun:
    _, run_id, dataset, first, last, partitions, pid, started, ended, state, error, message, mend = map(str, row)
    return TableRun(
        run_id, dataset, date.fromisoformat(first), date.fromisoformat(last), int(partitions), int(pid),
        datetime.fromisoformat(started), datetime.fromisoformat(ended) if ended else None,
        state, error, message, mend,  # type: ignore[arg-type]
    )  # fmt: skip

"""A region's memory: which files landed, which dates they hold, and what was published from what.

One SQLite file in the region's root, so that file names and counts stay in the region. It can be rebuilt: losing a
line means a rerun that gives the same rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from jobs.home import Region
from jobs.ledger_file import LedgerFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    source TEXT, file_id TEXT, mapping_version TEXT, name TEXT, extension TEXT, bytes INTEGER, columns TEXT,
    dropped TEXT, landed_at TEXT, reason TEXT, dated INTEGER DEFAULT 0, PRIMARY KEY (source, file_id));
CREATE TABLE IF NOT EXISTS dates (
    source TEXT, file_id TEXT, dataset TEXT, event_date TEXT, rows INTEGER, usable INTEGER,
    PRIMARY KEY (source, file_id, dataset, event_date));
CREATE INDEX IF NOT EXISTS dates_by_partition ON dates (dataset, event_date);
CREATE TABLE IF NOT EXISTS publications (
    dataset TEXT, event_date TEXT, version INTEGER, digest TEXT, parts TEXT, report TEXT, withdrawn TEXT DEFAULT '',
    PRIMARY KEY (dataset, event_date, version));
CREATE TABLE IF NOT EXISTS doubted (dataset TEXT, event_date TEXT, PRIMARY KEY (dataset, event_date));
"""


@dataclass(frozen=True, slots=True)
class File:
    """One landed file. ``reason`` is empty unless the whole file is quarantined; ``dated`` once its dates are known."""

    source: str
    file_id: str
    mapping_version: str
    name: str
    extension: str
    bytes: int
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    landed_at: datetime
    reason: str = ""
    dated: bool = False

    @property
    def waits(self) -> bool:
        """Whether its dates are yet to be read."""
        return not self.dated and not self.reason


Standing = Literal["new", "known", "changes", "refused"]
"""What a file is to its entry: there is none, it is the same, it is another, or it would go out of use."""


class Part(NamedTuple):
    """What one file holds of one date: ``rows``, of which ``usable`` have a time of their own."""

    source: str
    file_id: str
    mapping_version: str
    rows: int
    usable: int


@dataclass(frozen=True, slots=True)
class Publication:
    """One partition's version: its report, and why it was withdrawn if it was."""

    dataset: str
    date: date
    version: int
    report: dict[str, object]
    withdrawn: str

    @property
    def run_id(self) -> str:
        """The run that published it."""
        return str(self.report.get("run_id", ""))


class Catalog(LedgerFile):
    """Reads and writes one region's catalog."""

    def __init__(self, region: Region) -> None:
        """Open the catalog, making it at first use."""
        super().__init__(region.folder() / "catalog.sqlite", _SCHEMA)

    def files(self, source: str = "") -> list[File]:
        """Return the landed files, by source and landing time."""
        where, values = ("WHERE source = ?", (source,)) if source else ("", ())
        with self.open() as db:
            rows = db.execute(f"SELECT * FROM files {where} ORDER BY source, landed_at, file_id", values).fetchall()
        return [_file(row) for row in rows]

    def land(self, file: File, keep: Callable[[], None] = lambda: None, *, change: bool = True) -> Standing:
        """Enter a file and return what it was to the ledger; ``keep`` is called first, while nobody else can enter.

        A changed entry keeps its landing time and forgets its dates, so that the file runs again; it stays as it is
        unless ``change``. A file in use is never taken out of use: it stays too, and is ``refused``.
        """
        with self.alone() as db:
            known = _entry(db, file)
            found = standing(known, file)
            if found == "refused" or (found == "changes" and not change):
                return found
            keep()
            if found != "known":
                _enter(db, known, file)
        return found

    def land_again(self, files: Sequence[File]) -> None:
        """Change the entries of all these files, or of none; one that would go out of use stays as it is."""
        with self.alone() as db:
            for file in files:
                if standing(known := _entry(db, file), file) in ("new", "changes"):
                    _enter(db, known, file)

    def drop_unnamed(self, file_id: str, copies: Iterable[Path]) -> None:
        """Remove those of a file's copies that no entry names, while nobody else can enter."""
        with self.alone() as db:
            found = db.execute("SELECT extension FROM files WHERE file_id = ?", (file_id,)).fetchall()
            for copy in copies:
                if copy.name not in {f"{file_id}.{extension}" for (extension,) in found}:
                    copy.unlink(missing_ok=True)

    def quarantine_file(self, file: File, reason: str) -> None:
        """Mark a whole file as unreadable."""
        with self.open() as db:
            db.execute(
                "UPDATE files SET reason = ?, dated = 1 WHERE source = ? AND file_id = ?",
                (reason, file.source, file.file_id),
            )

    def set_dates(self, files: Iterable[File], rows: Iterable[tuple[str, str, str, str, int, int]]) -> None:
        """Record how many rows each file holds for each date: (source, file_id, dataset, date, rows, usable)."""
        with self.open() as db:
            db.executemany("INSERT OR REPLACE INTO dates VALUES (?,?,?,?,?,?)", rows)
            db.executemany(
                "UPDATE files SET dated = 1 WHERE source = ? AND file_id = ?", [(f.source, f.file_id) for f in files]
            )

    def dates(self) -> dict[str, dict[date, list[Part]]]:
        """Return, by dataset and date, the parts of files that make it up."""
        query = """SELECT d.dataset, d.event_date, d.source, d.file_id, f.mapping_version, d.rows, d.usable FROM dates d
                   JOIN files f USING (source, file_id) WHERE f.reason = '' ORDER BY 1, 2, 3, 4"""
        found: dict[str, dict[date, list[Part]]] = {}
        with self.open() as db:
            for dataset, day, *parts in db.execute(query):
                found.setdefault(dataset, {}).setdefault(date.fromisoformat(day), []).append(Part(*parts))
        return found

    def published(self) -> dict[tuple[str, date], tuple[str, dict[str, str], dict[str, object]]]:
        """Return (digest, the digest's parts, report) of each published partition, by dataset and date.

        It is the last one that was not withdrawn: the versions of a table that is made anew begin at 1 again.
        The digest is empty where a publication was interrupted.
        """
        query = """SELECT p.dataset, p.event_date, CASE WHEN d.dataset IS NULL THEN digest ELSE '' END,
                   parts, report, MAX(p.rowid) FROM publications p LEFT JOIN doubted d USING (dataset, event_date)
                   WHERE withdrawn = '' GROUP BY p.dataset, p.event_date"""
        with self.open() as db:
            rows = db.execute(query).fetchall()
        return {(name, date.fromisoformat(day)): (d, json.loads(p), json.loads(r)) for name, day, d, p, r, _ in rows}

    def doubt(self, dataset: str, days: Iterable[date]) -> None:
        """Say that these partitions are about to be replaced: until that is recorded, nobody knows what they hold."""
        with self.open() as db:
            lines = [(dataset, day.isoformat()) for day in days]
            db.executemany("INSERT OR IGNORE INTO doubted VALUES (?,?)", lines)

    def publications(self) -> list[Publication]:
        """Return all publications in the order in which they were."""
        query = "SELECT dataset, event_date, version, report, withdrawn FROM publications ORDER BY rowid"
        with self.open() as db:
            rows = db.execute(query).fetchall()
        return [Publication(name, date.fromisoformat(day), v, json.loads(r), why) for name, day, v, r, why in rows]

    def record(
        self, dataset: str, day: date, version: int, digest: str, parts: dict[str, str], report: dict[str, object]
    ) -> None:
        """Remember what a partition's version was made from."""
        self.record_all(dataset, version, [(day, digest, parts, report)])

    def record_all(
        self, dataset: str, version: int, made: Iterable[tuple[date, str, dict[str, str], dict[str, object]]]
    ) -> None:
        """Remember what each partition of a table's version was made from: (date, digest, its parts, report)."""
        lines = [
            (dataset, day.isoformat(), version, digest, json.dumps(p), json.dumps(r)) for day, digest, p, r in made
        ]
        with self.open() as db:
            db.executemany("INSERT OR REPLACE INTO publications VALUES (?,?,?,?,?,?,'')", lines)
            db.executemany("DELETE FROM doubted WHERE dataset = ? AND event_date = ?", [line[:2] for line in lines])

    def withdraw(self, dataset: str, version: int, days: Iterable[date], why: str) -> None:
        """Mark a version of these partitions as withdrawn."""
        with self.open() as db:
            db.executemany(
                "UPDATE publications SET withdrawn = ? WHERE dataset = ? AND version = ? AND event_date = ?",
                [(why, dataset, version, day.isoformat()) for day in days],
            )

    def withdrawn(self) -> dict[tuple[str, date], dict[str, str]]:
        """Return, by dataset and date, the digests that were withdrawn and why."""
        query = "SELECT dataset, event_date, digest, withdrawn FROM publications WHERE withdrawn <> '' ORDER BY version"
        found: dict[tuple[str, date], dict[str, str]] = {}
        with self.open() as db:
            for dataset, day, digest, why in db.execute(query):
                found.setdefault((dataset, date.fromisoformat(day)), {})[digest] = why
        return found

    def withdrawn_versions(self, dataset: str) -> set[tuple[date, int]]:
        """Return the (date, version) of each partition of a table that was withdrawn."""
        query = "SELECT event_date, version FROM publications WHERE dataset = ? AND withdrawn <> ''"
        with self.open() as db:
            return {(date.fromisoformat(day), version) for day, version in db.execute(query, (dataset,))}


def standing(known: File | None, file: File) -> Standing:
    """Return what entering ``file`` would be to the entry that is there, if any."""
    if known is None:
        return "new"
    if file.reason and not known.reason:
        return "refused"
    same = (known.mapping_version, known.reason) == (file.mapping_version, file.reason)
    return "known" if same else "changes"


def now() -> datetime:
    """Return the present moment in UTC; the one clock of the jobs."""
    return datetime.now(UTC)


def _entry(db: sqlite3.Connection, file: File) -> File | None:
    query = "SELECT * FROM files WHERE source = ? AND file_id = ?"
    row = db.execute(query, (file.source, file.file_id)).fetchone()
    return _file(row) if row else None


def _enter(db: sqlite3.Connection, known: File | None, file: File) -> None:
    db.execute("DELETE FROM dates WHERE source = ? AND file_id = ?", (file.source, file.file_id))
    db.execute(
        "INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?,?,0)",
        (file.source, file.file_id, file.mapping_version, file.name, file.extension, file.bytes,
         json.dumps(file.columns), json.dumps(file.dropped), (known or file).landed_at.isoformat(), file.reason),
    )  # fmt: skip


def _file(row: tuple[object, ...]) -> File:
    source, file_id, version, name, extension, size, columns, dropped, landed_at, reason, dated = row
    return File(
        str(source), str(file_id), str(version), str(name), str(extension), int(str(size)),
        tuple(json.loads(str(columns))), tuple(json.loads(str(dropped))), datetime.fromisoformat(str(landed_at)),
        str(reason), bool(dated),
    )  # fmt: skip

"""Which files landed in a region, under which mapping, and which dates they hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from jobs.landing.file_name import told
from jobs.ledger_file import AMONG, LedgerFile, among

DISMISSALS = """
CREATE TABLE IF NOT EXISTS dismissals (
    subject TEXT NOT NULL, part TEXT NOT NULL, seen TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (subject, part, seen));
"""
"""What a person has looked at and let be (``jobs.dismissals``)."""

FILES = f"""
{DISMISSALS}
CREATE TABLE IF NOT EXISTS files (
    source TEXT, file_id TEXT, mapping_version TEXT, name TEXT, extension TEXT, bytes INTEGER, columns TEXT,
    dropped TEXT, landed_at TEXT, reason TEXT, dated INTEGER DEFAULT 0, PRIMARY KEY (source, file_id));
CREATE TABLE IF NOT EXISTS dates (
    source TEXT, file_id TEXT, dataset TEXT, event_date TEXT, rows INTEGER, usable INTEGER,
    PRIMARY KEY (source, file_id, dataset, event_date));
CREATE TABLE IF NOT EXISTS tries (
    source TEXT, file_id TEXT, mapping_version TEXT, reason TEXT, at TEXT, PRIMARY KEY (source, file_id));
CREATE INDEX IF NOT EXISTS dates_by_partition ON dates (dataset, event_date);
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


Standing = Literal["new", "known", "changes", "still", "refused"]
"""What a file is to its entry: there is none, it is the same, it is another, it cannot be read in another way than
before, or it would go out of use.
"""


class Try(NamedTuple):
    """The last time that a quarantined file was entered again and could not be read either."""

    mapping_version: str
    reason: str
    at: datetime


class Part(NamedTuple):
    """What one file holds of one date: ``rows``, of which ``usable`` have a time of their own."""

    source: str
    file_id: str
    mapping_version: str
    rows: int
    usable: int


class LandingLedger(LedgerFile):
    """The part of a region's catalog that tells of its landed files."""

    def files(self, source: str = "") -> list[File]:
        """Return the landed files, by source and landing time."""
        return self._files("source = ?", (source,)) if source else self._files("true", ())

    def waiting(self) -> list[File]:
        """Return the landed files that can be read and have no dates yet."""
        return self._files("dated = 0 AND reason = ''", ())

    def files_holding(self, dataset: str, days: Iterable[date]) -> tuple[list[File], dict[date, list[Part]]]:
        """Return the files that hold rows of one of those days, and their parts of all days."""
        held = f"SELECT file_id FROM dates WHERE dataset = ? AND event_date {AMONG}"
        wanted = (dataset, json.dumps([day.isoformat() for day in days]))
        parts = self._dates(f"d.dataset = ? AND file_id IN ({held})", (dataset, *wanted)).get(dataset, {})
        known = {(part.source, part.file_id) for of_day in parts.values() for part in of_day}
        files = self._files(f"reason = '' AND file_id IN ({held})", wanted)
        return [file for file in files if (file.source, file.file_id) in known], parts

    def mapping_versions(self) -> list[tuple[str, str]]:
        """Return each source with the versions of the mappings that its readable files landed under."""
        with self.open() as db:
            found = db.execute("SELECT DISTINCT source, mapping_version FROM files WHERE reason = '' ORDER BY 1, 2")
            return [(source, version) for source, version in found]

    def _files(self, where: str, values: Sequence[str]) -> list[File]:
        with self.open() as db:
            query = f"SELECT * FROM files WHERE {where} ORDER BY source, landed_at, file_id"
            return [_file(row) for row in db.execute(query, values)]

    def land(self, file: File, keep: Callable[[File], None] = lambda entry: None, *, change: bool = True) -> Standing:
        """Enter a file and return what it was to the ledger; ``keep`` is called first, while nobody else can enter,
        with the entry that there is going to be.

        A changed entry keeps its landing time and forgets its dates, so that the file runs again; it stays as it is
        unless ``change``. A file in use is never taken out of use: it stays too, and is ``refused``. One that cannot be
        read ``still`` stays with its first reason, and the try is remembered.
        """
        with self.alone() as db:
            known = _entry(db, file)
            found = standing(known, file)
            if found == "refused" or (found == "changes" and not change):
                return found
            keep(_entered(known, file))
            if found != "known":
                _enter(db, known, file)
        return found

    def land_again(self, files: Sequence[File], keep: Callable[[File], None] = lambda entry: None) -> None:
        """Change the entries of all these files, or of none, as ``land`` does."""
        with self.alone() as db:
            for file in files:
                if standing(known := _entry(db, file), file) not in ("known", "refused"):
                    keep(_entered(known, file))
                    _enter(db, known, file)

    def tries(self) -> dict[tuple[str, str], Try]:
        """Return the last try of each quarantined file that was entered again since, by source and id."""
        with self.open() as db:
            rows = db.execute("SELECT source, file_id, mapping_version, reason, at FROM tries").fetchall()
        return {(row[0], row[1]): Try(row[2], row[3], datetime.fromisoformat(row[4])) for row in rows}

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
            _look_anew(db, file)

    def set_dates(self, files: Iterable[File], rows: Iterable[tuple[str, str, str, str, int, int]]) -> None:
        """Record how many rows each file holds for each date: (source, file_id, dataset, date, rows, usable)."""
        with self.open() as db:
            db.executemany("INSERT OR REPLACE INTO dates VALUES (?,?,?,?,?,?)", rows)
            db.executemany(
                "UPDATE files SET dated = 1 WHERE source = ? AND file_id = ?", [(f.source, f.file_id) for f in files]
            )

    def dates(self, tables: Collection[str] = ()) -> dict[str, dict[date, list[Part]]]:
        """Return, by dataset and date, the parts of files that make it up; of those ``tables`` or of all."""
        return self._dates(*among("d.dataset", tables))

    def _dates(self, where: str, values: Sequence[str]) -> dict[str, dict[date, list[Part]]]:
        query = f"""SELECT d.dataset, d.event_date, d.source, d.file_id, f.mapping_version, d.rows, d.usable
                    FROM dates d JOIN files f USING (source, file_id) WHERE f.reason = '' AND {where}
                    ORDER BY 1, 2, 3, 4"""
        found: dict[str, dict[date, list[Part]]] = {}
        with self.open() as db:
            for dataset, day, *parts in db.execute(query, values):
                found.setdefault(dataset, {}).setdefault(date.fromisoformat(day), []).append(Part(*parts))
        return found

    def first_date(self) -> date | None:
        """Return the first date that is held or published; None if there is none."""
        query = """SELECT MIN(event_date) FROM (SELECT event_date FROM publications WHERE withdrawn = ''
                   UNION ALL SELECT event_date FROM dates JOIN files USING (source, file_id) WHERE reason = '')"""
        with self.open() as db:
            (day,) = db.execute(query).fetchone()
        return date.fromisoformat(day) if day else None


def standing(known: File | None, file: File) -> Standing:
    """Return what entering ``file`` would be to the entry that is there, if any."""
    if known is None:
        return "new"
    if file.reason and not known.reason:
        return "refused"
    if (known.mapping_version, known.reason) == (file.mapping_version, file.reason):
        return "known"
    return "still" if known.reason and file.reason else "changes"


def _entry(db: sqlite3.Connection, file: File) -> File | None:
    query = "SELECT * FROM files WHERE source = ? AND file_id = ?"
    row = db.execute(query, (file.source, file.file_id)).fetchone()
    return _file(row) if row else None


def _entered(known: File | None, file: File) -> File:
    """Return the entry that there is going to be: it keeps its landing time, and all else unless it changes."""
    if known is None:
        return file
    return replace(file, landed_at=known.landed_at) if standing(known, file) == "changes" else known


def _enter(db: sqlite3.Connection, known: File | None, file: File) -> None:
    """Enter the file; of one that still cannot be read only that it was tried, since the first reason tells most."""
    _look_anew(db, file)
    if known and standing(known, file) == "still":
        line = (file.source, file.file_id, file.mapping_version, file.reason, file.landed_at.isoformat())
        db.execute("INSERT OR REPLACE INTO tries VALUES (?,?,?,?,?)", line)
        return
    for table in ("dates", "tries"):
        db.execute(f"DELETE FROM {table} WHERE source = ? AND file_id = ?", (file.source, file.file_id))
    db.execute(
        "INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?,?,0)",
        (file.source, file.file_id, file.mapping_version, file.name, file.extension, file.bytes,
         json.dumps(file.columns), json.dumps(file.dropped), (known or file).landed_at.isoformat(), file.reason),
    )  # fmt: skip


def _look_anew(db: sqlite3.Connection, file: File) -> None:
    """Forget what a person said of a file that is judged anew; the audit log still tells of it."""
    db.execute("DELETE FROM dismissals WHERE subject = ? AND part = ?", (file.source, file.file_id))


def _file(row: tuple[object, ...]) -> File:
    source, file_id, version, name, extension, size, columns, dropped, landed_at, reason, dated = row
    return File(
        str(source), str(file_id), str(version), told(str(name)), str(extension), int(str(size)),
        tuple(json.loads(str(columns))), tuple(json.loads(str(dropped))), datetime.fromisoformat(str(landed_at)),
        str(reason), bool(dated),
    )  # fmt: skip

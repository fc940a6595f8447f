"""A region's memory: which files landed, which dates they hold, and what was published from what.

One SQLite file in the region's root, so that file names and counts stay in the region. It can be rebuilt: losing a
line means a rerun that gives the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

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
"""


_NEWEST = """SELECT dataset, event_date, digest, {columns}, MAX(version) FROM publications
             WHERE withdrawn = '' AND {where} GROUP BY dataset, event_date"""
"""What is published now, of each partition: the newest version that was not withdrawn."""

_AMONG = "IN (SELECT value FROM json_each(?))"


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


class Part(NamedTuple):
    """What one file holds of one date: ``rows``, of which ``usable`` have a time of their own."""

    source: str
    file_id: str
    mapping_version: str
    rows: int
    usable: int


class Catalog(LedgerFile):
    """Reads and writes one region's catalog."""

    def __init__(self, region: Region) -> None:
        """Open the catalog, making it at first use."""
        super().__init__(region.folder() / "catalog.sqlite", _SCHEMA)

    def files(self, source: str = "") -> list[File]:
        """Return the landed files, by source and landing time."""
        return self._files("source = ?", (source,)) if source else self._files("true", ())

    def waiting(self) -> list[File]:
        """Return the landed files that can be read and have no dates yet."""
        return self._files("dated = 0 AND reason = ''", ())

    def files_holding(self, dataset: str, days: Iterable[date]) -> tuple[list[File], dict[date, list[Part]]]:
        """Return the files that hold rows of one of those days, and their parts of all days."""
        held = f"SELECT file_id FROM dates WHERE dataset = ? AND event_date {_AMONG}"
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

    def land(self, file: File) -> bool:
        """Enter a file; return False if it was there already under the same mapping.

        A corrected mapping keeps the landing time and forgets the dates, so that the file runs again.
        """
        known = {f.file_id: f for f in self.files(file.source)}.get(file.file_id)
        if known and known.mapping_version == file.mapping_version and known.reason == file.reason:
            return False
        landed_at = (known or file).landed_at.isoformat()
        with self.open() as db:
            db.execute("DELETE FROM dates WHERE source = ? AND file_id = ?", (file.source, file.file_id))
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?,?,0)",
                (file.source, file.file_id, file.mapping_version, file.name, file.extension, file.bytes,
                 json.dumps(file.columns), json.dumps(file.dropped), landed_at, file.reason),
            )  # fmt: skip
        return True

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

    def dates(self, tables: Collection[str] = ()) -> dict[str, dict[date, list[Part]]]:
        """Return, by dataset and date, the parts of files that make it up; of those ``tables`` or of all."""
        return self._dates(*_of_tables("d.dataset", tables))

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

    def published(self) -> dict[tuple[str, date], tuple[str, dict[str, str], dict[str, object]]]:
        """Return (digest, the digest's parts, report) of each published partition, by dataset and date.

        It is the newest version that was not withdrawn. Reports are many and long: ``origins`` goes without them.
        """
        with self.open() as db:
            rows = db.execute(_NEWEST.format(columns="parts, report", where="true")).fetchall()
        return {(name, date.fromisoformat(day)): (d, json.loads(p), json.loads(r)) for name, day, d, p, r, _ in rows}

    def origins(self, tables: Collection[str] = ()) -> dict[tuple[str, date], tuple[str, dict[str, str]]]:
        """Return what each published partition was made from, (digest, its parts); of those ``tables`` or of all."""
        where, values = _of_tables("dataset", tables)
        with self.open() as db:
            rows = db.execute(_NEWEST.format(columns="parts", where=where), values).fetchall()
        return {(name, date.fromisoformat(day)): (d, json.loads(p)) for name, day, d, p, _ in rows}

    def reports(self, dataset: str, first: date | None, last: date | None) -> list[dict[str, object]]:
        """Return a table's reports of what is published now, by date, from ``first`` through ``last``, inclusive."""
        query = _NEWEST.format(columns="report", where="dataset = ? AND event_date BETWEEN ? AND ?")
        between = ((first or date.min).isoformat(), (last or date.max).isoformat())
        with self.open() as db:
            return [json.loads(row[3]) for row in db.execute(f"{query} ORDER BY event_date", (dataset, *between))]

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


def _of_tables(column: str, tables: Collection[str]) -> tuple[str, tuple[str, ...]]:
    return (f"{column} {_AMONG}", (json.dumps(sorted(tables)),)) if tables else ("true", ())


def now() -> datetime:
    """Return the present moment in UTC; the one clock of the jobs."""
    return datetime.now(UTC)


def _file(row: tuple[object, ...]) -> File:
    source, file_id, version, name, extension, size, columns, dropped, landed_at, reason, dated = row
    return File(
        str(source), str(file_id), str(version), str(name), str(extension), int(str(size)),
        tuple(json.loads(str(columns))), tuple(json.loads(str(dropped))), datetime.fromisoformat(str(landed_at)),
        str(reason), bool(dated),
    )  # fmt: skip

"""What was published from what: one line for each version of a partition."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from jobs.ledger_file import LedgerFile, among

FIRST = 1
"""The version of a table's first publication; version 0 makes the empty table."""

PUBLICATIONS = """
CREATE TABLE IF NOT EXISTS publications (
    dataset TEXT, event_date TEXT, version INTEGER, digest TEXT, parts TEXT, report TEXT, withdrawn TEXT DEFAULT '',
    PRIMARY KEY (dataset, event_date, version));
CREATE TABLE IF NOT EXISTS doubted (dataset TEXT, event_date TEXT, PRIMARY KEY (dataset, event_date));
CREATE TABLE IF NOT EXISTS publishing (run_id TEXT, dataset TEXT, made TEXT, PRIMARY KEY (run_id, dataset));
"""

Made = tuple[date, str, dict[str, str], dict[str, object]]
"""A partition that is published: its date, the digest of what it was made from, the digest's parts, its report."""

_NEWEST = """SELECT p.dataset, p.event_date, CASE WHEN d.dataset IS NULL THEN digest ELSE '' END AS digest, {columns},
             MAX(p.rowid) FROM publications p LEFT JOIN doubted d USING (dataset, event_date)
             WHERE withdrawn = '' AND {where} GROUP BY p.dataset, p.event_date"""
"""What is published now, of each partition: the newest version that was not withdrawn."""


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


@dataclass(frozen=True, slots=True)
class Publishing:
    """A publication that was begun, and all that is to be told of it once it is committed; versions are not known."""

    run_id: str
    dataset: str
    made: tuple[Made, ...]


class Publications(LedgerFile):
    """The part of a region's catalog that tells of its tables."""

    def published(self) -> dict[tuple[str, date], tuple[str, dict[str, str], dict[str, object]]]:
        """Return (digest, the digest's parts, report) of each published partition, by dataset and date.

        It is the last one that was not withdrawn: the versions of a table that is made anew begin at 1 again.
        The digest is empty where a publication was interrupted. Reports are many and long: ``origins`` goes without.
        """
        with self.open() as db:
            rows = db.execute(_NEWEST.format(columns="parts, report", where="true")).fetchall()
        return {(name, date.fromisoformat(day)): (d, json.loads(p), json.loads(r)) for name, day, d, p, r, _ in rows}

    def begin_publication(self, begun: Publishing) -> None:
        """Say that these partitions are about to be replaced: until that is recorded, nobody knows what they hold."""
        made = json.dumps([(day.isoformat(), *rest) for day, *rest in begun.made])
        with self.open() as db:
            lines = [(begun.dataset, day.isoformat()) for day, *_ in begun.made]
            db.executemany("INSERT OR IGNORE INTO doubted VALUES (?,?)", lines)
            db.execute("INSERT OR REPLACE INTO publishing VALUES (?,?,?)", (begun.run_id, begun.dataset, made))

    def begun_publications(self) -> list[Publishing]:
        """Return the publications that were begun and neither recorded nor forgotten, in the order in which they were.

        Who holds the region's lock knows that they were interrupted.
        """
        with self.open() as db:
            rows = db.execute("SELECT run_id, dataset, made FROM publishing ORDER BY rowid").fetchall()
        return [
            Publishing(run_id, name, tuple((date.fromisoformat(day), *rest) for day, *rest in json.loads(made)))
            for run_id, name, made in rows
        ]

    def forget_publication(self, begun: Publishing) -> None:
        """Forget one that was not committed. Its partitions stay in doubt: their quarantine may have been."""
        with self.open() as db:
            db.execute("DELETE FROM publishing WHERE run_id = ? AND dataset = ?", (begun.run_id, begun.dataset))

    def publications(self) -> list[Publication]:
        """Return all publications in the order in which they were."""
        query = "SELECT dataset, event_date, version, report, withdrawn FROM publications ORDER BY rowid"
        with self.open() as db:
            rows = db.execute(query).fetchall()
        return [Publication(name, date.fromisoformat(day), v, json.loads(r), why) for name, day, v, r, why in rows]

    def origins(self, tables: Collection[str] = ()) -> dict[tuple[str, date], tuple[str, dict[str, str]]]:
        """Return what each published partition was made from, (digest, its parts); of those ``tables`` or of all."""
        where, values = among("dataset", tables)
        with self.open() as db:
            rows = db.execute(_NEWEST.format(columns="parts", where=where), values).fetchall()
        return {(name, date.fromisoformat(day)): (d, json.loads(p)) for name, day, d, p, _ in rows}

    def reports(self, dataset: str, first: date | None, last: date | None) -> list[dict[str, object]]:
        """Return a table's reports of what is published now, by date, from ``first`` through ``last``, inclusive."""
        query = _NEWEST.format(columns="report", where="dataset = ? AND event_date BETWEEN ? AND ?")
        between = ((first or date.min).isoformat(), (last or date.max).isoformat())
        with self.open() as db:
            return [json.loads(row[3]) for row in db.execute(f"{query} ORDER BY event_date", (dataset, *between))]

    def had_quarantine(self, dataset: str) -> bool:
        """Return whether any publication of a table, of those that count, kept rows back."""
        query = "SELECT 1 FROM publications WHERE dataset = ? AND json_extract(report, '$.quarantined') > 0 LIMIT 1"
        with self.open() as db:
            return db.execute(query, (dataset,)).fetchone() is not None

    def kept_back(self, dataset: str) -> set[date]:
        """Return the dates of which rows are kept back now, but for those that are to be made again anyhow."""
        newest = _NEWEST.format(columns="report", where="dataset = ?")
        where = "digest <> '' AND json_extract(report, '$.quarantined') > 0"
        with self.open() as db:  # the newest first, then whether it kept rows back
            rows = db.execute(f"SELECT event_date FROM ({newest}) WHERE {where}", (dataset,))
            return {date.fromisoformat(day) for (day,) in rows}

    def doubt(self, dataset: str, days: Iterable[date]) -> None:
        """Say that nobody knows what these partitions hold, so that they are made again."""
        with self.open() as db:
            db.executemany("INSERT OR IGNORE INTO doubted VALUES (?,?)", [(dataset, day.isoformat()) for day in days])

    def forget_table(self, dataset: str) -> None:
        """Forget what a table that is gone had published: it is made again, and what is not made counts as missing."""
        with self.open() as db:
            db.execute("DELETE FROM publications WHERE dataset = ?", (dataset,))

    def record(
        self, dataset: str, day: date, version: int, digest: str, parts: dict[str, str], report: dict[str, object]
    ) -> None:
        """Remember what a partition's version was made from."""
        self.record_all(dataset, version, [(day, digest, parts, report)])

    def record_all(
        self, dataset: str, version: int, made: Iterable[Made], run_id: str = "", *, late: bool = False
    ) -> None:
        """Remember what each partition of a version was made from, which ends the publication of that ``run_id``.

        One that is ended ``late`` takes the place of no newer version, and of none that was withdrawn meanwhile.
        """
        lines = [
            (dataset, day.isoformat(), version, digest, json.dumps(p), json.dumps(r)) for day, digest, p, r in made
        ]
        with self.open() as db:
            if version == FIRST:  # what a table that was set aside had published counts no more
                runs = json.dumps([json.loads(line[-1]).get("run_id") for line in lines])
                other = "json_extract(report, '$.run_id') NOT IN (SELECT value FROM json_each(?))"
                db.execute(f"DELETE FROM publications WHERE dataset = ? AND {other}", (dataset, runs))
            elif late:
                newer = "SELECT event_date FROM publications WHERE dataset = ? AND version > ?"
                replaced = {day for (day,) in db.execute(newer, (dataset, version))}
                lines = [line for line in lines if line[1] not in replaced]  # these stay in doubt: they are made again
            entered = [line for line in lines if not (late and _is_withdrawn(db, line[:3]))]
            db.executemany("INSERT OR REPLACE INTO publications VALUES (?,?,?,?,?,?,'')", entered)
            db.executemany("DELETE FROM doubted WHERE dataset = ? AND event_date = ?", [line[:2] for line in lines])
            db.execute("DELETE FROM publishing WHERE run_id = ? AND dataset = ?", (run_id, dataset))


def _is_withdrawn(db: sqlite3.Connection, line: tuple[str, str, int]) -> bool:
    where = "dataset = ? AND event_date = ? AND version = ? AND withdrawn <> ''"
    return db.execute(f"SELECT 1 FROM publications WHERE {where}", line).fetchone() is not None

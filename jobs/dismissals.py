"""What a person has looked at and let be: quarantined files and rows that nobody needs to be woken for again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from jobs.catalog import now
from jobs.home import Region
from jobs.landing.file_name import told
from jobs.landing_ledger import DISMISSALS, File
from jobs.ledger_file import LedgerFile


class Subject(NamedTuple):
    """A file of a source, or a date of a table, and what was seen of it: if that changes, it is looked at anew."""

    subject: str
    part: str
    seen: str


def file_subject(file: File) -> Subject:
    """Return a file as it was judged: under this mapping, for this reason. The ledger forgets its dismissal when it
    is judged anew, or the next damage of a file that was mended would go unseen.
    """
    return Subject(file.source, file.file_id, f"{file.mapping_version} {file.reason}")


def rows_subject(table: str, day: date, report: Mapping[str, object]) -> Subject:
    """Return the quarantined rows of a date by its report: so many of so many rows, for these reasons.

    Made again under other code or policy with the same outcome, there is nothing new to look at.
    """
    seen = [report.get(name) for name in ("rows_in", "quarantined", "quarantined_by")]
    return Subject(table, day.isoformat(), json.dumps(seen, sort_keys=True))


class Dismissals(LedgerFile):
    """Reads and writes one region's dismissals, beside its catalog."""

    def __init__(self, region: Region) -> None:
        """Open the ledger, making it at first use."""
        super().__init__(region.folder() / "catalog.sqlite", DISMISSALS)

    def enter(self, subjects: Iterable[Subject], why: str) -> None:
        """Dismiss these; the newest reason counts."""
        lines = [(*subject, why, now().isoformat()) for subject in subjects]
        with self.open() as db:
            db.executemany("INSERT OR REPLACE INTO dismissals VALUES (?,?,?,?,?)", lines)

    def known(self) -> dict[Subject, str]:
        """Return what was dismissed and why."""
        with self.open() as db:
            rows = db.execute("SELECT subject, part, seen, why FROM dismissals").fetchall()
        return {Subject(*row[:3]): told(row[3]) for row in rows}

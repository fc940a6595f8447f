"""What a person has looked at and let be: quarantined files and rows that nobody needs to be woken for again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from jobs.catalog import now
from jobs.home import Region
from jobs.landing_ledger import File
from jobs.ledger_file import LedgerFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS dismissals (
    subject TEXT NOT NULL, part TEXT NOT NULL, made_from TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (subject, part, made_from));
"""


class Subject(NamedTuple):
    """A file of a source, or a date of a table, as it was made from these inputs: made anew, it is looked at anew."""

    subject: str
    part: str
    made_from: str


def file_subject(file: File) -> Subject:
    """Return a file as it was judged: under this mapping, for this reason."""
    return Subject(file.source, file.file_id, f"{file.mapping_version} {file.reason}")


def rows_subject(table: str, day: date, digest: str) -> Subject:
    """Return the quarantined rows of a date; ``digest`` is that of what the date was made from."""
    return Subject(table, day.isoformat(), digest)


class Dismissals(LedgerFile):
    """Reads and writes one region's dismissals, beside its catalog."""

    def __init__(self, region: Region) -> None:
        """Open the ledger, making it at first use."""
        super().__init__(region.folder() / "catalog.sqlite", _SCHEMA)

    def enter(self, subjects: Iterable[Subject], why: str) -> None:
        """Dismiss these; the newest reason counts."""
        lines = [(*subject, why, now().isoformat()) for subject in subjects]
        with self.open() as db:
            db.executemany("INSERT OR REPLACE INTO dismissals VALUES (?,?,?,?,?)", lines)

    def known(self) -> dict[Subject, str]:
        """Return what was dismissed and why."""
        with self.open() as db:
            rows = db.execute("SELECT subject, part, made_from, why FROM dismissals").fetchall()
        return {Subject(*row[:3]): row[3] for row in rows}

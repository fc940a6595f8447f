"""Dismiss what is in quarantine after a person has looked: it stays kept, counted and listed, and alarms no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jobs.audit_log import audit
from jobs.catalog import Catalog
from jobs.dismissals import Dismissals, Subject, file_subject, rows_subject
from jobs.home import Home, Region
from jobs.landed_regions import catalogs, of_each
from jobs.landing.file_name import told
from jobs.ledger_file import unchanged
from jobs.region_faults import Fence, unfenced
from quality.contracts import CONTRACTS
from quality.contracts.errors import UsageError

ENOUGH_DIGITS = 8
"""Of a file's id, so that no other file is meant."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """One file, or the quarantined rows of one date of a table; ``rows`` is None for a file."""

    region: str
    subject: str
    part: str
    name: str
    rows: int | None


def dismiss(
    home: Home, subject: str, region: str, why: str, day: date | None = None, *, dry_run: bool = False,
    fence: Fence = unfenced,
) -> list[Dismissed]:  # fmt: skip
    """Dismiss a table's quarantined rows (of one date, or all), or one file by its id, and audit who did and why.

    What is found different when it is made again is looked at anew. Raises ``UsageError`` when nothing is quarantined
    by that name.
    """
    why = told(why)

    def look(name: str) -> Iterator[Dismissed]:
        for place, catalog in catalogs(home, name):
            of_table = subject in CONTRACTS
            mine = list(_rows(place, catalog, subject, day) if of_table else _files(place, catalog, subject))
            if mine and not dry_run:
                parts = [one.part for _, one in mine]
                audit(home, "decision", subject, "quarantine dismissed", region=place.name, parts=parts, why=why)
                Dismissals(place).enter([key for key, _ in mine], why)  # if this is killed, auditors are told once more
            yield from (one for _, one in mine)

    with unchanged(dry_run):
        found = of_each(home, region, fence, look)
    if not found:
        raise UsageError(
            "Nothing is quarantined under that name.", mend="See tables and file ids with `geoward quarantine list`."
        )
    return found


def _rows(place: Region, catalog: Catalog, table: str, day: date | None) -> Iterator[tuple[Subject, Dismissed]]:
    for (name, when), (_, _, report) in sorted(catalog.published().items()):
        rows = report.get("quarantined")
        if name == table and day in (None, when) and isinstance(rows, int) and rows:
            yield rows_subject(table, when, report), Dismissed(place.name, table, str(when), "", rows)


def _files(place: Region, catalog: Catalog, file_id: str) -> Iterator[tuple[Subject, Dismissed]]:
    for file in catalog.files() if len(file_id) >= ENOUGH_DIGITS else ():
        if file.reason and file.file_id.startswith(file_id.lower()):
            yield file_subject(file), Dismissed(place.name, file.source, file.file_id, file.name, None)

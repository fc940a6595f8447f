"""Group what is stale into runs that fit the machine and can be resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jobs.files_in_use import waiting_for_files
from jobs.job_inputs import Workplace
from jobs.plan import Stale
from jobs.registry import JOBS


@dataclass(frozen=True, slots=True)
class Batch:
    """Partitions of one region that run together: ``dates`` are all of theirs, not each table's."""

    region: str
    tables: tuple[str, ...]
    dates: tuple[date, ...]
    stale: tuple[Stale, ...]


BATCH_ROWS = 10_000_000
"""Landed rows that one run makes at most, unless one date has more: what 24 GiB hold with room to spare."""


def batches(place: Workplace, stale: Iterable[Stale], most: int = BATCH_ROWS) -> list[Batch]:
    """Group stale partitions into runs, so that Spark and the checks are paid for once and not per day.

    Dates with at most a month between them run together, as long as they hold at most ``most`` landed rows; each table
    makes only its own stale ones. Windows longer than a day come last: they are made from many dates. Each run
    publishes on its own, so that a history that was interrupted goes on where it stopped. What waits for a file that
    is lost comes last of all, in runs of its own, which say so: all others go on.
    """
    entries, landed = list(stale), _landed_rows(place)
    late = {job.name for job in JOBS.values() if job.windowed and place.release.window != "day"}
    waiting = waiting_for_files(place, entries)
    parts: tuple[list[Stale], ...] = ([], [], [])
    for entry in entries:
        parts[2 if (entry.table, entry.date) in waiting else entry.table in late].append(entry)
    found = []
    for part in parts:
        for days in _parts_that_fit(sorted({entry.date for entry in part}), landed, most):
            mine = tuple(entry for entry in part if days[0] <= entry.date <= days[-1])
            made = {entry.table for entry in mine}
            found.append(Batch(place.region.name, tuple(name for name in JOBS if name in made), tuple(days), mine))
    return found


def landed_bytes(place: Workplace, stale: Iterable[Stale]) -> int:
    """Return the bytes of the landed files that a run reads at most: what is stale is made from them, or may be.

    A file without dates counts, and all do where a release's window is longer than a day: a new date may make it anew.
    """
    days, files = place.catalog.dates(), place.catalog.files()
    if place.release.window != "day":
        return sum(file.bytes for file in files)
    made = {(entry.table, entry.date) for entry in stale}
    tables = {table for table, _ in made} or set(JOBS)
    whole = {read.table for table in tables for read in JOBS[table].reads if read.scope != "same_dates"}
    read = {
        (part.source, part.file_id)
        for name, held in days.items()
        for day, parts in held.items()
        if name in whole or any((table, day) in made for table in tables)
        for part in parts
    }
    return sum(file.bytes for file in files if not file.dated or (file.source, file.file_id) in read)


def _landed_rows(place: Workplace) -> Counter[date]:
    rows: Counter[date] = Counter()
    for days in place.catalog.dates().values():
        for day, parts in days.items():
            rows[day] += sum(part.rows for part in parts)
    return rows


def _parts_that_fit(days: list[date], landed: Mapping[date, int], most: int) -> list[list[date]]:
    """Split where more than a month lies between, as auditors see a run's range day by day, and where rows are many."""
    parts: list[list[date]] = []
    rows = 0
    for day in days:
        rows += landed[day]
        if parts and (day - parts[-1][-1]).days <= 31 and rows <= most:
            parts[-1].append(day)
        else:
            parts.append([day])
            rows = landed[day]
    return parts

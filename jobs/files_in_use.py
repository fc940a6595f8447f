"""Landed files whose rows readers have: one that is lost stays in use, and what needs it waits until it is mended."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import pyarrow as pa

from jobs.job import Job, Read, partition_of
from jobs.job_inputs import Workplace
from jobs.land_files import kept_file
from jobs.landing.sealed_file import FileShredded, SealedFile
from jobs.landing.sound_file import is_whole
from jobs.landing_ledger import File
from jobs.plan import Stale
from jobs.registry import JOBS

SETTLED_S = 2.0
_SOUND: dict[tuple[str, int, int, int, int], bool] = {}

Key = tuple[str, str]
"""A landed file's source and id."""

Partition = tuple[str, date]
Dates = Mapping[str, Collection[date]]
"""Partitions by table."""


def is_sound(place: Workplace, file: File) -> bool:
    """Return whether a file's kept bytes are those that landed, and can be opened."""
    kept = kept_file(place.region, file, place.file_keys)
    try:
        return kept.path.is_file() and _is_whole(kept)
    except FileShredded:
        return False


def _is_whole(kept: SealedFile) -> bool:
    """Return whether bytes are whole, read once by a process that dates, plans and reads them, unless changed since.

    A file that changed just now is not remembered: it may change again within what the file system's clock can tell.
    """
    stat = kept.path.stat()
    if abs(time.time() - stat.st_ctime) < SETTLED_S:
        return is_whole(kept)
    key = (str(kept.path), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    if key not in _SOUND:
        _SOUND[key] = is_whole(kept)
    return _SOUND[key]


def files_of(place: Workplace, table: str, dates: Collection[date]) -> list[File]:
    """Return the readable files that the ledger knows to hold rows of those dates of a table."""
    files, held = place.catalog.files_holding(table, dates)
    wanted = {(part.source, part.file_id) for day in dates for part in held.get(day, [])}
    return [file for file in files if (file.source, file.file_id) in wanted]


def in_use(place: Workplace, files: Iterable[File], among: Dates | None = None) -> dict[File, set[Partition]]:
    """Return those of the files whose rows are published now, and in which partitions, of those ``among`` or of all.

    The tables say so and not the catalog, which a crash may leave behind them. A published file that cannot be read is
    taken to hold rows of each: unknown means that they are in use.
    """
    wanted = {(file.source, file.file_id): file for file in files}
    found: dict[File, set[Partition]] = {}
    for job in JOBS.values() if wanted else ():
        if job.kind == "land" and (among is None or job.name in among):
            for day, keys in _published_from(place, job, None if among is None else among[job.name], wanted):
                for key in keys:
                    found.setdefault(wanted[key], set()).add((job.name, day))
    return found


def lost_in_use(place: Workplace, wanted: Dates, changed: Iterable[File]) -> dict[File, set[Partition]]:
    """Return those of ``changed`` files that are in use, and which of the ``wanted`` partitions need them.

    A file in use that was entered again and has no dates yet is one too: dating it failed.
    """
    lost = in_use(place, changed) | in_use(place, place.catalog.waiting(), wanted)
    keys = {(file.source, file.file_id): file for file in lost}
    for table, days in place.catalog.dates(wanted).items() if lost else ():
        for day, parts in days.items():
            for file in (keys[part[:2]] for part in parts if part[:2] in keys):
                lost[file].add((table, day))
    needed = {file: {each for each in held if each[1] in wanted.get(each[0], ())} for file, held in lost.items()}
    return {file: partitions for file, partitions in needed.items() if partitions}


def unknown_in_use(place: Workplace, wanted: Dates) -> dict[str, set[date]]:
    """Return the ``wanted`` partitions, by table, that readers have more rows of than are known to have landed.

    And the catalog knows no publication of them: it was lost and made anew, and not all files came back.
    """
    if not wanted:
        return {}
    held, known = place.catalog.dates(wanted), place.catalog.origins(wanted)
    found = {}
    for table, days in wanted.items():
        shown = place.lake.rows(table)
        landed = {day: sum(part.rows for part in parts) for day, parts in held.get(table, {}).items()}
        lost = {day for day in days if shown[day] > landed.get(day, 0) and (table, day) not in known}
        if lost:
            found[table] = lost
    return found


def waiting_for_files(place: Workplace, stale: Collection[Stale]) -> set[Partition]:
    """Return the stale partitions that wait for a file that is lost or that is not known any more: of its table, and
    all that is made from them.
    """
    dates: dict[str, set[date]] = {}
    for entry in stale:
        dates.setdefault(entry.table, set()).add(entry.date)
    landed = {table: days for table, days in dates.items() if JOBS[table].kind == "land"}
    files = dict.fromkeys(file for table, days in landed.items() for file in files_of(place, table, days))
    waiting = unknown_in_use(place, landed)
    for partitions in lost_in_use(place, landed, [file for file in files if not is_sound(place, file)]).values():
        for table, day in partitions:
            waiting.setdefault(table, set()).add(day)
    for job in (JOBS[table] for table in JOBS if waiting and table in dates and table not in landed):
        waiting[job.name] = set().union(*(_reached(place, job, read, waiting, dates[job.name]) for read in job.reads))
    return {(table, day) for table, days in waiting.items() for day in days}


def _reached(place: Workplace, job: Job, read: Read, waiting: dict[str, set[date]], dates: set[date]) -> set[date]:
    """Return which of a job's dates are made from partitions of ``read`` that wait."""
    days = waiting.get(read.table, set())
    if read.scope == "same_dates":
        return dates & {partition_of(job, place.release, day) for day in days}
    if read.scope == "up_to_date":
        return {day for day in dates if days and min(days) <= day}
    return dates if days else set()


def _published_from(
    place: Workplace, job: Job, dates: Collection[date] | None, wanted: Collection[Key]
) -> Iterator[tuple[date, Collection[Key]]]:
    """Yield each published file's date and the landed files, of those wanted, that its rows came from."""
    import pyarrow.parquet as pq

    published = place.lake.published(job.writes)
    for file in (file for file in published.files if dates is None or file.date in dates):
        try:
            rows = pq.ParquetFile(published.root / file.path).read(columns=["source", "file_id"])
        except (OSError, pa.ArrowException):
            yield file.date, wanted
        else:
            pairs = rows.group_by(["source", "file_id"]).aggregate([]).to_pydict()
            yield file.date, {key for key in zip(pairs["source"], pairs["file_id"], strict=True) if key in wanted}

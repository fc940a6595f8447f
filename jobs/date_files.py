"""Learn which dates newly landed files hold, reading only what decides them, so that the plan is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import reduce

from jobs.counted import counted
from jobs.explain_failure import explained
from jobs.job_inputs import Workplace, stand_in
from jobs.landing.read_records import read_records
from jobs.landing_ledger import File
from jobs.run import new_run_id
from jobs.run_ledger import DATING, RunLedger
from jobs.unreadable_files import Group, read_or_set_aside, set_aside_changed

Dated = tuple[str, str, str, str, int, int]


@contextmanager
def entered_dating(place: Workplace) -> Iterator[None]:
    """Enter in the ledger of runs that new files are looked at; nothing if none wait."""
    with ExitStack() as entered:
        if landed := {file.landed_at.date() for file in place.catalog.waiting()}:
            entered.enter_context(RunLedger(place.region).entered(new_run_id(), DATING, landed))
        yield


def date_files(place: Workplace, progress: Callable[[str], None] = lambda text: None) -> int:
    """Date every landed file that is not dated yet and return how many there were.

    A file that changed since it landed, or that passed the probe but that Spark cannot read, is quarantined whole,
    or left undated if it is in use; its neighbors go on. Entered in the ledger of runs, so that a night that ends
    here is told of.
    """
    waiting = place.catalog.waiting()
    with explained(), entered_dating(place), explained():
        if sound := set_aside_changed(place, waiting):
            _date(place, place.mappings(sound), progress)
    return len(waiting)


def _date(place: Workplace, groups: Sequence[Group], progress: Callable[[str], None]) -> None:
    place.lake.spark()  # a Java that cannot start says nothing about the files
    count, names = sum(len(files) for _, files in groups), ", ".join(mapping.name for mapping, _ in groups)
    progress(f"{place.region.name}: reading the dates of {counted(count, 'file')} from {names}")

    def date_them(groups: Sequence[Group]) -> None:
        place.catalog.set_dates([file for _, files in groups for file in files], _count(place, groups))

    read_or_set_aside(place, groups, date_them)


def _count(place: Workplace, groups: Sequence[Group]) -> list[Dated]:
    """Count the rows of all files by table and date in one Spark job: planning costs more than reading small ones."""
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F

    from transforms.landing.date_records import date_records

    counts: list[DataFrame] = []
    for index, (mapping, files) in enumerate(groups):
        counts += [
            date_records(records, mapping, emit).withColumns({"_of": F.lit(index), "_to": F.lit(emit.to)})
            for records in read_records(place.lake.spark(), place.kept(files), mapping, mapping.time_columns)
            for emit in mapping.emits
        ]
    held: dict[tuple[int, str, str], Counter[date | None]] = {}
    for row in reduce(DataFrame.unionByName, counts).collect():
        held.setdefault((row["_of"], row["_to"], row["_file_id"]), Counter())[row["event_date"]] += row["rows"]
    by_id = [{file.file_id: file for file in files} for _, files in groups]
    return [
        dated for (index, table, file_id), rows in held.items() for dated in _dated(by_id[index][file_id], table, rows)
    ]


def _dated(file: File, table: str, rows: Counter[date | None]) -> list[Dated]:
    """Return a line for each date; rows without a date of their own are added to the file's stand-in."""
    usable = {day: count for day, count in rows.items() if day is not None}
    total = Counter(usable)
    if None in rows:
        total[stand_in(file, usable)] += rows[None]
    return [
        (file.source, file.file_id, table, day.isoformat(), count, usable.get(day, 0)) for day, count in total.items()
    ]

"""Learn which dates newly landed files hold, reading only what decides them, so that the plan is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce

from jobs.catalog import File
from jobs.explain_failure import explain_failure, explained
from jobs.job_inputs import Workplace, stand_in
from jobs.landing.read_records import read_records
from quality.sources.mapping import Mapping

Dated = tuple[str, str, str, str, int, int]
Group = tuple[Mapping, list[File]]
"""Files that landed under one mapping."""


def date_files(place: Workplace, progress: Callable[[str], None] = lambda text: None) -> int:
    """Date every landed file that is not dated yet and return how many there were.

    A file that passed the probe but that Spark cannot read is quarantined whole; its neighbors go on.
    """
    waiting = place.catalog.waiting()
    if waiting:
        place.lake.spark()  # a Java that cannot start says nothing about the files
        groups = place.mappings(waiting)
        names = ", ".join(mapping.name for mapping, _ in groups)
        progress(f"{place.region.name}: reading the dates of {len(waiting)} files from {names}")
        with explained():
            _date_together(place, groups)
    return len(waiting)


def _date_together(place: Workplace, groups: Sequence[Group]) -> None:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        place.catalog.set_dates([file for _, files in groups for file in files], _count(place, groups))
    except (PySparkException, Py4JError) as error:  # its message may hold values: it is neither shown nor chained
        if explain_failure(error):  # that is the machine, not a file
            raise
        _find_unreadable(place, groups)


def _find_unreadable(place: Workplace, groups: Sequence[Group]) -> None:
    """Halve until the unreadable files are alone: few bad files among many cost few reads."""
    (mapping, files), half = groups[0], len(groups) // 2
    if len(groups) > 1:
        parts = [groups[:half], groups[half:]]
    elif len(files) > 1:
        half = len(files) // 2
        parts = [[(mapping, files[:half])], [(mapping, files[half:])]]
    else:
        place.catalog.quarantine_file(files[0], "unreadable_by_spark")
        return
    for part in parts:
        _date_together(place, part)


def _count(place: Workplace, groups: Sequence[Group]) -> list[Dated]:
    """Count the rows of all files by table and date in one Spark job: planning costs more than reading small ones."""
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F

    from transforms.landing.date_records import date_records

    counts: list[DataFrame] = []
    for index, (mapping, files) in enumerate(groups):
        counts += [
            date_records(records, mapping, emit).withColumns({"_of": F.lit(index), "_to": F.lit(emit.to)})
            for records in read_records(place.lake.spark(), place.kept(files), mapping)
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

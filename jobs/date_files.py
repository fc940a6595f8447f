"""Learn which dates newly landed files hold, reading only what decides them, so that the plan is exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobs.catalog import File
from jobs.job_inputs import Workplace
from jobs.landing.read_records import read_records
from quality.sources.mapping import Mapping

Dated = tuple[str, str, str, str, int, int]


def date_files(place: Workplace, progress: Callable[[str], None] = lambda text: None) -> int:
    """Date every landed file that is not dated yet and return how many there were.

    A file that passed the probe but that Spark cannot read is quarantined whole; its neighbors go on.
    """
    waiting = [file for file in place.catalog.files() if not file.dated and not file.reason]
    for mapping, files in place.mappings(waiting):
        progress(f"{place.region.name}: reading the dates of {len(files)} files from {mapping.name}")
        _date_together(place, mapping, files)
    return len(waiting)


def _date_together(place: Workplace, mapping: Mapping, files: Sequence[File]) -> None:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        place.catalog.set_dates(files, _count(place, mapping, files))
    except (PySparkException, Py4JError):  # its message may hold values: it is neither shown nor chained
        _find_unreadable(place, mapping, files)


def _find_unreadable(place: Workplace, mapping: Mapping, files: Sequence[File]) -> None:
    """Halve until the unreadable files are alone: few bad files among many cost few reads."""
    if len(files) == 1:
        place.catalog.quarantine_file(files[0], "unreadable_by_spark")
        return
    half = len(files) // 2
    for part in (files[:half], files[half:]):
        _date_together(place, mapping, part)


def _count(place: Workplace, mapping: Mapping, files: Sequence[File]) -> list[Dated]:
    from transforms.landing.date_records import date_records

    records = read_records(place.lake.spark(), place.kept(list(files)), mapping)
    counts: dict[tuple[str, str, str], tuple[int, int]] = {}
    for emit in mapping.emits:
        for row in date_records(records, mapping, emit).collect():
            key = (row["_file_id"], emit.to, row["event_date"].isoformat())
            rows, usable = counts.get(key, (0, 0))
            counts[key] = (rows + row["rows"], usable + row["usable"])
    return [(mapping.name, file_id, table, day, *found) for (file_id, table, day), found in counts.items()]

"""Landed files that are not what landed any more, or that Spark cannot read, are set aside: none stops a night."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from jobs.explain_failure import explain_failure
from jobs.job import Job
from jobs.job_inputs import Workplace
from jobs.land_files import LANDING
from jobs.landing.read_records import read_records
from jobs.landing_ledger import File
from jobs.manifest import sha256_of
from quality.sources.mapping import Mapping

CHANGED = "changed_since_landing"
UNREADABLE = "unreadable_by_spark"

Group = tuple[Mapping, list[File]]
"""Files that landed under one mapping."""

Made = TypeVar("Made")


def with_readable_files(place: Workplace, job: Job, dates: Collection[date], make: Callable[[], Made]) -> Made:
    """Make partitions of a table that is landed; files that cannot be read are quarantined whole and the rest made.

    A job that reads no landed files is only run. Raises what ``make`` raises if no file is at fault.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if job.kind != "land":
        return make()
    files = set_aside_changed(place, _files_of(place, job, dates))
    try:
        return make()
    except (PySparkException, Py4JError) as error:  # its message may hold values: it is neither shown nor chained
        if explain_failure(error) or not read_or_set_aside(place, place.mappings(files), _read_whole(place)):
            raise
    return make()


def set_aside_changed(place: Workplace, files: Iterable[File]) -> list[File]:
    """Quarantine files whose kept bytes are gone or are not those that landed, and return the others."""
    sound = []
    for file in files:
        if _is_sound(place, file):
            sound.append(file)
        else:
            place.catalog.quarantine_file(file, CHANGED)
    return sound


def read_or_set_aside(place: Workplace, groups: Sequence[Group], read: Callable[[Sequence[Group]], None]) -> list[File]:
    """Read files; where Spark fails, halve until those at fault are alone, quarantine these and return them.

    Few bad files among many so cost few reads. A fault of the machine says nothing about files: it is raised.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        read(groups)
    except (PySparkException, Py4JError) as error:
        if explain_failure(error):
            raise
    else:
        return []
    if parts := _halves(groups):
        return [file for part in parts for file in read_or_set_aside(place, part, read)]
    [(_, [file])] = groups
    place.catalog.quarantine_file(file, UNREADABLE)
    return [file]


def _halves(groups: Sequence[Group]) -> list[list[Group]]:
    """Return the files in two parts; nothing for a single file."""
    (mapping, files), half = groups[0], len(groups) // 2
    if len(groups) > 1:
        return [list(groups[:half]), list(groups[half:])]
    half = len(files) // 2
    return [[(mapping, files[:half])], [(mapping, files[half:])]] if half else []


def _files_of(place: Workplace, job: Job, dates: Collection[date]) -> list[File]:
    held = place.catalog.dates().get(job.name, {})
    wanted = {(part.source, part.file_id) for day in dates for part in held.get(day, [])}
    return [file for file in place.catalog.files() if (file.source, file.file_id) in wanted]


def _is_sound(place: Workplace, file: File) -> bool:
    path = place.region.root / LANDING / f"{file.file_id}.{file.extension}"
    return path.is_file() and sha256_of(path) == file.file_id


def _read_whole(place: Workplace) -> Callable[[Sequence[Group]], None]:
    """Return a function that reads all that mappings use of files, and keeps nothing."""

    def read(groups: Sequence[Group]) -> None:
        for mapping, files in groups:
            for records in read_records(place.lake.spark(), place.kept(files), mapping):
                records.write.format("noop").mode("overwrite").save()

    return read

"""Landed files that are not what landed any more, or that Spark cannot read, are set aside: none stops a night.

One in use is not, since readers have its rows: only what is made from it waits. Nor is any while Spark cannot read a
file of ours: then the machine is at fault, whatever it says of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from jobs.explain_failure import explain_failure
from jobs.files_in_use import files_of, in_use, is_sound, lost_in_use, unknown_in_use
from jobs.job import Job
from jobs.job_inputs import Workplace
from jobs.land_files import LANDING
from jobs.landing.read_records import read_records
from jobs.landing_ledger import File
from jobs.read_ours import read_ours
from quality.contracts.errors import EnvironmentFault, FilesLost, FilesUnknown
from quality.sources.mapping import Mapping

CHANGED = "changed_since_landing"
UNREADABLE = "unreadable_by_spark"

Group = tuple[Mapping, list[File]]
"""Files that landed under one mapping."""

Made = TypeVar("Made")


def with_readable_files(place: Workplace, job: Job, dates: Collection[date], make: Callable[[], Made]) -> Made:
    """Make partitions of a table that is landed; files that cannot be read are quarantined whole and the rest made.

    A job that reads no landed files is only run. Raises ``FilesLost`` if a file at fault is in use, and
    ``FilesUnknown`` if not all are known of a date that readers have: nothing is made then; and what ``make`` raises if
    no file is at fault.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if job.kind != "land":
        return make()
    if unknown := unknown_in_use(place, {job.name: dates}).get(job.name):
        raise FilesUnknown(job.name, place.region.name, sorted(unknown))
    files = files_of(place, job.name, dates)
    sound = set_aside_changed(place, files)
    if lost := lost_in_use(place, {job.name: dates}, set(files).difference(sound)):
        days = {day for partitions in lost.values() for _, day in partitions}
        raise FilesLost(job.name, place.region.name, len(lost), sorted(days))
    try:
        return make()
    except (PySparkException, Py4JError) as error:  # its message may hold values: it is neither shown nor chained
        if explain_failure(error) or not (found := read_or_set_aside(place, place.mappings(sound), _read_whole(place))):
            raise
    if used := in_use(place, found):
        raise FilesLost(job.name, place.region.name, len(used), sorted(dates))
    return make()


def set_aside_changed(place: Workplace, files: Iterable[File]) -> list[File]:
    """Set aside files whose kept bytes are gone or are not those that landed, and return the others.

    Raises ``EnvironmentFault`` if the whole folder is gone: a disk that is not mounted says nothing about files.
    """
    wanted = list(files)
    if wanted and not (place.region.root / LANDING).is_dir():
        raise EnvironmentFault(
            f"The folder of landed files of {place.region.name} is gone.", mend="Look whether its disk is mounted."
        )
    sound: list[File] = []
    changed: list[File] = []
    for file in wanted:
        (sound if is_sound(place, file) else changed).append(file)
    _set_aside(place, changed, CHANGED)
    return sound


def _set_aside(place: Workplace, files: Collection[File], reason: str) -> None:
    """Quarantine files whole, but for those in use: their rows would go from readers."""
    used = in_use(place, files)
    for file in files:
        if file not in used:
            place.catalog.quarantine_file(file, reason)


def read_or_set_aside(place: Workplace, groups: Sequence[Group], read: Callable[[Sequence[Group]], None]) -> list[File]:
    """Read files; where Spark fails, halve until those at fault are alone, set these aside and return them.

    Few bad files among many so cost few reads. A fault of the machine says nothing about files: it is raised if it is
    known as one; else each file at fault is held against files of ours that are made as it is, and read once more.
    Raises ``EnvironmentFault`` if those cannot be read either.
    """
    if _can(read, groups):
        return []
    if parts := _halves(groups):
        return [file for part in parts for file in read_or_set_aside(place, part, read)]
    [(mapping, [file])] = groups
    read_ours(place, mapping, file)
    if _can(read, groups):
        return []
    _set_aside(place, [file], UNREADABLE)
    return [file]


def _can(read: Callable[[Sequence[Group]], None], groups: Sequence[Group]) -> bool:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        read(groups)
    except (PySparkException, Py4JError) as error:
        if explain_failure(error):
            raise
        return False
    return True


def _halves(groups: Sequence[Group]) -> list[list[Group]]:
    """Return the files in two parts; nothing for a single file."""
    (mapping, files), half = groups[0], len(groups) // 2
    if len(groups) > 1:
        return [list(groups[:half]), list(groups[half:])]
    half = len(files) // 2
    return [[(mapping, files[:half])], [(mapping, files[half:])]] if half else []


def _read_whole(place: Workplace) -> Callable[[Sequence[Group]], None]:
    """Return a function that reads all that mappings use of files, and keeps nothing."""

    def read(groups: Sequence[Group]) -> None:
        for mapping, files in groups:
            for records in read_records(place.lake.spark(), place.kept(files), mapping):
                records.write.format("noop").mode("overwrite").save()

    return read

"""What a build of places or of noisy figures would stop at once it reads the values, and what else it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs.release.build_noisy import fitting_partitions, listed_in, rows_of
from jobs.release.build_places import columns_of, refuse_none
from jobs.release.read_table import read_table
from quality.contracts.errors import GeowardError
from quality.releases.noisy import NoisyRelease
from quality.releases.places import PlacesRelease


@dataclass(frozen=True, slots=True)
class ValuesSeen:
    """``read`` counts the rows of places by where they are: in the epoch, or withheld for what; None of figures."""

    read: dict[str, int] | None
    problems: list[str]


def see_values(release: PlacesRelease | NoisyRelease, declared_in: Path, source: Path) -> ValuesSeen:
    """Return what one look at the declared columns tells; ``source`` must have them. No value is told.

    Each is read as a build reads it, and refused by what a build refuses it by.
    """
    try:
        if isinstance(release, PlacesRelease):
            return _of_places(release, source)
        listed = listed_in(release, declared_in)
        names = None if listed is None else read_table(listed, list(release.keys))
        fitting_partitions(release, rows_of(release, source, None), names, source)
    except GeowardError as error:
        return ValuesSeen(None, [str(error)])
    return ValuesSeen(None, [])


def _of_places(release: PlacesRelease, source: Path) -> ValuesSeen:
    import numpy as np

    from transforms.location.prepare_fixes import prepare_fixes

    later = dict.fromkeys(("home_and_work", "noise", "sensitive_places", "trips", "stay_points"))
    prepared = prepare_fixes(read_table(source, columns_of(release)), release.model_copy(update=later))
    read = {"in the epoch": len(prepared.epoch.rows), **prepared.withheld}
    try:
        refuse_none(prepared, source)
    except GeowardError as error:
        return ValuesSeen(read, [str(error)])
    people = len(np.unique(prepared.epoch.subjects))
    few = f"{source.name} has {people:,} subjects in the epoch: no crowd of {release.k} can be in it."
    return ValuesSeen(read, [few] if people < release.k else [])


def needs_of(release: PlacesRelease | NoisyRelease) -> list[str]:
    """Return what a build takes beside the declaration and its table."""
    return list(_of_an_epoch(release) if isinstance(release, PlacesRelease) else _of_a_budget(release))


def _of_an_epoch(release: PlacesRelease) -> Iterator[str]:
    rows = "other rows than these" if release.hour else f"rows from before {release.epoch.start}"
    yield f"--tiling: the tiles of the epoch, of {rows} (`geoward release tile {release.name} --historic FILE`)"


def _of_a_budget(release: NoisyRelease) -> Iterator[str]:
    grant = f"geoward budget grant {release.reads} --unit {release.unit.per}"
    yield f"--consumer, with a budget of {release.reads} (`{grant}`)"
    if release.unit.time:
        yield "--from and --to: the days that are paid for"

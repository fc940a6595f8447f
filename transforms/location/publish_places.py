"""The stage that needs everybody's rows: each is published at the finest level of place and time with a crowd."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease, Slots
from transforms.location.adaptive_tiling import NO_CELLS, AdaptiveTiling, expect_tiling
from transforms.location.count_distinct import first_of_each, numbered
from transforms.location.crowd_levels import Level, at_level, crowd_levels, levels_of
from transforms.location.fixes import Codes, Fixes, Ints
from transforms.location.h3_cells import NOWHERE, Cells, cell_texts
from transforms.location.sequence_levels import Levels, Points, sequence_levels

WEEK, FIRST_MONDAY = 168, 72  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True, eq=False)
class PublishedPlaces:
    """``table``: cell, slot, slot_hours and maybe trip, one row for each person (or trip), cell and slot.

    ``subjects`` (m,) say whom each row is about, ``rows`` (m,) of which row of the source it is made, and ``cells``,
    ``slots`` (first hours) and ``slot_hours`` (n,) where and when each fix is published, ``NOWHERE`` if it is not: they
    are for audits and leave with nobody. ``suppressed`` fixes have no crowd at any level.
    """

    table: pa.Table
    subjects: Codes
    rows: Ints
    cells: Cells
    slots: Ints
    slot_hours: Ints
    suppressed: int


@untold
def publish_places(
    fixes: Fixes, release: PlacesRelease, tiling: AdaptiveTiling, *, regions: Cells | None = None
) -> PublishedPlaces:
    """Return what is published of ``fixes`` in the tiles of an epoch, which was made without them.

    Without pseudonyms each row stands for itself and at least ``release.k`` subjects have its cell and slot. With them
    that holds of any ``release.sequences.m`` rows of a pseudonym. ``regions`` are those of sensitive places that are
    coarsened, which the tiling must have.
    """
    if release.sensitive_places and release.sensitive_places.action == "coarsen" and regions is None:
        raise ValueError("the release coarsens sensitive places, so their regions must be given")
    expect_tiling(tiling, release.tiles, NO_CELLS if regions is None else regions)
    tiles, hours = tiling.tiles_of(fixes.cells), hours_of(fixes.seconds, release.slots)
    first, visit_of = _visits(fixes, tiles, hours, by_trip=release.pseudonym == "trip")
    tiles, hours, subjects = tiles[first], hours[first], fixes.subjects[first]
    levels = levels_of(release.tiles, release.slots)
    if release.sequences:
        units = cut_pseudonyms(fixes.trips[first], release.sequences.points)
        points = Points(units, subjects, tiles, hours)
        found = sequence_levels(points, k=release.k, m=release.sequences.m, levels=levels)
    else:
        units, found = subjects, crowd_levels(tiles, hours, subjects, k=release.k, levels=levels)
    cells, slots, lengths = _shown(tiles, hours, found, levels)
    rows = _distinct_rows(units, cells, slots, lengths)
    table = _table(units[rows], cells[rows], slots[rows], lengths[rows], release)
    order = np.lexsort(
        [*([table["trip"].to_numpy()] if "trip" in table.column_names else []), slots[rows], cells[rows]]
    )
    told = rows[order]
    return PublishedPlaces(
        table.take(pa.array(order)), subjects[told], fixes.rows[first[told]], cells[visit_of], slots[visit_of],
        lengths[visit_of], int((cells[visit_of] == NOWHERE).sum()),
    )  # fmt: skip


@untold
def hours_of(seconds: Ints, slots: Slots) -> Ints:
    """Return the hour (n,) that each time is in, as ``slots`` count them."""
    hours = seconds // 3_600 + slots.utc_offset
    return (hours + FIRST_MONDAY) % WEEK if slots.time == "hour_of_week" else hours


@untold
def cut_pseudonyms(trips: Codes, points: int) -> Codes:
    """Return a pseudonym (n,) for each point: that of its trip, and another one after each ``points`` of them."""
    starts = np.flatnonzero(np.diff(trips, prepend=-1))
    place = np.arange(len(trips)) - np.repeat(starts, np.diff(np.append(starts, len(trips))))
    return np.cumsum(place % points == 0).astype(np.int32) - np.int32(1)


def _visits(fixes: Fixes, tiles: Cells, hours: Ints, *, by_trip: bool) -> tuple[Ints, Ints]:
    """Return the first fix of each subject (or trip), tile and hour, in order of time, and each fix's visit."""
    distinct, places = numbered(tiles)
    span = int(hours.max(initial=0)) - int(hours.min(initial=0)) + 1
    who = (fixes.trips if by_trip else fixes.subjects).astype(np.int64)
    keys = (who * len(distinct) + places) * span + (hours - hours.min(initial=0))
    visits, visit_of = numbered(keys)
    return first_of_each(visit_of, len(visits)), visit_of


def _shown(tiles: Cells, hours: Ints, found: Levels, levels: tuple[Level, ...]) -> tuple[Cells, Ints, Ints]:
    """Return each visit's cell, the first hour of its slot and the slot's hours; ``NOWHERE`` if it has no level."""
    cells, slots = np.full(len(tiles), NOWHERE, np.uint64), np.zeros(len(tiles), np.int64)
    lengths = np.zeros(len(tiles), np.int64)
    for number, level in enumerate(levels):
        here = found == number
        cells[here], slots[here] = at_level(tiles[here], hours[here], level)
        lengths[here] = level.hours
    return cells, slots, lengths


def _distinct_rows(units: Codes, cells: Cells, slots: Ints, lengths: Ints) -> Ints:
    """Return the first of each unit's equal rows: how often somebody was seen is not published."""
    shown = np.flatnonzero(cells != NOWHERE)
    order = shown[np.lexsort((lengths[shown], slots[shown], cells[shown], units[shown]))]
    fields = [each[order] for each in (units, cells, slots, lengths)]
    new = np.ones(len(order), bool)
    new[1:] = np.any([each[1:] != each[:-1] for each in fields], axis=0) if len(order) else True
    return order[new]


def _table(units: Codes, cells: Cells, slots: Ints, lengths: Ints, release: PlacesRelease) -> pa.Table:
    distinct, places = np.unique(cells, return_inverse=True)
    told = pa.array(slots * 3_600).cast(pa.timestamp("s")) if release.slots.time == "hour" else pa.array(slots)
    columns = {
        "cell": pa.array(cell_texts(distinct), pa.string()).take(pa.array(places)),
        "slot": told,
        "slot_hours": pa.array(lengths.astype(np.int16)),
    }
    if release.pseudonym == "trip":
        columns["trip"] = pa.array(_pseudonyms(units, cells, slots))
    return pa.table(columns)


def _pseudonyms(units: Codes, cells: Cells, slots: Ints) -> Ints:
    """Number the trips by a digest of what is published of each: their order in the source would tell whose they are.

    Rows come by unit.
    """
    mixed = (cells ^ (slots.astype(np.uint64) << np.uint64(1))) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    starts = np.flatnonzero(np.diff(units, prepend=-1))
    lengths = np.diff(np.append(starts, len(units)))
    digests = np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), starts) if len(starts) else mixed
    numbers = np.empty(len(starts), np.int64)
    numbers[np.argsort(digests, kind="stable")] = np.arange(len(starts))
    return np.repeat(numbers, lengths)

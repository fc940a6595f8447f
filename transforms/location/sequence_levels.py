"""k^m-anonymity of trips: any few points that somebody knows of a pseudonym match at least k subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from transforms.location.crowd_levels import NOT_PUBLISHED, Level, at_level
from transforms.location.fixes import Codes, Ints, Mask
from transforms.location.h3_cells import NOWHERE, Cells
from transforms.location.point_sets import first_of_sets, known_sets, marked_points

Levels = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Distinct points of trips, by trip: ``trips``, ``subjects``, ``tiles`` and ``hours`` (n,).

    A subject's trips are together.
    """

    trips: Codes
    subjects: Codes
    tiles: Cells
    hours: Ints


@untold
def sequence_levels(points: Points, *, k: int, m: int, levels: Sequence[Level]) -> Levels:
    """Return the level (n,) of each point, a place in ``levels``, or -1 where it is not published.

    Afterwards each set of at most ``m`` published points of a trip is in trips of at least ``k`` distinct subjects
    (Terrovitis, Mamoulis and Kalnis, VLDB 2008), where a point is a cell and a slot as published. As in their apriori
    algorithm sets of 1, then 2, ... points are looked at, so that larger ones are met after most is done. In each
    trip, points that together hit all its rare sets, those in most of them first, are generalized by one level, or
    suppressed after the last; then all is counted again. Each round moves at least one point, so it ends.
    """
    found = np.where(points.tiles == NOWHERE, NOT_PUBLISHED, 0).astype(np.int8)
    size = 1
    while size <= m:
        moved = _rare_points(points, found, levels, size, k)
        found[moved] += 1
        found[found == len(levels)] = NOT_PUBLISHED
        size = 1 if len(moved) else size + 1
    return found


def _rare_points(points: Points, found: Levels, levels: Sequence[Level], size: int, k: int) -> Ints:
    """Return the places of points to move: all that published as the same item in their trip, so that they stay one."""
    shown = np.flatnonzero(found != NOT_PUBLISHED)
    if not len(shown):
        return shown
    items = item_numbers(points.tiles[shown], points.hours[shown], found[shown], levels)
    trips = points.trips[shown]
    distinct, of = np.unique(trips.astype(np.int64) * (int(items.max()) + 1) + items, return_inverse=True)
    first = first_of_sets(of, len(distinct))
    starts = np.append(np.flatnonzero(np.diff(trips[first], prepend=-1)), len(first)).astype(np.int64)
    marked = rare_items(starts, items[first].astype(np.int32), points.subjects[shown][first], size, k)
    return shown[marked[of]]


@untold
def rare_items(starts: Ints, items: Codes, subjects: Codes, size: int, k: int) -> Mask:
    """Return items (n,) that hit each set of ``size`` items of a trip that fewer than ``k`` subjects' trips hold.

    Trip t has the distinct, rising ``items[starts[t]:starts[t + 1]]``. A subject's trips are together, so that its sets
    are too once they are sorted, and persons are counted, never trips.
    """
    keys, owners = known_sets(starts, items, subjects, size)
    order = np.argsort(keys, kind="stable")
    ranked, owned = keys[order], owners[order]
    begins = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])) if len(order) else np.zeros(0, np.int64)
    group = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(order))))
    change = np.append(True, (owned[1:] != owned[:-1]) | (group[1:] != group[:-1]))[: len(order)]
    crowds = np.bincount(group[change], minlength=len(begins))
    rare = np.zeros(len(keys), bool)
    rare[order] = (crowds < k)[group]
    return marked_points(starts, rare, size)


@untold
def item_numbers(tiles: Cells, hours: Ints, found: Levels, levels: Sequence[Level]) -> Ints:
    """Number the published points: level, cell and slot, equal numbers for equal ones."""
    cells, slots = np.zeros(len(tiles), np.uint64), np.zeros(len(tiles), np.int64)
    for number, level in enumerate(levels):
        here = found == number
        cells[here], slots[here] = at_level(tiles[here], hours[here], level)
    _, places = np.unique(cells, return_inverse=True)
    first = slots.min(initial=0)
    span = int(slots.max(initial=0) - first) + 1
    pairs = (places.astype(np.int64) * span + (slots - first)) * len(levels) + found
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)

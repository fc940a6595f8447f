"""k^m-anonymity of trips: any few points that somebody knows of a pseudonym match at least k subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from transforms.location.crowd_levels import NOT_PUBLISHED, Level, at_level
from transforms.location.fixes import Codes, Ints
from transforms.location.h3_cells import NOWHERE, Cells
from transforms.location.point_sets import rare_points

Levels = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of trips, by trip: ``trips``, ``subjects``, ``tiles`` and ``hours`` (n,).

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
    trip, points that together hit all its rare sets are generalized by one level, or suppressed after the last; then
    the sets that this touched are counted again. Each round moves at least one point up, so it ends.
    """
    items, size = item_numbers(points, levels)
    found = np.where(points.tiles == NOWHERE, len(levels), 0).astype(np.int8)
    stale = np.ones((m + 1, size + 1), bool)  # by size of sets: the items whose sets must be counted
    stale[:, size] = False
    at = 1
    while at <= m:
        shown = items[np.arange(len(found)), found]
        moved = _points_to_move(points, shown, stale[at], at, k)
        stale[at] = False
        found[moved] += 1
        stale[:, shown[moved]] = stale[:, items[moved, found[moved]]] = True
        stale[:, size] = False
        at = 1 if len(moved) else at + 1
    return np.where(found == len(levels), NOT_PUBLISHED, found).astype(np.int8)


def _points_to_move(points: Points, shown: Codes, stale: NDArray[np.bool_], size: int, k: int) -> Ints:
    """Return the places of points that hit all rare sets with a stale item, with those told as the same in the trip."""
    trips = np.zeros(int(points.trips.max(initial=-1)) + 1, bool)
    trips[points.trips[stale[shown]]] = True
    of = np.flatnonzero(trips[points.trips] & (shown < len(stale) - 1))
    keys = points.trips[of].astype(np.int64) * len(stale) + shown[of]
    _, first, same = np.unique(keys, return_index=True, return_inverse=True)
    own = of[first]
    starts = np.append(np.flatnonzero(np.diff(points.trips[own], prepend=-1)), len(own)).astype(np.int64)
    chosen = rare_points(starts, shown[own], points.subjects[own], stale[shown[own]], size=size, k=k)
    return of[chosen[same]]


@untold
def item_numbers(points: Points, levels: Sequence[Level]) -> tuple[Codes, int]:
    """Number what each point is told as at each level (n, levels + 1), and count them; the last column says nothing.

    Equal numbers are equal levels, cells and slots.
    """
    made = np.empty((len(points.tiles), len(levels) + 1), np.int32)
    size = 0
    for number, level in enumerate(levels):
        cells, slots = at_level(points.tiles, points.hours, level)
        _, places = np.unique(cells, return_inverse=True)
        first = slots.min(initial=0)
        pairs = places.astype(np.int64) * (int(slots.max(initial=0) - first) + 1) + (slots - first)
        distinct, numbers = np.unique(pairs, return_inverse=True)
        made[:, number] = numbers + size
        size += len(distinct)
    made[:, len(levels)] = size
    return made, size

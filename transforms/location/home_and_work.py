"""Home and work: where a subject is at night and in office hours, left out of what is published of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quality.contracts.untold import untold
from quality.releases.places import Anchors
from transforms.location.distances import EARTH_M, meters_between
from transforms.location.fixes import Fixes, Floats, Ints, Mask

HOUR, DAY = 3_600, 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """``latitudes`` and ``longitudes`` (S,) in degrees, by the subject's number; not a number where none is known."""

    latitudes: Floats
    longitudes: Floats


@untold
def home_and_work(fixes: Fixes, rules: Anchors) -> tuple[Anchor, Anchor]:
    """Return each subject's home and work.

    Home is where most nights (22:00 to 06:00) were spent, work where most office days (Monday to Friday, 9:00 to
    17:00) were, other than home; a day counts once for a place. Places are squares of ``rules.radius_m``, told by the
    mean of their fixes. Local time is UTC and ``rules.utc_offset`` hours.
    """
    local = fixes.seconds + rules.utc_offset * HOUR
    hour, day = local % DAY // HOUR, local // DAY
    squares = _squares(fixes, rules.radius_m)
    night, office = (hour >= 22) | (hour < 6), (hour >= 9) & (hour < 17) & ((day + 3) % 7 < 5)  # 0 is a Thursday
    home = _anchor(fixes, squares, (local + 2 * HOUR) // DAY, night)
    at_home = _within(fixes, home, rules.radius_m)
    return home, _anchor(fixes, squares, day, office & ~at_home)


@untold
def away_from_anchors(fixes: Fixes, rules: Anchors) -> Mask:
    """Return which fixes (n,) are in no cell that their subject's home or work, or anything near them, is in.

    Whole cells are left out: a round hole would have its center at the door.
    """
    near = np.zeros(len(fixes.seconds), bool)
    for anchor in home_and_work(fixes, rules):
        near |= _within(fixes, anchor, rules.radius_m)
    _, cells = np.unique(fixes.cells, return_inverse=True)
    pairs = fixes.subjects.astype(np.int64) * (int(cells.max(initial=0)) + 1) + cells
    return ~np.isin(pairs, pairs[near])


def _within(fixes: Fixes, anchor: Anchor, radius_m: float) -> Mask:
    latitudes, longitudes = (each[fixes.subjects] for each in (anchor.latitudes, anchor.longitudes))
    return np.asarray(meters_between(fixes.latitudes, fixes.longitudes, latitudes, longitudes) <= radius_m)


def _squares(fixes: Fixes, side_m: float) -> Ints:
    """Number the squares that the fixes are in."""
    north = np.floor(np.radians(fixes.latitudes) * EARTH_M / side_m)
    middle = (north + 0.5) * side_m / EARTH_M
    east = np.floor(np.radians(fixes.longitudes) * np.cos(middle) * EARTH_M / side_m)
    pairs = north.astype(np.int64) * (1 << 32) + east.astype(np.int64)
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)


def _anchor(fixes: Fixes, squares: Ints, days: Ints, counted: Mask) -> Anchor:
    """Return where each subject was on most days, of the fixes that are ``counted``; the first square of equals."""
    size, width = int(fixes.subjects.max(initial=-1)) + 1, int(squares.max(initial=0)) + 1
    places = (fixes.subjects.astype(np.int64) * width + squares)[counted]
    days = days[counted] - days.min(initial=0)
    span = int(days.max(initial=0)) + 1
    distinct, counts = np.unique(np.unique(places * span + days) // span, return_counts=True)
    best = np.lexsort((-counts, distinct // width))
    firsts = best[np.flatnonzero(np.diff(distinct[best] // width, prepend=-1))]
    chosen = np.full(size, -1, np.int64)
    chosen[distinct[firsts] // width] = distinct[firsts]
    inside = np.flatnonzero(counted)[places == chosen[fixes.subjects[counted]]]
    number = np.bincount(fixes.subjects[inside], minlength=size).astype(float)
    sums = [np.bincount(fixes.subjects[inside], each[inside], size) for each in (fixes.latitudes, fixes.longitudes)]
    number[number == 0] = np.nan
    return Anchor(sums[0] / number, sums[1] / number)

"""Trips: a subject's fixes cut where it was not seen for long, and trimmed at both ends."""

from __future__ import annotations

import numpy as np

from quality.contracts.untold import untold
from quality.releases.places import Trips
from transforms.location.distances import meters_between
from transforms.location.fixes import Codes, Fixes, Ints, Mask


@untold
def cut_trips(fixes: Fixes, *, gap_minutes: float) -> Codes:
    """Return each fix's trip (n,), numbered from 0: one ends with its subject, or before a gap that is longer."""
    if not len(fixes.seconds):
        return fixes.trips
    apart = np.diff(fixes.subjects) != 0
    late = np.diff(fixes.seconds) > gap_minutes * 60
    return np.concatenate([[0], np.cumsum(apart | late)]).astype(np.int32)


@untold
def trim_ends(fixes: Fixes, rules: Trips) -> Mask:
    """Return which fixes (n,) are left: those farther than ``trim_m`` and ``trim_minutes`` from both ends of the trip.

    A trip that passes its origin again is trimmed there too, and one that never leaves is gone.
    """
    kept = np.ones(len(fixes.trips), bool)
    first, last = _ends(fixes.trips)
    for end in (first, last):
        if rules.trim_m:
            here = (fixes.latitudes, fixes.longitudes)
            kept &= meters_between(*here, fixes.latitudes[end], fixes.longitudes[end]) > rules.trim_m
        if rules.trim_minutes:
            kept &= np.abs(fixes.seconds - fixes.seconds[end]) > rules.trim_minutes * 60
    return kept


def _ends(trips: Codes) -> tuple[Ints, Ints]:
    """Return for each fix the places of its trip's first and last fix."""
    starts = np.flatnonzero(np.diff(trips, prepend=-1))
    lengths = np.diff(np.append(starts, len(trips)))
    return np.repeat(starts, lengths), np.repeat(starts + lengths - 1, lengths)

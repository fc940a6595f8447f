"""How many subjects were at all of some points: intersections of posting lists, never of all combinations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.points import Codes, Ints, Points
from quality.contracts.compiled import compiled

NONE = -1
"""Fills the row of a draw that has fewer points than others."""


def draw_points(points: Points, most: int, draws: int, rng: np.random.Generator) -> Codes:
    """Return (draws, most) points in random order: of a random trace each, without replacement.

    Traces are drawn with replacement, so that draws are independent and a share of them has a binomial interval. A
    trace with fewer points is known by all of them; the rest of the row is ``NONE``.
    """
    drawn = np.full((draws, most), NONE, dtype=np.int32)
    if not points.traces:
        return drawn[:0]
    for row, trace in enumerate(rng.integers(points.traces, size=draws)):
        first, last = points.starts[trace], points.starts[trace + 1]
        chosen = rng.choice(last - first, min(most, last - first), replace=False)
        drawn[row, : len(chosen)] = points.points[first + chosen]
    return drawn


def count_matches(points: Points, drawn: Codes, *, enough: int) -> NDArray[np.int32]:
    """Return how many subjects have a trace with all points of each row of ``drawn`` (draws, p), at most ``enough``."""
    drawn = np.ascontiguousarray(drawn)
    return _count_matches(drawn, points.starts, points.points, points.at, points.posting, points.owners, enough)


@compiled
def _count_matches(  # pragma: no cover
    drawn: Codes, starts: Ints, points: Codes, at: Ints, posting: Codes, owners: Codes, enough: int
) -> NDArray[np.int32]:
    counts = np.zeros(drawn.shape[0], dtype=np.int32)
    for row in range(drawn.shape[0]):
        rarest = drawn[row, 0]
        for point in drawn[row]:
            if point >= 0 and at[point + 1] - at[point] < at[rarest + 1] - at[rarest]:
                rarest = point
        last = -1
        for trace in posting[at[rarest] : at[rarest + 1]]:
            there = points[starts[trace] : starts[trace + 1]]
            matches = owners[trace] != last
            for point in drawn[row]:
                if point >= 0:
                    where = np.searchsorted(there, point)
                    if where == len(there) or there[where] != point:
                        matches = False
                        break
            if matches:
                last = owners[trace]
                counts[row] += 1
                if counts[row] == enough:
                    break
    return counts

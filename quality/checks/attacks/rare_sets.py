"""Sets of points that few subjects share: all that exist, depth first within a budget, or one subject's rarest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quality.checks.attacks.points import Codes, Ints, Points
from quality.contracts.compiled import compiled


class RareSets(NamedTuple):
    """What a search saw; supersets of a rare set are not looked at. ``finished`` if the budget sufficed."""

    fewest: int
    rare: int
    sets: int
    finished: bool


def rare_sets(points: Points, *, k: int, m: int, budget: int) -> RareSets:
    """Return how many sets of at most ``m`` points that anybody was at fit fewer than ``k`` subjects."""
    fewest, rare, sets, left = _search(points.starts, points.points, points.owners, points.places, k, m, budget)
    return RareSets(int(fewest), int(rare), int(sets), left >= 0)


def rarest_of_trace(points: Points, trace: int, m: int) -> Codes:
    """Return (m,) points of a trace: the rarest, then each time the one that fewest subjects fit; -1 where none is."""
    return _rarest(points.starts, points.points, points.at, points.posting, points.owners, trace, m)


@compiled
def _at_point(starts: Ints, points: Codes, traces: Codes, point: int, kept: Codes) -> int:  # pragma: no cover
    """Write those of ``traces`` that have ``point`` to ``kept``, which may be ``traces`` itself; return how many."""
    count = 0
    for trace in traces:
        there = points[starts[trace] : starts[trace + 1]]
        where = np.searchsorted(there, point)
        if where < len(there) and there[where] == point:
            kept[count] = trace
            count += 1
    return count


@compiled
def _count_beyond(  # pragma: no cover
    starts: Ints, points: Codes, owners: Codes, traces: Codes, last: int, counts: Codes, counted: Codes, seen: Codes
) -> tuple[int, int]:
    """Count the subjects of ``traces`` at each point beyond ``last``; write such points to ``seen``.

    Return how many points there are, and the steps taken. Traces of one subject are neighbors.
    """
    found, steps = 0, 0
    for trace in traces:
        there = points[starts[trace] : starts[trace + 1]]
        for point in there[np.searchsorted(there, last + 1) :]:
            steps += 1
            if counts[point] == 0:
                seen[found] = point
                found += 1
            elif counted[point] == owners[trace]:
                continue
            counts[point] += 1
            counted[point] = owners[trace]
    return found, steps


@compiled
def _search(  # pragma: no cover
    starts: Ints, points: Codes, owners: Codes, places: int, k: int, m: int, budget: int
) -> tuple[int, int, int, int]:
    traces, sizes = np.empty((m + 1, len(owners)), np.int32), np.zeros(m + 1, np.int64)
    counts, counted = np.zeros((m, places), np.int32), np.empty((m, places), np.int32)
    seen, found, cursor = np.empty((m, places), np.int32), np.zeros(m, np.int64), np.zeros(m, np.int64)
    fewest, rare, sets, depth, arrived, last = len(owners), 0, 0, 0, True, -1
    traces[0], sizes[0] = np.arange(len(owners)), len(owners)
    while depth >= 0:
        if arrived:
            fitting = traces[depth, : sizes[depth]]
            found[depth], steps = _count_beyond(
                starts, points, owners, fitting, last, counts[depth], counted[depth], seen[depth]
            )
            cursor[depth], arrived, budget = 0, False, budget - steps
            for point in seen[depth, : found[depth]]:
                sets += 1
                rare += counts[depth, point] < k
                fewest = min(fewest, counts[depth, point])
            if budget < 0:
                return fewest, rare, sets, -1
        if depth + 1 == m or cursor[depth] == found[depth]:
            for point in seen[depth, : found[depth]]:
                counts[depth, point] = 0
            depth -= 1
            continue
        last = seen[depth, cursor[depth]]
        cursor[depth] += 1
        if counts[depth, last] >= k:
            budget -= sizes[depth]
            sizes[depth + 1] = _at_point(starts, points, traces[depth, : sizes[depth]], last, traces[depth + 1])
            depth, arrived = depth + 1, True
    return fewest, rare, sets, budget


@compiled
def _rarest(  # pragma: no cover
    starts: Ints, points: Codes, at: Ints, posting: Codes, owners: Codes, trace: int, m: int
) -> Codes:
    own = points[starts[trace] : starts[trace + 1]]
    chosen = np.full(m, -1, np.int32)
    rarest = 0
    for i in range(len(own)):
        if at[own[i] + 1] - at[own[i]] < at[own[rarest] + 1] - at[own[rarest]]:
            rarest = i
    chosen[0] = own[rarest]
    fitting = posting[at[own[rarest]] : at[own[rarest] + 1]].copy()
    for step in range(1, min(m, len(own))):
        counts, counted = np.zeros(len(own), np.int32), np.full(len(own), -1, np.int32)
        for other in fitting:
            there, i, j = points[starts[other] : starts[other + 1]], 0, 0
            while i < len(own) and j < len(there):  # both ascend
                if own[i] == there[j]:
                    counts[i] += counted[i] != owners[other]
                    counted[i] = owners[other]
                    i, j = i + 1, j + 1
                elif own[i] < there[j]:
                    i += 1
                else:
                    j += 1
        best = -1
        for i in range(len(own)):
            taken = False
            for point in chosen[:step]:
                taken |= point == own[i]
            if not taken and (best < 0 or counts[i] < counts[best]):
                best = i
        chosen[step] = own[best]
        fitting = fitting[: _at_point(starts, points, fitting, own[best], fitting)]
    return chosen

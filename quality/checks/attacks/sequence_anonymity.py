"""k^m-anonymity of sequences: does any set of at most m points of the release fit fewer than k subjects?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import Estimate, clopper_pearson, counted
from quality.checks.attacks.matching import NONE, count_matches, draw_points
from quality.checks.attacks.points import Codes, Points
from quality.checks.attacks.rare_sets import rare_sets, rarest_of_trace

SEQUENCES = Attack(
    "sequences",
    "Any m or fewer points of the release fit at least k subjects of it (k^m-anonymity).",
    "Suppress the rarest points, coarsen cells or hours, or shorten how long a pseudonym lasts: suppression costs"
    " visits, coarser `resolution` and `hours` cost place and time, a smaller `m` or `k` costs the promise itself.",
)


@dataclass(frozen=True, slots=True)
class Support:
    """``fewest`` subjects fit the rarest of the sets seen; ``rare`` of ``sets`` fit fewer than k.

    ``exact``: all existing sets were seen; else these are random draws and each drawn trace's rarest points.
    """

    fewest: int
    rare: int
    sets: int
    exact: bool


def fewest_matches(
    points: Points, *, k: int, m: int, draws: int = 5_000, budget: int = 200_000_000, seed: int
) -> Support:
    """Return how few subjects fit sets of at most ``m`` points (Terrovitis, Mamoulis and Kalnis, PVLDB 1, 2008).

    All existing sets are looked at while that takes at most ``budget`` steps: one per point of a trace for each set
    that the trace fits. Traces that k subjects each have prove every m at once. Beyond, ``draws`` sets are drawn, half
    at random and half greedily: a trace's rarest point, then the point that leaves the fewest.
    """
    if not points.traces:
        return Support(0, 0, 0, True)
    sizes = _equal_trajectories(points)
    if sizes.min() >= k:
        return Support(int(sizes.min()), 0, len(sizes), True)
    found = rare_sets(points, k=k, m=m, budget=budget)
    if found.finished:
        return Support(found.fewest, found.rare, found.sets, True)
    return _draw(points, k, m, draws, seed)


def attack_sequences(
    released: Points,
    raw: Points,
    *,
    k: int,
    m: int,
    tolerated: float = 0.001,
    draws: int = 5_000,
    budget: int = 200_000_000,
    seed: int,
) -> Finding:
    """Return whether the release is k^m-anonymous. One rare set fails it.

    Where sampling must do, it passes if at most ``tolerated`` of the sets can be rare, by the exact interval; where
    all sets were seen, none may be. ``released`` are the published points
    by pseudonym, with their owners; ``raw`` those at full precision.
    """
    supports = [fewest_matches(rows, k=k, m=m, draws=draws, budget=budget, seed=seed) for rows in (released, raw)]
    reached, control = (_share(support) for support in supports)
    return judge(SEQUENCES, reached, control, limit=0.0 if reached.successes else tolerated)


def _share(support: Support) -> Estimate:
    return (counted if support.exact else clopper_pearson)(support.rare, support.sets)


def _equal_trajectories(points: Points) -> NDArray[np.int64]:
    """Return how many subjects have each distinct trace."""
    trips = (points.points[a:b].tobytes() for a, b in zip(points.starts[:-1], points.starts[1:], strict=True))
    shared: dict[bytes, set[int]] = {}
    for trip, owner in zip(trips, points.owners.tolist(), strict=True):
        shared.setdefault(trip, set()).add(owner)
    return np.array([len(owners) for owners in shared.values()])


def _draw(points: Points, k: int, m: int, draws: int, seed: int) -> Support:
    rng = np.random.default_rng(seed)
    random = count_matches(points, draw_points(points, m, draws - draws // 2, rng), enough=k)
    traces, times = np.unique(rng.integers(points.traces, size=draws // 2), return_counts=True)
    greedy = count_matches(points, _greedy(points, traces, m), enough=k)
    rare = int((random < k).sum() + (times * (greedy < k)).sum())
    return Support(int(min(random.min(), greedy.min())), rare, draws, False)


def _greedy(points: Points, traces: NDArray[np.int64], m: int) -> Codes:
    chosen = np.full((len(traces), m), NONE, dtype=np.int32)
    for row, trace in enumerate(traces):
        chosen[row] = rarest_of_trace(points, int(trace), m)
    return chosen

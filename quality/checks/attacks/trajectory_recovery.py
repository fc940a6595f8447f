"""Recovery of trajectories from rows that nobody linked: who is in one slot is near where it was in the slot before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge, limit_over_chance
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.points import Ints

RECOVERY = Attack(
    "trajectory_recovery",
    "Rows of one slot lead to those of the same person in the next no more often than a crowd of k or chance allows.",
    "Ask for a larger k, coarser cells or longer slots: `k` costs visits, `tiles` place, `slots` time.",
)

Floats = NDArray[np.float64]

MOST = (300, 2_000)
"""Rows of a slot, and of the next one, that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Rows (n,): whose they truly are, in which slot (the next one is one more), and where, in degrees."""

    owners: Ints
    slots: Ints
    latitudes: Floats
    longitudes: Floats


def attack_recovery(
    released: Sightings, raw: Sightings, *, k: int, margin: float = 0.01, targets: int = 4_000, seed: int
) -> Finding:
    """Return how often a row is linked to its person's row of the next slot: at most 1/k or chance + ``margin``.

    ``raw`` are sightings at full precision, in slots short enough for nobody to get far.
    """
    (found, chance), (control, _) = (recover(rows, targets=targets, seed=seed) for rows in (released, raw))
    return judge(RECOVERY, found, control, limit=limit_over_chance(chance, k=k, margin=margin), baseline=chance)


def recover(rows: Sightings, *, targets: int, seed: int) -> tuple[Estimate, float]:
    """Return how often the row of the next slot is of the same person, for rows of people who are in both, and chance.

    Rows of a slot are assigned to rows of the next one so that the sum of distances is least (Xu et al., Trajectory
    recovery from ash, WWW 2017: continuity of movement). Which of equal rows is taken is left to chance.
    """
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(seed)
    right = tried = 0
    chances = 0.0
    for here, there in _pairs(rows, rng):
        first, second = linear_sum_assignment(_squares(rows, here, there))
        aims, guesses = rows.owners[here], np.full(len(here), -1)
        guesses[first] = rows.owners[there[second]]
        shares = (aims[:, None] == rows.owners[there]).mean(axis=1)
        right += int((guesses == aims)[shares > 0].sum())
        tried += int((shares > 0).sum())
        chances += float(shares.sum())
        if tried >= targets:
            break
    return wilson(right, tried), chances / tried if tried else 0.0


def _pairs(rows: Sightings, rng: np.random.Generator) -> Iterator[tuple[Ints, Ints]]:
    """Give the rows of slots and of those that come next, in random order."""
    order = rng.permutation(len(rows.slots))
    order = order[np.argsort(rows.slots[order], kind="stable")]
    slots, starts = np.unique(rows.slots[order], return_index=True)
    ends = np.append(starts[1:], len(order))
    for at in rng.permutation(np.flatnonzero(np.diff(slots) == 1)):
        here, there = (order[starts[one] : ends[one]][:most] for one, most in zip((at, at + 1), MOST, strict=True))
        yield here, there


def _squares(rows: Sightings, here: Ints, there: Ints) -> Floats:
    """Return squares of distances on a plane that touches the earth: they need to be right for what is near."""
    north = rows.latitudes[here][:, None] - rows.latitudes[there]
    east = (rows.longitudes[here][:, None] - rows.longitudes[there] + 180) % 360 - 180
    return np.asarray(north**2 + (east * np.cos(np.radians(rows.latitudes[here]))[:, None]) ** 2)

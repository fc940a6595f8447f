"""Bound what one privacy unit contributes, and what that makes of the sensitivity of each figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.noisy import Bounds
from transforms.noise.gather_contributions import Contributions, Hashes, Values, Whole


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that a unit can change: ``full`` partitions by ``linf`` each, and one more by ``rest``."""

    full: int
    linf: int
    rest: int

    @property
    def l1(self) -> int:
        """The L1 sensitivity: L0 times Linf, or L1 where that is less."""
        return self.full * self.linf + self.rest

    @property
    def l2_squared(self) -> int:
        """The square of the L2 sensitivity: L0 times Linf squared, or less where L1 forbids that."""
        return self.full * self.linf**2 + self.rest**2

    @property
    def partitions(self) -> int:
        """How many partitions change."""
        return self.full + bool(self.rest)


@dataclass(frozen=True, slots=True)
class BoundLoss:
    """Rows of the input, and those that each step left out. No figure of these is private: they stay inside."""

    rows_in: int
    outside: int
    l0: int
    linf: int
    l1: int
    clamped: dict[str, int]

    @property
    def shares(self) -> dict[str, float]:
        """The share of all rows lost to each step, and in all; clamped values are not lost, and not in the sum."""
        lost = {"outside": self.outside, "l0": self.l0, "linf": self.linf, "l1": self.l1}
        of = max(self.rows_in, 1)
        clamped = {f"clamped {name}": count / of for name, count in self.clamped.items()}
        return {name: count / of for name, count in lost.items()} | {"lost": sum(lost.values()) / of} | clamped


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """Pairs that are left (see ``Contributions``), ``rows`` (n,) of each as bounded, and the values of those."""

    actor: Whole
    partition: Whole
    rows: Whole
    values: dict[str, Values]
    loss: BoundLoss


@untold
def worst_unit(bounds: Bounds) -> Worst:
    """Return the most that a unit within bounds can change any rows' counts by (Wilson et al., PoPETs 2020).

    Both sensitivities are convex in a unit's contributions, so the worst unit lies in a corner of what is allowed: as
    many full partitions as L1 has rows for, and what is left of L1 in one more.
    """
    most = bounds.l1 if bounds.l1 is not None else bounds.l0 * bounds.linf
    full = min(bounds.l0, most // bounds.linf)
    return Worst(full, bounds.linf, most - full * bounds.linf if full < bounds.l0 else 0)


@untold
def worst_presence(bounds: Bounds) -> Worst:
    """Return the most that a unit can change by being counted once in each of its partitions."""
    return Worst(min(bounds.l0, bounds.l1 or bounds.l0), 1, 0)


@untold
def bound_contributions(contributions: Contributions, bounds: Bounds) -> Bounded:
    """Keep of each unit the first ``l0`` pairs in its random order, ``linf`` rows of each, and ``l1`` in all.

    What is kept of a unit hangs on nothing but its own rows, so that the release changes by no more than the worst
    unit when one comes or goes. Sums of a pair that lost rows shrink in proportion, as they would on average if rows
    were drawn; a quantile keeps values that lie evenly in the pair's order.
    """
    order = _in_order(contributions.unit, contributions.order)
    unit, rows = contributions.unit[order], contributions.rows[order]
    rank = _rank(unit)
    capped = np.minimum(rows, bounds.linf) * (rank < bounds.l0)
    kept = _within(capped, rank, bounds.l1)
    lost_l0 = int(rows[rank >= bounds.l0].sum())
    loss = BoundLoss(
        rows_in=contributions.rows_in,
        outside=contributions.rows_outside,
        l0=lost_l0,
        linf=int(rows.sum()) - lost_l0 - int(capped.sum()),
        l1=int(capped.sum() - kept.sum()),
        clamped={name: each.clamped for name, each in contributions.values.items()},
    )
    there = kept > 0
    allowed = np.zeros_like(contributions.rows)
    allowed[order] = kept
    left = order[there]
    return Bounded(
        contributions.actor[left],
        contributions.partition[left],
        kept[there],
        {name: _bounded(each, allowed, left) for name, each in contributions.values.items()},
        loss,
    )


def _in_order(unit: Whole, order: Hashes) -> NDArray[np.intp]:
    """Return what sorts pairs by unit, and in a unit by its own order.

    One sort of one number for both is several times as fast; where the bits of two pairs of a unit are alike as
    far as they fit beside its number, which is rare, all are compared in full.
    """
    bits = np.uint64(int(unit.max(initial=0)).bit_length())
    both = (unit.astype(np.uint64) << (np.uint64(64) - bits)) | (order >> bits) if bits else order
    sorting = np.argsort(both)
    ranked = both[sorting]
    return np.lexsort((order, unit)) if (ranked[1:] == ranked[:-1]).any() else sorting


def _rank(unit: Whole) -> Whole:
    """Return each pair's place among those of its unit, which follow each other, from 0."""
    places = np.arange(len(unit))
    first = np.ones(len(unit), dtype=bool)
    first[1:] = unit[1:] != unit[:-1]
    return places - np.maximum.accumulate(np.where(first, places, 0))


def _within(capped: Whole, rank: Whole, l1: int | None) -> Whole:
    """Return rows of each pair so that those of a unit and its pairs before are at most ``l1``."""
    if l1 is None or not len(capped):
        return capped
    before = np.cumsum(capped) - capped
    start = np.maximum.accumulate(np.where(rank == 0, before, 0))
    within: Whole = np.minimum(np.maximum(l1 - (before - start), 0), capped)
    return within


def _bounded(values: Values, allowed: Whole, left: NDArray[np.intp]) -> Values:
    rows = np.minimum(values.rows, allowed)
    of = np.maximum(values.rows, 1)
    whole, rest = np.divmod(values.total, of)
    total = whole * rows + rest * rows // of  # total * rows // of, which no single person may make overflow
    each = None if values.each is None else _evenly(values, rows, left)
    return Values(rows[left], total[left], values.clamped, each)


def _evenly(values: Values, rows: Whole, left: NDArray[np.intp]) -> Whole:
    """Return ``rows`` of each pair's values in order, evenly chosen, pair after pair as in ``left``."""
    assert values.each is not None
    starts = np.cumsum(values.rows) - values.rows
    kept = rows[left]
    pair = np.repeat(left, kept)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(kept) - kept, kept)
    middle = (2 * nth + 1) * values.rows[pair] // (2 * rows[pair])
    return values.each[starts[pair] + middle]

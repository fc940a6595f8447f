"""Differencing: what a new version of a table adds to the old one, or a total to its parts, is somebody's count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import Estimate, counted
from quality.checks.attacks.points import numbered

DIFFERENCING = Attack(
    "differencing",
    "No published count less another one leaves 1 to k - 1 people.",
    "Publish the correction with the next epoch, keep the old count where it changed by less than k, suppress a second"
    " part of the total, or draw noise (`epsilon`): it costs fresh counts, a part more, or exact ones.",
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A published table: ``keys`` (n, columns) name a group each, without repeats; ``persons`` (n,) count its people.

    Groups may nest: ``parents`` holds, for each way to add them up, the keys (n, columns) of the group that a group
    belongs to, such as its coarser cell; its own key where it belongs to none.
    """

    keys: Ints
    persons: Ints
    parents: Sequence[Ints] = ()


def attack_differencing(released: tuple[Counts, Counts], raw: tuple[Counts, Counts], *, k: int) -> Finding:
    """Return whether two versions of one table leave fewer than ``k`` people between them. Exact and linear.

    Versions count the same people and time, or times that overlap: of two days apart, a difference is no person.
    ``raw`` are the same versions as counted, without floor or noise; one group that changed by fewer must be found.
    """
    reached, control = (differences(*versions, k=k) for versions in (released, raw))
    return judge(DIFFERENCING, reached, control, limit=0.0)


def differences(old: Counts, new: Counts, *, k: int) -> Estimate:
    """Return how many comparisons leave 1 to k - 1 people, of all that can be made.

    Each group of both versions is compared with itself; and each total of either version with the sum of its parts in
    either, where at least one part is published.
    """
    between = _changes(old, new)
    within = [_remainders(total, parts) for total in (old, new) for parts in (old, new)]
    left = np.concatenate([between, *within])
    return counted(int(((left > 0) & (left < k)).sum()), len(left))


def _changes(old: Counts, new: Counts) -> Ints:
    keys = _codes(old.keys, new.keys)
    _, here, there = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    changes: Ints = np.abs(old.persons[here] - new.persons[there])
    return changes


def _remainders(totals: Counts, parts: Counts) -> Ints:
    """Return what is left of each total after its parts, for each way to add them up."""
    left = []
    for parents in parts.parents:
        whole, part, parent = _codes(totals.keys, parts.keys, parents)
        nested = part != parent
        found, position = np.unique(parent[nested], return_inverse=True)
        sums = np.bincount(position, weights=parts.persons[nested], minlength=len(found)).astype(np.int64)
        _, here, there = np.intersect1d(whole, found, assume_unique=True, return_indices=True)
        left.append(totals.persons[here] - sums[there])
    return np.concatenate([np.empty(0, dtype=np.int64), *left])


def _codes(*tables: Ints) -> list[Ints]:
    """Return the keys of several tables as one number each, equal where the keys are."""
    together = np.concatenate(tables)
    codes = numbered(*together.T)
    return np.split(codes, np.cumsum([len(table) for table in tables])[:-1])

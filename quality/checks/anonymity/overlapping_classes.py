"""Which classes of two versions overlap: what is left of such two by subtraction may be one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.overlap_kernels import NOTHING, SOME, UNKNOWN
from quality.checks.anonymity.overlapping_values import ValuePairs
from quality.contracts.errors import UsageError

Classes = Sequence[tuple[str | None, ...]]

MOST_PAIRS, BLOCK = 4_000_000_000, 16_000_000
"""Pairs of classes that are compared at most, and at a time."""


@dataclass(frozen=True, slots=True)
class Column:
    """A quasi-identifier with its hierarchy, if any; ``plain`` values are no nodes of one that is not named."""

    name: str
    paths: Paths
    plain: bool


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of a class of one version only and one of the other that overlap, and those of which nobody can tell.

    ``unread`` are the columns whose texts keep a pair from being told.
    """

    pairs: int
    unknown: int
    unread: tuple[str, ...]


def overlapping_classes(olds: Classes, news: Classes, columns: Sequence[Column]) -> Overlaps:
    """Return which pairs of classes of an old and a new version are neither equal nor surely apart.

    Raises ``UsageError`` for more classes of one version only than can be compared.
    """
    shared = set(olds) & set(news)
    found, unread = np.zeros(3, np.int64), np.zeros(len(columns), bool)
    only_old, only_new = ([one for one in classes if one not in shared] for classes in (olds, news))
    for some, others in ((only_old, news), (only_new, [one for one in olds if one in shared])):
        _add(found, unread, some, others, columns)
    told = tuple(column.name for column, never in zip(columns, unread, strict=True) if never)
    return Overlaps(int(found[SOME]), int(found[UNKNOWN]), told)


def overlapping_pairs(classes: Classes, columns: Sequence[Column]) -> int:
    """Return how many pairs of distinct ``classes`` evidently overlap: whoever left one may be who came to the other.

    Texts of which nothing is known are taken to be apart: they are values side by side in each of the versions.
    """
    found = np.zeros(3, np.int64)
    _add(found, np.zeros(len(columns), bool), classes, classes, columns)
    return (int(found[SOME]) - len(classes)) // 2


def _add(
    found: NDArray[np.int64], unread: NDArray[np.bool_], some: Classes, others: Classes, columns: Sequence[Column]
) -> None:
    """Add the pairs of ``some`` and ``others`` to the counts ``found``, and to the columns that are ``unread``."""
    if len(some) * len(others) > MOST_PAIRS:
        raise UsageError("More classes differ than can be compared.", mend="Compare coarser classes.")
    if not some or not others:
        return
    each = zip(zip(*some, strict=True), zip(*others, strict=True), columns, strict=True)
    read = [ValuePairs(left, right, column.paths, plain=column.plain) for left, right, column in each]
    step = max(1, BLOCK // len(others))
    for start in range(0, len(some), step):
        shared = [pairs.of(slice(start, start + step)) for pairs in read]
        total = np.minimum.reduce(shared)
        found += [np.count_nonzero(total == one) for one in (NOTHING, UNKNOWN, SOME)]
        open_pairs = total == UNKNOWN
        if open_pairs.any():
            unread |= [bool((values[open_pairs] == UNKNOWN).any()) for values in shared]

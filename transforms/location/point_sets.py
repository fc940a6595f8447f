"""Sets of up to four points of each trip, as exact numbers, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from transforms.anonymity.compiled import compiled
from transforms.location.fixes import Codes, Ints, Mask

Keys = NDArray[np.uint64]


@untold
def first_of_sets(numbers: Ints, size: int) -> Ints:
    """Return where each number (size,) is seen first in ``numbers``, which has all of 0, 1, ..., ``size`` - 1."""
    first = np.zeros(size, np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return first


@untold
def known_sets(starts: Ints, items: Codes, subjects: Codes, size: int) -> tuple[Keys, Codes]:
    """Return a number for each set of ``size`` (1 to 4) items of each trip, and the subject whose trip it is.

    Numbers are equal for equal sets and for no others: two items make one number, and two numbers of pairs another.
    """
    if size == 1:
        return items.astype(np.uint64), subjects
    lengths = np.diff(starts)
    pairs = np.empty(int((lengths * (lengths - 1) // 2).sum()), np.uint64)
    owners = np.empty(len(pairs), np.int32)
    _pairs(starts, items, subjects, pairs, owners)
    if size == 2:
        return pairs, owners
    ranks = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    ways = lengths * (lengths - 1) * (lengths - 2) // 6
    count = int((ways if size == 3 else ways * (lengths - 3) // 4).sum())
    keys, owners = np.empty(count, np.uint64), np.empty(count, np.int32)
    (_triples if size == 3 else _quads)(starts, items, subjects, ranks, keys, owners)
    return keys, owners


@untold
def marked_points(starts: Ints, rare: Mask, size: int) -> Mask:
    """Return items (n,) that hit all ``rare`` sets, which come as ``known_sets`` has them; those in most come first."""
    if size == 1:
        return rare
    return np.asarray(_marked(starts, rare, size))


@compiled
def _pairs(starts: Ints, items: Codes, subjects: Codes, keys: Keys, owners: Codes) -> None:
    at = 0
    for trip in range(len(starts) - 1):
        for a in range(starts[trip], starts[trip + 1]):
            for b in range(a + 1, starts[trip + 1]):
                keys[at] = (np.uint64(items[a]) << np.uint64(32)) | np.uint64(items[b])
                owners[at] = subjects[a]
                at += 1


@compiled
def _triples(starts: Ints, items: Codes, subjects: Codes, ranks: Ints, keys: Keys, owners: Codes) -> None:
    at, before = 0, 0
    for trip in range(len(starts) - 1):
        first, n = starts[trip], starts[trip + 1] - starts[trip]
        for a in range(n):
            for b in range(a + 1, n):
                pair = before + a * (2 * n - a - 1) // 2 + b - a - 1
                for c in range(b + 1, n):
                    keys[at] = (np.uint64(ranks[pair]) << np.uint64(32)) | np.uint64(items[first + c])
                    owners[at] = subjects[first]
                    at += 1
        before += n * (n - 1) // 2


@compiled
def _quads(starts: Ints, items: Codes, subjects: Codes, ranks: Ints, keys: Keys, owners: Codes) -> None:
    at, before = 0, 0
    for trip in range(len(starts) - 1):
        n = starts[trip + 1] - starts[trip]
        for a in range(n):
            for b in range(a + 1, n):
                one = before + a * (2 * n - a - 1) // 2 + b - a - 1
                for c in range(b + 1, n):
                    for d in range(c + 1, n):
                        other = before + c * (2 * n - c - 1) // 2 + d - c - 1
                        keys[at] = (np.uint64(ranks[one]) << np.uint64(32)) | np.uint64(ranks[other])
                        owners[at] = subjects[starts[trip]]
                        at += 1
        before += n * (n - 1) // 2


@compiled
def _marked(starts: Ints, rare: Mask, size: int) -> Mask:
    """Walk the sets twice in their order: count how many rare ones each item is in, then mark until all are hit."""
    marked = np.zeros(starts[-1], np.bool_)
    counts = np.zeros(starts[-1], np.int64)
    one = np.zeros(4, np.int64)
    at = 0
    for trip in range(len(starts) - 1):
        begin = at
        for pass_ in range(2):
            at = begin
            n = starts[trip + 1] - starts[trip]
            if n < size:
                break
            for place in range(size):
                one[place] = place
            while True:
                if rare[at]:
                    _visit(one, size, starts[trip], pass_, counts, marked)
                at += 1
                if not _next(one, size, n):
                    break
    return marked


@compiled
def _visit(one: Ints, size: int, start: int, pass_: int, counts: Ints, marked: Mask) -> None:
    best, hit = start + one[0], False
    for place in range(size):
        item = start + one[place]
        if pass_ == 0:
            counts[item] += 1
        hit = hit or marked[item]
        if counts[item] > counts[best]:
            best = item
    if pass_ == 1 and not hit:
        marked[best] = True


@compiled
def _next(one: Ints, size: int, n: int) -> bool:
    """Step to the next combination of ``size`` of n, in lexical order; false after the last."""
    place = size - 1
    while place >= 0 and one[place] == n - size + place:
        place -= 1
    if place < 0:
        return False
    one[place] += 1
    for later in range(place + 1, size):
        one[later] = one[later - 1] + 1
    return True

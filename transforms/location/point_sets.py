"""Sets of up to four points of each trip and how many subjects have each: counted exactly, in compiled tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.untold import untold
from transforms.location.fixes import Codes, Ints, Mask

Keys = NDArray[np.uint64]

FREE = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@untold
def rare_points(starts: Ints, items: Codes, subjects: Codes, looked_at: Mask, *, size: int, k: int) -> Mask:
    """Return points (n,) that together hit each set of ``size`` points of a trip that fewer than ``k`` subjects have.

    Trip t has the distinct, rising numbers ``items[starts[t]:starts[t + 1]]``; the trips of a subject are together.
    Only sets with a point that is ``looked_at`` (n,) are judged: all trips that have it must be given. Of a set's
    points the one that is in most of the trip's rare sets is taken, the first of equals.
    """
    lengths = np.diff(starts)
    sets = int(_ways(lengths, size).sum())
    keys, owners = np.empty(sets, np.uint64), np.empty(sets, np.int32)
    pairs = _pair_numbers(starts, items) if size > 2 else np.zeros(0, np.uint64)
    found = _sets(starts, items, subjects, looked_at, pairs, size, keys, owners)
    crowds = _crowds(keys[:found], owners[:found], _room(found))
    return np.asarray(_hit(starts, looked_at, crowds < k, size))


def _ways(lengths: Ints, size: int) -> Ints:
    """Return the number of sets of ``size`` out of each of ``lengths``."""
    made = np.ones(len(lengths), np.int64)
    for step in range(size):
        made = made * np.maximum(lengths - step, 0) // (step + 1)
    return made


def _room(entries: int) -> int:
    """Return a power of 2 that leaves a third of a hash table free."""
    return 1 << max(4, int(entries * 3 // 2).bit_length())


def _pair_numbers(starts: Ints, items: Codes) -> Keys:
    """Return a number below 2^32 for each pair of each trip, equal for equal pairs and for no others."""
    everything = np.ones(len(items), np.bool_)
    keys = np.empty(int(_ways(np.diff(starts), 2).sum()), np.uint64)
    owners = np.empty(len(keys), np.int32)
    _sets(starts, items, items, everything, keys[:0], 2, keys, owners)
    return np.asarray(_numbers(keys, _room(len(keys))))


@compiled
def _sets(
    starts: Ints, items: Codes, subjects: Codes, looked_at: Mask, pairs: Keys, size: int, keys: Keys, owners: Codes
) -> int:
    """Write each set's key and subject; return how many. Keys of 3 and 4 are made of the numbers of ``pairs``."""
    one = np.zeros(4, np.int64)
    at, before = 0, 0
    for trip in range(len(starts) - 1):
        first, n = starts[trip], starts[trip + 1] - starts[trip]
        more = n >= size
        for place in range(size):
            one[place] = place
        while more:
            if _looked_at(one, size, first, looked_at):
                keys[at] = _key(one, size, first, n, items, pairs, before)
                owners[at] = subjects[first]
                at += 1
            more = _next(one, size, n)
        before += n * (n - 1) // 2
    return at


@compiled
def _key(one: Ints, size: int, first: int, n: int, items: Codes, pairs: Keys, before: int) -> np.uint64:
    if size == 1:
        return np.uint64(items[first + one[0]])
    if size == 2:
        return np.uint64((np.uint64(items[first + one[0]]) << np.uint64(32)) | np.uint64(items[first + one[1]]))
    high = pairs[before + one[0] * (2 * n - one[0] - 1) // 2 + one[1] - one[0] - 1] << np.uint64(32)
    if size == 3:
        return np.uint64(high | np.uint64(items[first + one[2]]))
    return np.uint64(high | pairs[before + one[2] * (2 * n - one[2] - 1) // 2 + one[3] - one[2] - 1])


@compiled
def _place(key: np.uint64, table: Keys) -> int:
    """Return where ``key`` is or belongs in a table with open addressing, whose size is a power of 2."""
    mixed = (key ^ (key >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    last = np.uint64(len(table) - 1)
    place = (mixed ^ (mixed >> np.uint64(29))) & last
    while table[place] != key and table[place] != FREE:
        place = (place + np.uint64(1)) & last
    return int(place)


@compiled
def _numbers(keys: Keys, room: int) -> Keys:
    table, found = np.full(room, FREE, np.uint64), np.empty(len(keys), np.uint64)
    for at in range(len(keys)):
        place = _place(keys[at], table)
        table[place] = keys[at]
        found[at] = place
    return found


@compiled
def _crowds(keys: Keys, owners: Codes, room: int) -> Codes:
    """Return for each key how many distinct subjects have it; the keys of a subject are together."""
    table, last = np.full(room, FREE, np.uint64), np.full(room, -1, np.int32)
    counts = np.zeros(room, np.int32)
    places = np.empty(len(keys), np.int64)
    for at in range(len(keys)):
        place = _place(keys[at], table)
        table[place] = keys[at]
        if last[place] != owners[at]:
            counts[place] += 1
            last[place] = owners[at]
        places[at] = place
    return counts[places]


@compiled
def _hit(starts: Ints, looked_at: Mask, rare: Mask, size: int) -> Mask:
    """Walk each trip's sets twice: count how many rare ones each point is in, then mark until all are hit."""
    marked, counts = np.zeros(starts[-1], np.bool_), np.zeros(starts[-1], np.int64)
    one = np.zeros(4, np.int64)
    at = 0
    for trip in range(len(starts) - 1):
        begin, first, n = at, starts[trip], starts[trip + 1] - starts[trip]
        for mark in range(2):
            at = begin
            more = n >= size
            for place in range(size):
                one[place] = place
            while more:
                if _looked_at(one, size, first, looked_at):
                    if rare[at]:
                        _visit(one, size, first, mark, counts, marked)
                    at += 1
                more = _next(one, size, n)
    return marked


@compiled
def _visit(one: Ints, size: int, first: int, mark: int, counts: Ints, marked: Mask) -> None:
    best, hit = first + one[0], False
    for place in range(size):
        point = first + one[place]
        if mark == 0:
            counts[point] += 1
        hit = hit or marked[point]
        if counts[point] > counts[best]:
            best = point
    if mark == 1 and not hit:
        marked[best] = True


@compiled
def _looked_at(one: Ints, size: int, first: int, looked_at: Mask) -> bool:
    for place in range(size):  # noqa: SIM110  (compiled)
        if looked_at[first + one[place]]:
            return True
    return False


@compiled
def _next(one: Ints, size: int, n: int) -> bool:
    """Step to the next set of ``size`` of n points, in lexical order; false after the last."""
    place = size - 1
    while place >= 0 and one[place] == n - size + place:
        place -= 1
    if place < 0:
        return False
    one[place] += 1
    for later in range(place + 1, size):
        one[later] = one[later - 1] + 1
    return True

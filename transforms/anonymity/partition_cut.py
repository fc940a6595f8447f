"""Where a class can be cut in one column, and the cut itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes
from transforms.anonymity.partition_space import SCALE, SET, Space, set_loss, span_loss

Floats = NDArray[np.float64]


@compiled
def measure_ends(space: Space, codes: Codes, start: int, end: int, ends: Codes, losses: Floats) -> None:
    """Put the least and the greatest code of each column into ``ends`` (m, 2), and its loss into ``losses``."""
    for column in range(space.kinds.size):
        low = high = codes[start, column]
        for i in range(start + 1, end):
            low, high = min(low, codes[i, column]), max(high, codes[i, column])
        ends[column, 0], ends[column, 1] = low, high
        if space.kinds[column] == SET:
            values, _ = _counts(codes[start:end, column], space.sizes[column])
            losses[column] = set_loss(space, column, values.size)
        else:
            losses[column] = span_loss(space, column, low, high)


@compiled
def median(values: Codes) -> int:
    """Return the lower median of ``values``, which are put out of order (Hoare's selection)."""
    low, high, middle = 0, values.size - 1, (values.size - 1) // 2
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            break
    return int(values[middle])


@compiled
def cut_rows(codes: Codes, order: Codes, start: int, end: int, column: int, ranks: Codes, cut: int, ties: int) -> int:
    """Move the rows below ``cut``, and ``ties`` of those at it, before the others; return where the others begin.

    A set's codes count by their ``ranks``, which are empty for any other column.
    """
    place = start
    for i in range(start, end):
        key = codes[i, column]
        if ranks.size:
            key = ranks[key]
        if key == cut and ties > 0:
            ties -= 1
            key -= 1
        if key < cut:
            if i != place:
                order[i], order[place] = order[place], order[i]
                for other in range(codes.shape[1]):
                    codes[i, other], codes[place, other] = codes[place, other], codes[i, other]
            place += 1
    return place


@compiled
def block_of(space: Space, column: int, low: int, high: int, code: int) -> tuple[int, int]:
    """Return the codes, first and last, that stay with ``code`` when a class from ``low`` to ``high`` is cut.

    They are the null alone if the class has one, the leaves of one child of a tree's covering node, or the code.
    """
    null = space.nulls[column]
    if high == null:
        return null, null
    first = last = code
    if space.kinds[column] == SCALE:
        return first, last
    size = space.sizes[column]
    child = -1
    at = space.trees[column]
    for _ in range(space.heights[column]):
        if space.nodes[at + low] == space.nodes[at + high]:
            break
        child = at
        at += size
    if child >= 0:
        while first > low and space.nodes[child + first - 1] == space.nodes[child + code]:
            first -= 1
        while last < high and space.nodes[child + last + 1] == space.nodes[child + code]:
            last += 1
    return first, last


@compiled
def _counts(codes: Codes, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size <= 4 * codes.size:
        counts = np.zeros(size, np.int64)
        for code in codes:
            counts[code] += 1
        values = np.flatnonzero(counts)
        return values, counts[values]
    # a column may have far more values than a class has rows
    ranked = np.sort(codes)
    starts = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), ranked[1:] != ranked[:-1])))
    ends = np.append(starts[1:], ranked.size)
    return ranked[starts].astype(np.int64), ends - starts


@compiled
def rank_values(space: Space, codes: Codes, start: int, end: int, column: int, k: int, ranks: Codes) -> int:
    """Rank a set's codes by falling number of rows; return how many of them, cut off, leave the least loss.

    For given numbers of values on both sides, the most frequent values are best together on the side that has fewer.
    """
    values, counts = _counts(codes[start:end, column], space.sizes[column])
    falling = np.argsort(-counts, kind="mergesort")
    distinct = values.size
    best, cut, left = np.inf, 0, 0
    for rank in range(distinct):
        ranks[values[falling[rank]]] = rank
        left += counts[falling[rank]]
        right = end - start - left
        loss = left * rank + right * (distinct - rank - 2.0)
        if rank + 1 < distinct and min(left, right) >= k and loss < best:
            best, cut = loss, rank + 1
    return cut

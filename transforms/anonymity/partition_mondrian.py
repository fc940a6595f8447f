"""Mondrian: halve the rows, again and again, as long as both halves hold every model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quality.contracts.compiled import compiled
from quality.releases.privacy_models import PrivacyModel
from transforms.anonymity.coded_table import CodedTable, Codes
from transforms.anonymity.partition_best import split_best
from transforms.anonymity.partition_bounds import Bounds, Tally, bounds_of, holds, subjects_in, tally_of
from transforms.anonymity.partition_cut import block_of, cut_rows, measure_ends, median, rank_values
from transforms.anonymity.partition_space import SCALE, SET, Space, space_of


def partition_mondrian(table: CodedTable, *, models: Sequence[PrivacyModel], strict: bool) -> Codes:
    """Return the class of each row of ``table``, (n,) from 0: multidimensional Mondrian (LeFevre et al., ICDE 2006).

    A class is cut in its widest column first: a scale at the median, a tree between the children of the node that
    covers the class, a set of values in its most frequent ones and the others. ``strict``: equal values of a scale
    never part; else rows at the median go to either side where no clean cut is allowed. Raises Unreachable if all
    rows together do not hold a model.
    """
    bounds = bounds_of(table, models)
    return split_rows(space_of(table), bounds, tally_of(bounds), strict, 0)


@compiled
def split_rows(space: Space, bounds: Bounds, tally: Tally, strict: bool, look_ahead: int) -> Codes:
    """Return the class of each row; classes of at most ``look_ahead`` rows are cut where that leaves the least loss."""
    n = space.codes.shape[0]
    codes, order = space.codes.copy(), np.arange(n).astype(np.int32)
    classes = np.empty(n, np.int32)
    stack = np.empty((n // max(bounds.least, 1) + 2, 2), np.int64)
    stack[0] = (0, n)
    waiting, found = min(n, 1), 0
    while waiting > 0:
        start, end = stack[waiting - 1]
        waiting -= 1
        middle = -1
        if bounds.crowd.size and subjects_in(bounds, tally, order, start, end) == 0:
            classes[order[start:end]] = found  # nothing is published of the class, so it need not be finer
            found += 1
            continue
        if end - start <= look_ahead:
            middle = split_best(space, bounds, tally, strict, codes, order, start, end)
        if middle < 0:
            middle = split_class(space, bounds, tally, strict, codes, order, start, end)
        if middle < 0:
            classes[order[start:end]] = found
            found += 1
        else:
            stack[waiting] = (middle, end)
            stack[waiting + 1] = (start, middle)
            waiting += 2
    return classes


@compiled
def split_class(
    space: Space, bounds: Bounds, tally: Tally, strict: bool, codes: Codes, order: Codes, start: int, end: int
) -> int:
    """Cut the class of rows ``start`` to ``end`` in its widest column that can be; return where, or -1."""
    if end - start < 2 * bounds.least:
        return -1
    columns = space.kinds.size
    ends, losses = np.empty((columns, 2), np.int32), np.empty(columns)
    measure_ends(space, codes, start, end, ends, losses)
    for _ in range(columns):
        column = int(np.argmax(losses))
        if losses[column] <= 0:
            return -1
        losses[column] = -1.0
        if space.kinds[column] == SET:
            ranks = np.empty(space.sizes[column], np.int32)
            cut = rank_values(space, codes, start, end, column, bounds.least, ranks)
            cuts = ((cut, 0), (cut, 0), (cut, 0))
        else:
            ranks = np.empty(0, np.int32)
            cuts = _span_cuts(space, strict, codes, start, end, column, ends[column])
        for cut, ties in cuts:
            middle = cut_rows(codes, order, start, end, column, ranks, cut, ties)
            if holds(bounds, tally, order, start, middle) and holds(bounds, tally, order, middle, end):
                return middle
    return -1


@compiled
def _span_cuts(
    space: Space, strict: bool, codes: Codes, start: int, end: int, column: int, span: Codes
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    values = codes[start:end, column].copy()
    first, last = block_of(space, column, span[0], span[1], median(values))
    before = int(np.count_nonzero(values < first))
    through = int(np.count_nonzero(values <= last))
    before_is_nearer = before + through >= end - start
    near, far = ((first, 0), (last + 1, 0)) if before_is_nearer else ((last + 1, 0), (first, 0))
    ties = (end - start) // 2 - before
    if strict or space.kinds[column] != SCALE or ties <= 0 or span[1] == space.nulls[column]:
        return near, far, far
    return near, far, (first, ties)

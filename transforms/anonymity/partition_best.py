"""The cut that leaves the least loss in all columns, found by trying every one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes
from transforms.anonymity.partition_bounds import Bounds, Tally, holds
from transforms.anonymity.partition_cut import cut_rows, rank_values
from transforms.anonymity.partition_space import SCALE, SET, Space, set_loss, span_loss

Floats = NDArray[np.float64]


@compiled
def _sweep(space: Space, codes: Codes, rows: Codes, losses: Floats) -> None:
    """Put the loss of the first 1, 2, ... of ``rows`` together into ``losses``."""
    losses[:] = 0.0
    for column in range(space.kinds.size):
        values = codes[:, column]
        if space.kinds[column] == SET:
            _sweep_set(values, rows, np.zeros(rows.size, np.bool_), set_loss(space, column, 2), losses)
        else:
            _sweep_span(space, column, values, rows, losses)
    losses *= np.arange(1, rows.size + 1)


@compiled
def _sweep_set(values: Codes, rows: Codes, seen: NDArray[np.bool_], each: float, losses: Floats) -> None:
    loss = -each
    for at in range(rows.size):
        code = values[rows[at]]
        if not seen[code]:
            seen[code] = True
            loss += each
        losses[at] += loss


@compiled
def _sweep_span(space: Space, column: int, values: Codes, rows: Codes, losses: Floats) -> None:
    # what each step needs is taken out of the tuple once: passing it on costs more than the step
    scale, null, weight = space.kinds[column] == SCALE, space.nulls[column], space.weights[column]
    places = space.positions[space.starts[column] :]
    low = high = values[rows[0]]
    loss = 0.0
    for at in range(rows.size):
        code = values[rows[at]]
        if code < low or code > high:
            low, high = min(low, code), max(high, code)
            if not scale:
                loss = span_loss(space, column, low, high)
            else:
                loss = weight if high == null else places[high] - places[low]
        losses[at] += loss


@compiled
def _best_cut(space: Space, codes: Codes, keys: Codes, k: int, strict: bool) -> tuple[float, int, int]:
    """Return the least loss after a cut of ``codes`` (rows, m) by ``keys``, and its key and rows at it; inf if none."""
    n = keys.size
    rows = np.argsort(keys, kind="mergesort").astype(np.int32)
    before, after = np.empty(n), np.empty(n)
    _sweep(space, codes, rows, before)
    _sweep(space, codes, rows[::-1].copy(), after)
    best, at = np.inf, -1
    for i in range(k, n - k + 1):
        if strict and keys[rows[i - 1]] == keys[rows[i]]:
            continue
        if before[i - 1] + after[n - 1 - i] < best:
            best, at = before[i - 1] + after[n - 1 - i], i
    if at < 0:
        return best, 0, 0
    cut = keys[rows[at]]
    ties = 0
    while keys[rows[at - 1 - ties]] == cut:
        ties += 1
        if ties == at:
            break
    return best, cut, ties


@compiled
def split_best(
    space: Space, bounds: Bounds, tally: Tally, strict: bool, codes: Codes, order: Codes, start: int, end: int
) -> int:
    """Cut the class of rows ``start`` to ``end`` where that leaves the least loss; return where, or -1.

    A column's best cut is the only one of it that is tried against the models.
    """
    columns = space.kinds.size
    losses, cuts = np.full(columns, np.inf), np.zeros((columns, 2), np.int64)
    ranks = np.empty((columns, space.widest), np.int32)
    part = codes[start:end].copy()
    for column in range(columns):
        if space.kinds[column] == SET:
            rank_values(space, codes, start, end, column, bounds.least, ranks[column])
            part[:, column] = ranks[column][part[:, column]]
    for column in range(columns):
        keys = part[:, column].copy()
        if keys.min() == keys.max():
            continue
        losses[column], cuts[column, 0], cuts[column, 1] = _best_cut(space, part, keys, bounds.least, strict)
    for _ in range(columns):
        column = int(np.argmin(losses))
        if losses[column] == np.inf:
            break
        losses[column] = np.inf
        ranked = ranks[column] if space.kinds[column] == SET else ranks[column][:0]
        middle = cut_rows(codes, order, start, end, column, ranked, cuts[column, 0], cuts[column, 1])
        if holds(bounds, tally, order, start, middle) and holds(bounds, tally, order, middle, end):
            return middle
    return -1

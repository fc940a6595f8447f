"""The cut that leaves the least loss in all columns, found by trying every one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.anonymity.coded_table import Codes
from transforms.anonymity.compiled import compiled
from transforms.anonymity.partition_space import SET, Space, set_loss, span_loss

Floats = NDArray[np.float64]


@compiled
def sweep_losses(space: Space, codes: Codes, rows: Codes, backward: bool, losses: Floats) -> None:
    """Put the loss of the first 1, 2, ... of ``rows``, times their number, into ``losses``; or of the last ones."""
    columns = space.kinds.size
    low, high = np.empty(columns, np.int32), np.empty(columns, np.int32)
    distinct, each = np.zeros(columns, np.int32), np.zeros(columns)
    seen = np.zeros((columns, space.widest), np.bool_)
    total = 0.0
    for step in range(rows.size):
        at = rows.size - 1 - step if backward else step
        for column in range(columns):
            code = codes[rows[at], column]
            if space.kinds[column] == SET:
                if seen[column, code]:
                    continue
                seen[column, code] = True
                distinct[column] += 1
                loss = set_loss(space, column, distinct[column])
            else:
                if step > 0 and low[column] <= code <= high[column]:
                    continue
                low[column] = min(low[column], code) if step else code
                high[column] = max(high[column], code) if step else code
                loss = span_loss(space, column, low[column], high[column])
            total += loss - each[column]
            each[column] = loss
        losses[at] = total * (step + 1)


@compiled
def best_cut(space: Space, codes: Codes, keys: Codes, k: int, strict: bool) -> tuple[float, int, int]:
    """Return the least loss after a cut of ``codes`` (rows, m) by ``keys``, and its key and rows at it; inf if none."""
    n = keys.size
    rows = np.argsort(keys, kind="mergesort").astype(np.int32)
    before, after = np.empty(n), np.empty(n)
    sweep_losses(space, codes, rows, False, before)
    sweep_losses(space, codes, rows, True, after)
    best, at = np.inf, -1
    for i in range(k, n - k + 1):
        if strict and keys[rows[i - 1]] == keys[rows[i]]:
            continue
        if before[i - 1] + after[i] < best:
            best, at = before[i - 1] + after[i], i
    if at < 0:
        return best, 0, 0
    cut = keys[rows[at]]
    ties = 0
    while keys[rows[at - 1 - ties]] == cut:
        ties += 1
        if ties == at:
            break
    return best, cut, ties

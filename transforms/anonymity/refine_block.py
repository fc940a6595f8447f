"""The classes of one block of rows while rows move between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes
from transforms.anonymity.partition_space import SCALE, SET, Space, set_loss, span_loss

Floats = NDArray[np.float64]


class Block(NamedTuple):
    """Rows of some neighboring classes, numbered from 0 as the classes are.

    ``codes`` (rows, m); ``owner`` (rows,) is the class of a row, ``ahead`` and ``behind`` its neighbors in the list
    of the class's rows, which begins at ``first`` (classes,); -1 ends it. ``low``, ``high`` and ``distinct``
    (m, classes) and ``counts`` (values of all sets, classes) tell what each class covers; ``losses`` (classes,) what
    it costs a row.
    """

    codes: Codes
    owner: Codes
    ahead: Codes
    behind: Codes
    first: Codes
    sizes: Codes
    low: Codes
    high: Codes
    distinct: Codes
    counts: NDArray[np.int32]
    losses: Floats


@compiled
def block_of_rows(space: Space, codes: Codes, owner: Codes, classes: int) -> Block:
    """Return the block of ``codes`` whose rows have the classes ``owner``."""
    rows, columns = codes.shape
    block = Block(
        codes,
        np.full(rows, -1, np.int32),
        np.full(rows, -1, np.int32),
        np.full(rows, -1, np.int32),
        np.full(classes, -1, np.int32),
        np.zeros(classes, np.int32),
        np.zeros((columns, classes), np.int32),
        np.full((columns, classes), -1, np.int32),
        np.zeros((columns, classes), np.int32),
        np.zeros((space.places[-1], classes), np.int32),
        np.zeros(classes),
    )
    for row in range(rows):
        put(space, block, row, owner[row])
    return block


@compiled
def put(space: Space, block: Block, row: int, into: int) -> None:
    """Add a row that is in no class to one."""
    block.owner[row] = into
    block.behind[row] = -1
    block.ahead[row] = block.first[into]
    if block.first[into] >= 0:
        block.behind[block.first[into]] = row
    block.first[into] = row
    block.sizes[into] += 1
    loss = 0.0
    for column in range(space.kinds.size):
        code = block.codes[row, column]
        if space.kinds[column] == SET:
            if block.counts[space.places[column] + code, into] == 0:
                block.distinct[column, into] += 1
            block.counts[space.places[column] + code, into] += 1
            loss += set_loss(space, column, block.distinct[column, into])
        else:
            block.low[column, into] = code if block.sizes[into] == 1 else min(block.low[column, into], code)
            block.high[column, into] = code if block.sizes[into] == 1 else max(block.high[column, into], code)
            loss += span_loss(space, column, block.low[column, into], block.high[column, into])
    block.losses[into] = loss


@compiled
def take(space: Space, block: Block, row: int) -> None:
    """Take a row out of its class."""
    out = block.owner[row]
    before, after = block.behind[row], block.ahead[row]
    if before >= 0:
        block.ahead[before] = after
    else:
        block.first[out] = after
    if after >= 0:
        block.behind[after] = before
    block.owner[row] = -1
    block.sizes[out] -= 1
    loss = 0.0
    for column in range(space.kinds.size):
        code = block.codes[row, column]
        if space.kinds[column] == SET:
            block.counts[space.places[column] + code, out] -= 1
            if block.counts[space.places[column] + code, out] == 0:
                block.distinct[column, out] -= 1
            loss += set_loss(space, column, block.distinct[column, out])
        else:
            if block.low[column, out] == code or block.high[column, out] == code:
                low, high = _span(block, out, column, -1)
                block.low[column, out], block.high[column, out] = low, high
            loss += span_loss(space, column, block.low[column, out], block.high[column, out])
    block.losses[out] = loss


@compiled
def _span(block: Block, of: int, column: int, without: int) -> tuple[int, int]:
    low, high = 2**31 - 1, -1
    at = block.first[of]
    while at >= 0:
        if at != without:
            code = block.codes[at, column]
            low, high = min(low, code), max(high, code)
        at = block.ahead[at]
    return min(low, high) if high < 0 else low, high


@compiled
def gain_without(space: Space, block: Block, row: int) -> float:
    """Return by how much the loss of all rows falls in a row's class without it."""
    out = block.owner[row]
    loss = 0.0
    for column in range(space.kinds.size):
        code = block.codes[row, column]
        if space.kinds[column] == SET:
            alone = 1 if block.counts[space.places[column] + code, out] == 1 else 0
            loss += set_loss(space, column, block.distinct[column, out] - alone)
        else:
            low, high = block.low[column, out], block.high[column, out]
            if low == high:
                continue
            if low == code or high == code:
                low, high = _span(block, out, column, row)
            loss += span_loss(space, column, low, high)
    return float(block.sizes[out] * block.losses[out] - (block.sizes[out] - 1) * loss)


@compiled
def costs_with(space: Space, block: Block, row: int, costs: Floats) -> None:
    """Put into ``costs`` (classes,) by how much the loss of all rows grows in each class with one more row."""
    costs[:] = block.losses
    sizes, counts, lows, highs = block.sizes, block.counts, block.low, block.high
    for column in range(space.kinds.size):
        code = block.codes[row, column]
        if space.kinds[column] == SET:
            _add_set_costs(set_loss(space, column, 2), counts[space.places[column] + code], sizes, costs)
        else:
            _add_span_costs(space, column, code, lows[column], highs[column], sizes, costs)


@compiled
def _add_set_costs(step: float, held: Codes, sizes: Codes, costs: Floats) -> None:
    for into in range(costs.size):
        if held[into] == 0:
            costs[into] += step * (sizes[into] + 1)


@compiled
def _add_span_costs(space: Space, column: int, code: int, low: Codes, high: Codes, sizes: Codes, costs: Floats) -> None:
    null, weight, start, places = space.nulls[column], space.weights[column], space.starts[column], space.positions
    if space.kinds[column] == SCALE and code != null:
        place = places[start + code]
        for into in range(costs.size):
            if high[into] == null:
                costs[into] += weight * (sizes[into] + 1) if low[into] == null else 0.0
            elif code < low[into]:
                costs[into] += (places[start + low[into]] - place) * (sizes[into] + 1)
            elif code > high[into]:
                costs[into] += (place - places[start + high[into]]) * (sizes[into] + 1)
        return
    for into in range(costs.size):
        if not low[into] <= code <= high[into]:
            more = span_loss(space, column, min(low[into], code), max(high[into], code))
            costs[into] += (more - span_loss(space, column, low[into], high[into])) * (sizes[into] + 1)

"""Move rows between neighboring classes as long as that costs less and every class holds what it must."""

from __future__ import annotations

import numpy as np

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import Codes
from transforms.anonymity.partition_bounds import Bounds, Tally, holds
from transforms.anonymity.partition_space import Space, rows_by_class
from transforms.anonymity.refine_block import Block, Floats, block_of_rows, costs_with, gain_without, put, take

BLOCK = 200
"""Classes among which a row may move: those made from one another, so the work grows as the rows do."""
ROUNDS = 6
"""Times that each row is looked at, at most."""
LEAST = 1e-9
"""A gain below this is rounding."""


@compiled
def refine_classes(space: Space, bounds: Bounds, tally: Tally, classes: Codes) -> None:
    """Move rows of ``classes`` (n,), numbered so that neighbors were one class before, where that lowers the loss.

    Each move is checked: both classes hold every model after it. Nothing depends on the clock or on chance.
    """
    order, starts = rows_by_class(classes)
    found = starts.size - 1
    for first in range(0, found, BLOCK):
        last = min(first + BLOCK, found)
        rows = order[starts[first] : starts[last]]
        block = block_of_rows(space, space.codes[rows], (classes[rows] - first).astype(np.int32), last - first)
        for _ in range(ROUNDS):
            if _move(space, bounds, tally, block, rows) * 200 < rows.size:
                break
        classes[rows] = first + block.owner


@compiled
def _move(space: Space, bounds: Bounds, tally: Tally, block: Block, rows: Codes) -> int:
    moved = 0
    costs, room = np.empty(block.sizes.size), np.empty(rows.size, np.int32)
    for row in range(rows.size):
        own = block.owner[row]
        if block.sizes[own] <= bounds.least or block.losses[own] == 0.0:
            continue
        gain = gain_without(space, block, row) - LEAST
        into = _cheapest(space, block, row, gain, costs)
        if into >= 0:
            take(space, block, row)
            put(space, block, row, into)
            if _class_holds(bounds, tally, block, rows, own, room) and _class_holds(
                bounds, tally, block, rows, into, room
            ):
                moved += 1
            else:
                take(space, block, row)
                put(space, block, row, own)
    return moved


@compiled
def _cheapest(space: Space, block: Block, row: int, limit: float, costs: Floats) -> int:
    costs_with(space, block, row, costs)
    into = -1
    for other in range(costs.size):
        if costs[other] < limit and other != block.owner[row]:
            limit, into = costs[other], other
    return into


@compiled
def _class_holds(bounds: Bounds, tally: Tally, block: Block, rows: Codes, of: int, room: Codes) -> bool:
    at, size = block.first[of], 0
    while at >= 0:
        room[size] = rows[at]
        size += 1
        at = block.ahead[at]
    return holds(bounds, tally, room, 0, size)

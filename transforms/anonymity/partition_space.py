"""The quasi-identifiers of a table as flat arrays, and what a set of rows costs in one of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import CodedTable, Codes, Hierarchy, QuasiId

SCALE, SET, TREE = 0, 1, 2
"""How a set of values is told: by its ends on a scale, by its members, by the node that covers it."""


class Space(NamedTuple):
    """``codes`` (n, m) and, flat, what a kernel must know of each column; a null is a column's last code.

    ``widest`` is the size of the largest set, ``places`` (m + 1,) where each begins among the values of all.
    ``positions`` are scaled so that a difference is a loss. ``nodes`` and ``covers`` hold, level by level, the node
    of each code and the loss of what that node covers. The codes of a tree are numbered depth first, siblings by
    falling number of rows, so that a node's leaves are neighbors and rare siblings stand together. Losses are
    weighted and sum to 1 at most.
    """

    codes: Codes
    widest: int
    places: Codes
    kinds: Codes
    nulls: Codes
    sizes: Codes
    weights: NDArray[np.float64]
    starts: Codes
    positions: NDArray[np.float64]
    trees: Codes
    heights: Codes
    nodes: Codes
    covers: NDArray[np.float64]


def space_of(table: CodedTable) -> Space:
    """Return the quasi-identifiers of ``table`` for the kernels."""
    total = sum(one.weight for one in table.quasi_ids)
    columns = [_column(one, one.weight / total) for one in table.quasi_ids]
    sizes = [_size(one) for one in table.quasi_ids]
    codes = np.empty((table.rows, len(columns)), np.int32)
    for at, (values, *_) in enumerate(columns):
        codes[:, at] = values
    nodes = [column[2] for column in columns]
    sets = [size if one.kind == "categorical" else 0 for one, size in zip(table.quasi_ids, sizes, strict=True)]
    return Space(
        codes,
        max(sets),
        np.cumsum([0, *sets]).astype(np.int32),
        _whole([{"categorical": SET, "hierarchical": TREE}.get(one.kind, SCALE) for one in table.quasi_ids]),
        _whole([one.null for one in table.quasi_ids]),
        _whole(sizes),
        np.array([one.weight / total for one in table.quasi_ids]),
        _starts(sizes),
        np.concatenate([column[1] for column in columns]),
        _starts([each.size for each in nodes]),
        _whole([len(each) for each in nodes]),
        np.concatenate([each.ravel() for each in nodes]).astype(np.int32),
        np.concatenate([column[3].ravel() for column in columns]),
    )


def nodes_of(hierarchy: Hierarchy, size: int) -> Codes:
    """Return the nodes (levels, size) of ``hierarchy``; a code it does not hold, as a null, is alone under the root."""
    nodes = np.empty((len(hierarchy.nodes), size), np.int32)
    for level, known in enumerate(hierarchy.nodes):
        nodes[level, : known.size] = known[:size]
        nodes[level, known.size :] = known.max(initial=-1) + 1 + np.arange(max(size - known.size, 0))
    nodes[-1] = 0
    return nodes


def _column(one: QuasiId, weight: float) -> tuple[Codes, NDArray[np.float64], Codes, NDArray[np.float64]]:
    size = _size(one)
    if one.kind == "hierarchical" and one.hierarchy is not None:
        order, nodes = tree_order(one)
        rank = np.empty(size, np.int32)
        rank[order] = np.arange(size, dtype=np.int32)
        return rank[one.codes], np.zeros(size), nodes[:, order], weight * _cover_losses(nodes[:, order])
    places = one.positions if one.kind == "numeric" else np.arange(size, dtype=np.float64)
    places = places[: size - (one.null >= 0)]
    span = one.span or (np.ptp(places) if places.size else 0.0)
    scaled = np.zeros(size)
    scaled[: places.size] = weight * ((places - places[:1]) / (span or 1.0))
    return one.codes, scaled, np.empty((0, size), np.int32), np.empty((0, size))


def tree_order(one: QuasiId) -> tuple[NDArray[np.int64], Codes]:
    """Return a hierarchical column's codes depth first, rare siblings last, the null at the end, and its nodes."""
    assert one.hierarchy is not None
    size = _size(one)
    nodes = nodes_of(one.hierarchy, size)
    counts = np.bincount(one.codes, minlength=size)
    keys = [np.arange(size)]
    for level in nodes:
        rows = np.bincount(level, weights=counts)
        keys += [level, -rows[level]]
    if one.null >= 0:
        keys.append(np.arange(size) == one.null)
    return np.lexsort(keys), nodes


def _cover_losses(nodes: Codes) -> NDArray[np.float64]:
    leaves = [np.bincount(level)[level] for level in nodes]
    return np.asarray((np.stack(leaves) - 1) / max(nodes.shape[1] - 1, 1), np.float64)


def _size(one: QuasiId) -> int:
    return one.null + 1 if one.null >= 0 else len(one.positions)


def _whole(values: list[int]) -> Codes:
    return np.array(values, np.int32)


def _starts(sizes: list[int]) -> Codes:
    return np.cumsum([0, *sizes[:-1]]).astype(np.int32)


@compiled
def rows_by_class(classes: Codes) -> tuple[Codes, NDArray[np.int64]]:
    """Return the rows of ``classes`` (n,) class by class, and where each class from 0 begins among them, and the end.

    Suppressed rows, whose class is below 0, are left out.
    """
    starts = np.zeros(max(classes.max(), -1) + 2 if classes.size else 1, np.int64)
    for number in classes:
        if number >= 0:
            starts[number + 1] += 1
    starts = np.cumsum(starts)
    place = starts.copy()
    rows = np.empty(starts[-1], np.int32)
    for row in range(classes.size):
        if classes[row] >= 0:
            rows[place[classes[row]]] = row
            place[classes[row]] += 1
    return rows, starts


@compiled
def _cover_loss(space: Space, column: int, low: int, high: int) -> float:
    size = space.sizes[column]
    at = space.trees[column]
    for _ in range(space.heights[column]):
        if space.nodes[at + low] == space.nodes[at + high]:
            return float(space.covers[at + low])
        at += size
    return float(space.weights[column])


@compiled
def span_loss(space: Space, column: int, low: int, high: int) -> float:
    """Return the weighted loss of a class whose codes of a scale or a tree lie from ``low`` to ``high``.

    A class that holds a null and a value says nothing of the column.
    """
    if low == high:
        return 0.0
    if high == space.nulls[column]:
        return float(space.weights[column])
    if space.kinds[column] == SCALE:
        start = space.starts[column]
        return float(space.positions[start + high] - space.positions[start + low])
    return _cover_loss(space, column, low, high)


@compiled
def set_loss(space: Space, column: int, distinct: int) -> float:
    """Return the weighted loss of a class with ``distinct`` values of a categorical column."""
    if distinct <= 1:
        return 0.0
    return float(space.weights[column] * (distinct - 1) / max(space.sizes[column] - 1, 1))

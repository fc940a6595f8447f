"""Cut a large table into boxes that fit one worker: a tree of splits, grown on a sample of its quasi-identifiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.untold import untold
from transforms.anonymity.coded_table import Codes

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SplitTree:
    """Node i sends a row to node ``left[i]`` if ``column[i]``'s number is at most ``cut[i]``, else to the one after it.

    A leaf has column -1 and its box in ``left``. ``boxes`` says how many there are.
    """

    column: Codes
    cut: Numbers
    left: Codes
    boxes: int


@untold
def grow_tree(sample: Numbers, *, spans: Numbers, boxes: int, least: int) -> SplitTree:
    """Grow a tree of at most ``boxes`` leaves on ``sample`` (columns, rows), each with ``least`` rows of it or more.

    The largest leaf is split next, at the median of the column that is widest relative to ``spans`` (its range in the
    table; infinite: the column is a last resort), as Mondrian does (LeFevre et al., ICDE 2006). Only where boxes end
    depends on the sample, never what holds of the classes inside. No value is plus infinity.
    """
    column, cut, left = [-1], [0.0], [0]
    leaves = {0: np.arange(sample.shape[1])}
    closed: set[int] = set()
    while len(leaves) < boxes and (open_leaves := [leaf for leaf in leaves if leaf not in closed]):
        leaf = max(open_leaves, key=lambda one: len(leaves[one]))
        rows = leaves[leaf]
        split = _best_split(sample[:, rows], spans, least)
        if split is None:
            closed.add(leaf)
            continue
        column[leaf], cut[leaf] = split
        goes_left = sample[split[0], rows] <= split[1]
        left[leaf] = len(column)
        del leaves[leaf]
        for part in (rows[goes_left], rows[~goes_left]):
            leaves[len(column)] = part
            column, cut, left = [*column, -1], [*cut, 0.0], [*left, 0]
    for box, leaf in enumerate(sorted(leaves)):
        left[leaf] = box
    return SplitTree(np.array(column, np.int32), np.array(cut), np.array(left, np.int32), len(leaves))


def _best_split(rows: Numbers, spans: Numbers, least: int) -> tuple[int, float] | None:
    finite = np.where(np.isfinite(rows), rows, np.nan)
    with np.errstate(all="ignore"):
        ranges = np.nan_to_num(np.nanmax(finite, axis=1, initial=-np.inf) - np.nanmin(finite, axis=1, initial=np.inf))
    widths = np.where(np.isfinite(rows).all(axis=1), ranges / np.where(spans > 0, spans, 1), 1)
    for column in np.argsort(-widths, kind="stable"):
        cut = _median_cut(rows[column], least)
        if cut is not None:
            return int(column), cut
    return None


def _median_cut(numbers: Numbers, least: int) -> float | None:
    """Return the value nearest to the median that leaves ``least`` numbers on both sides."""
    values, counts = np.unique(numbers, return_counts=True)
    below = np.cumsum(counts)[:-1]
    fits = np.flatnonzero((below >= least) & (len(numbers) - below >= least))
    if not len(fits):
        return None
    return float(values[fits[np.argmin(np.abs(2 * below[fits] - len(numbers)))]])


@compiled
def boxes_of(column: Codes, cut: Numbers, left: Codes, numbers: Numbers) -> Codes:
    """Return the box of each row of ``numbers`` (columns, rows) in the tree of these arrays."""
    boxes = np.empty(numbers.shape[1], np.int32)
    for row in range(numbers.shape[1]):
        node = 0
        while column[node] >= 0:
            node = left[node] + (numbers[column[node], row] > cut[node])
        boxes[row] = left[node]
    return boxes

"""How well a column that is published as it is gives back a quasi-identifier that was made coarser.

Told of pairs of people, so that no value need be common: whether those alike in the one are alike in the other more
often than those of one published class are. For a column that tells nothing beyond the class, that is never so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]

SEED = 20_261_128


def given_back(kept: pl.Series, known: pl.Series, classes: Ints, *, numeric: bool, errors: float = 2.0) -> float:
    """Return in [-1, 1] how much more ``kept`` (n,) and ``known`` (n,) tell of each other than ``classes`` (n,) do.

    One row is a person, classes are of what was published. The greater one of two differences: of the shares of people
    whose kept value is that of one who is alike in ``known`` (the next in order, of numbers) and that of one of their
    class; and of the shares of people to whom one of the same kept value is nearer in ``known`` than one of their class
    and to whom they are farther. Two standard ``errors`` are taken off, for chance.
    """
    codes, values = _codes(kept), _values(known, numeric=numeric)
    near = _next_of(values) if numeric else _others(values.astype(np.int64), 1)
    class_mate, kept_mate = _others(classes, 2), _others(codes, 2)  # alike where the groups are: nothing is told then
    rows = np.arange(len(codes))
    agree = [(codes == codes[mate]).astype(float) for mate in (near, class_mate)]
    away = [
        np.abs(values - values[mate]) if numeric else (values != values[mate]).astype(float)
        for mate in (class_mate, kept_mate)
    ]
    told = [
        _surely((agree[0] - agree[1])[(near != rows) & (class_mate != rows)], errors),
        _surely(np.sign(away[0] - away[1])[(class_mate != rows) & (kept_mate != rows)], errors),
    ]
    return max(told)


def _surely(differences: Numbers, errors: float) -> float:
    """Return the mean without standard ``errors``, of at least what one pair of ``n`` may be."""
    n = len(differences)
    return float(differences.mean() - errors * max(float(differences.std()) / n**0.5, 1 / n)) if n else -1.0


def _codes(column: pl.Series) -> Ints:
    return column.fill_null("\0").rank("dense").to_numpy().astype(np.int64)


def _values(column: pl.Series, *, numeric: bool) -> Numbers:
    """Return ranks of numbers or dates (equal ones have one, nulls the first), else codes."""
    import polars as pl

    if not numeric:
        return _codes(column).astype(np.float64)
    numbers = column.cast(pl.Float64, strict=False)
    ranks = (column if numbers.null_count() > column.null_count() else numbers).rank("dense").fill_null(0)
    return ranks.to_numpy().astype(np.float64)


def _next_of(values: Numbers) -> Ints:
    """Return for each row the row after it in the order of values; equal values stand in an order of chance."""
    order = np.lexsort((np.random.default_rng(SEED).random(len(values)), values))
    mates = np.empty(len(values), np.int64)
    mates[order] = np.roll(order, -1)
    return mates


def _others(groups: Ints, salt: int) -> Ints:
    """Return for each row another row of its group, by chance but the same each time; itself if it is alone."""
    order = np.lexsort((np.random.default_rng(SEED + salt).random(len(groups)), groups))
    ordered = groups[order]
    first = np.append(True, ordered[1:] != ordered[:-1]) if len(order) else np.zeros(0, bool)
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(order)) - 1
    after = np.arange(1, len(order) + 1)
    after[ends] = starts
    mates = np.empty(len(order), np.int64)
    mates[order] = order[after]
    return mates

"""Put rows in an order that hangs on their values alone: the one they came in may tell of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.untold import untold


@untold
def order_rows(table: pa.Table, first: Sequence[str] = ()) -> NDArray[np.int64]:
    """Return the rows of ``table`` (n,) in order: rows that are alike in the columns ``first`` stand together.

    The order is that of digests of 64 bits, of ``first`` and then of the whole row. Raises ``KeyError`` for a column
    that is not there.
    """
    keys = [_digests(table)]
    if first:
        keys.append(_digests(table.select(list(first))))
    order: NDArray[np.int64] = np.lexsort(keys)
    return order


def _digests(table: pa.Table) -> NDArray[np.uint64]:
    import polars as pl

    readable = pa.table({name: _readable(table[name]) for name in table.column_names})
    return cast(pl.DataFrame, pl.from_arrow(readable)).hash_rows().to_numpy()


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return decimals too long for the digest as texts."""
    return column.cast(pa.string()) if pa.types.is_decimal256(column.type) else column

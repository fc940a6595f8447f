"""One row of each person, by chance, but the same whatever order the rows are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

SEED = 20_261_129


def one_row_each(rows: pa.Table, names: Sequence[str], who: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the number of a row of each person, ascending; ``who`` (n,) numbers the person of each of ``rows`` (n,).

    The first row would do in a file whose rows are alike; what a person's first row does not say ("none" of all who
    sign up), a later one may. By a digest of ``names``, among which are the accounts, so that each different row of a
    person is as likely to be theirs as the next.
    """
    import polars as pl

    digests = chance_of(cast(pl.DataFrame, pl.from_arrow(rows.select(list(names)))))
    order = np.lexsort((digests, who))
    first = np.append(True, who[order][1:] != who[order][:-1]) if len(order) else np.zeros(0, bool)
    return np.sort(order[first]).astype(np.int64)


def chance_of(rows: pl.DataFrame) -> NDArray[np.uint64]:
    """Return a digest of each row (n,), alike for rows that are alike in all columns.

    Of the columns as one: what ``hash_rows`` makes of them one by one prefers some of a person's rows to others.
    """
    import polars as pl

    return rows.cast(pl.String).select(pl.struct(pl.all()).hash(SEED)).to_series().to_numpy()

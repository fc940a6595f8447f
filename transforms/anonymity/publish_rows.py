"""Make a table anonymous in memory: what is published of its rows, in an order that tells nothing of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.declaration import TableRelease
from transforms.anonymity.coded_table import SUPPRESSED, Codes
from transforms.anonymity.domains import Domain
from transforms.anonymity.encode_table import encode_table
from transforms.anonymity.reach_models import reach_models


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """``table``: the rows as published; ``rows`` (m,): which row of the source each of them is; ``loss``: their NCP.

    ``levels`` are those of a full-domain release, by column.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    loss: float
    levels: dict[str, int]


@untold
def publish_rows(
    table: pa.Table, release: TableRelease, domains: Sequence[Domain], population: pa.Table | None = None
) -> Published:
    """Return what is published of ``table`` under ``release``; raise ``Unreachable`` if its models cannot hold.

    ``population`` is what k-map and delta-presence count in; ``domains`` then describe both tables.
    Rows come by class, and in a class by a digest of what is published: their order in the source would tell of time.
    """
    whole = np.arange(table.num_rows)
    complete = _complete(table, release) if release.nulls == "suppress" else whole
    rows = table if complete is whole else table.take(pa.array(complete))
    encoded = encode_table(rows, release, domains, population)
    reached = reach_models(encoded, release)
    kept = np.flatnonzero(reached.classes != SUPPRESSED)
    others = rows.select([*release.sensitive, *release.keep]).take(pa.array(kept))
    columns = dict(zip(release.quasi_ids, reached.columns, strict=True))
    made = pa.table({**columns, **{name: others[name] for name in others.column_names}})
    order = _order(made, reached.classes[kept])
    return Published(made.take(pa.array(order)), complete[kept][order], reached.loss, reached.levels)


def _complete(table: pa.Table, release: TableRelease) -> NDArray[np.int64]:
    """Return the rows that have a value in every quasi-identifier."""
    known = np.ones(table.num_rows, bool)
    for name in release.quasi_ids:
        known &= pc.is_valid(table[name]).to_numpy()
    return np.flatnonzero(known)


def _order(made: pa.Table, classes: Codes) -> NDArray[np.int64]:
    import polars as pl

    digests = cast(pl.DataFrame, pl.from_arrow(made)).hash_rows().to_numpy()
    return np.lexsort((digests, classes))

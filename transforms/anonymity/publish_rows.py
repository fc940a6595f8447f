"""Make a table anonymous in memory: what is published of its rows, in an order that tells nothing of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.declaration import TableRelease
from transforms.anonymity.classes import make_classes
from transforms.anonymity.coded_table import SUPPRESSED, Codes
from transforms.anonymity.domains import Domain
from transforms.anonymity.encode_table import encode_table
from transforms.anonymity.recode_classes import recode_classes


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """``table``: the rows as published; ``rows`` (m,): which row of the source each of them is."""

    table: pa.Table
    rows: NDArray[np.int64]


@untold
def publish_rows(table: pa.Table, release: TableRelease, domains: Sequence[Domain]) -> Published:
    """Return what is published of ``table`` under ``release``; raise ``Unreachable`` if its models cannot hold.

    Rows come by class, and in a class by a digest of what is published: their order in the source would tell of time.
    """
    encoded = encode_table(table, release, domains)
    classes = make_classes(encoded.table, models=release.models, strict=release.strict)
    shown = recode_classes(encoded.table, classes, encoded.values)
    kept = table.select([*release.sensitive, *release.keep]).filter(pa.array(classes != SUPPRESSED))
    made = pa.table({**dict(zip(release.quasi_ids, shown, strict=True)), **dict(zip(kept.column_names, kept.columns))})
    order = _order(made, classes[classes != SUPPRESSED])
    return Published(made.take(pa.array(order)), np.flatnonzero(classes != SUPPRESSED)[order])


def _order(made: pa.Table, classes: Codes) -> NDArray[np.int64]:
    import polars as pl

    digests = pl.from_arrow(made).hash_rows().to_numpy()
    return np.lexsort((digests, classes))

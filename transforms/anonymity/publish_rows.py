"""Make a table anonymous in memory: what is published of its rows, in an order that tells nothing of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.declaration import TableRelease
from transforms.anonymity.coded_table import SUPPRESSED, Codes
from transforms.anonymity.domains import Domain, as_declared
from transforms.anonymity.encode_table import encode_table
from transforms.anonymity.join_population import unite_people
from transforms.anonymity.order_rows import order_rows
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

    ``population`` is what k-map and delta-presence count in; ``domains`` then describe both tables. Subjects are united
    by the links of all rows, also of those that are left out for their nulls: who is one does not depend on them.
    The order of the source would tell of time. So what is published, and in which order, is the same for every order
    of both tables' rows; rows of equal quasi-identifiers stand together.
    """
    came, table = _sorted(table.select(list(release.columns)))
    population = None if population is None else _sorted(population)[1]
    whole = np.arange(table.num_rows)
    complete = _complete(table, release) if release.nulls == "suppress" else whole
    rows = table if complete is whole else table.take(pa.array(complete))
    encoded = encode_table(rows, release, domains, population, _subjects(table, complete, release, population))
    reached = reach_models(encoded, release)
    kept = np.flatnonzero(reached.classes != SUPPRESSED)
    others = rows.select([*release.sensitive, *release.keep]).take(pa.array(kept))
    columns = dict(zip(release.quasi_ids, reached.columns, strict=True))
    made = pa.table({**columns, **{name: others[name] for name in others.column_names}})
    order = order_rows(made, tuple(release.quasi_ids))
    return Published(made.take(pa.array(order)), came[complete[kept][order]], reached.loss, reached.levels)


def _sorted(table: pa.Table) -> tuple[NDArray[np.int64], pa.Table]:
    """Return the rows of ``table`` in an order of their own, and the table of them: ties are decided by it."""
    order = order_rows(table)
    return order, table.take(pa.array(order))


def _complete(table: pa.Table, release: TableRelease) -> NDArray[np.int64]:
    """Return the rows that have a value in every quasi-identifier; a number that is none or infinite is no value."""
    known = np.ones(table.num_rows, bool)
    for name, one in release.quasi_ids.items():
        known &= pc.is_valid(as_declared(table, name, one)).to_numpy(zero_copy_only=False)
    return np.flatnonzero(known)


def _subjects(
    table: pa.Table, complete: NDArray[np.int64], release: TableRelease, population: pa.Table | None
) -> Codes | None:
    if release.subject is None:
        return None
    everybody = unite_people(table, population, release.subject, release.links)
    return np.concatenate([everybody[complete], everybody[table.num_rows :]])

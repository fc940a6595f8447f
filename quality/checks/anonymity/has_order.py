"""Whether a column's values have an order of their own: numbers and dates do, names do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.checks.anonymity.published_table import explained, quoted
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@untold
def has_order(db: DuckDBPyConnection, table: str, name: str) -> bool:
    """Return whether all values of a column that are not null are numbers, or all are dates or times (ISO 8601)."""
    number, moment = (f"count(TRY_CAST(said AS {kind}))" for kind in ("DOUBLE", "TIMESTAMP"))
    values = f"SELECT DISTINCT CAST({quoted(name)} AS VARCHAR) AS said FROM {quoted(table)}"
    with explained(table):
        found = db.execute(f"SELECT count(said) IN ({number}, {moment}) FROM ({values})").fetchall()
    return bool(found[0][0])

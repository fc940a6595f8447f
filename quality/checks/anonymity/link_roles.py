"""Who the rows of a table are about, and which columns make one person of several accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quality.checks.anonymity.published_table import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from quality.checks.anonymity.suggest_roles import ColumnRole

ALIKE, ALIKE_SHARE = 20, 0.05
"""The people, and the share of all, up to which one value of a link may make one person of them: more share a kind of
device, and no device.
"""
_NO_LINK = "one of its values is of {:,} of {:,} {}, whom it would make one person: no link"


def who_of(columns: Sequence[ColumnRole]) -> tuple[str | None, list[str]]:
    """Return who rows are about, the column that says it of most rows, and what makes one person of several."""
    direct = [one for one in columns if one.role == "direct_identifier"]
    links = [one for one in columns if one.role == "link"]
    if direct:
        return min(direct, key=lambda one: (one.nulls, not one.name.lower().endswith("id"))).name, [
            one.name for one in links
        ]
    subject = max(links, key=lambda one: one.distinct).name if links else None
    return subject, [one.name for one in links if one.name != subject]


def without_broad_links(db: DuckDBPyConnection, table: str, columns: Sequence[ColumnRole]) -> list[ColumnRole]:
    """Return the columns, with links as quasi-identifiers of which one value covers many people."""
    subject = who_of(columns)[0]
    return [_narrow(db, table, one, subject) if one.role == "link" else one for one in columns]


def _narrow(db: DuckDBPyConnection, table: str, one: ColumnRole, subject: str | None) -> ColumnRole:
    """Return a link as one, or as a quasi-identifier; of what says who rows are about itself, rows are counted."""
    by_rows = subject in (None, one.name)
    counted = "count(*)" if by_rows else f"count(DISTINCT {quoted(str(subject))})"
    name = quoted(one.name)
    each = f"SELECT {counted} AS n FROM {quoted(table)} WHERE {name} IS NOT NULL GROUP BY {name}"
    query = f"SELECT max(n), (SELECT {counted} FROM {quoted(table)}) FROM ({each})"
    alike, everybody = db.execute(query).fetchall()[0]
    if alike <= max(ALIKE, ALIKE_SHARE * everybody):
        return one
    why = _NO_LINK.format(alike, everybody, "rows" if by_rows else "subjects")
    return replace(one, role="quasi_identifier", why=why)

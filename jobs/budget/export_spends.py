"""The ledger as rows of a table: what was granted and what was spent, for auditors."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from jobs.budget.ledger import BudgetLedger

_TEXT = ("dataset", "unit", "consumer", "release", "partition", "input_version", "declaration")
SPENDS = pa.schema(
    [
        ("id", pa.int64()),
        ("digest", pa.string()),
        *((name, pa.string()) for name in _TEXT),
        *((name, pa.date32()) for name in ("first", "last")),
        *((name, pa.string()) for name in ("accounting", "loss", "delta")),
        ("spent_at", pa.timestamp("us", tz="UTC")),
        ("published", pa.bool_()),
    ]
)
"""Losses are texts of exact decimals: sums of floats could hide an overspending. ``published``: figures are kept."""


GRANTS = pa.schema(
    [
        ("id", pa.int64()),
        *((name, pa.string()) for name in ("dataset", "unit", "consumer", "accounting", "loss", "delta", "per")),
        ("granted_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""The last of a dataset, unit and consumer holds; no consumer stands for all of them together."""


def spends(ledger: BudgetLedger) -> pa.Table:
    """Return all that was ever spent, in order, as of one moment."""
    return _table(
        ledger,
        "SELECT s.*, f.digest IS NOT NULL FROM spends s LEFT JOIN figures f ON f.digest = s.digest ORDER BY s.id",
        SPENDS,
    )


def grants(ledger: BudgetLedger) -> pa.Table:
    """Return all that was ever granted, in order."""
    return _table(ledger, "SELECT * FROM grants ORDER BY id", GRANTS)


def _table(ledger: BudgetLedger, question: str, schema: pa.Schema) -> pa.Table:
    with ledger.alone() as db:
        rows = db.execute(question).fetchall()
    return pa.Table.from_pylist([_row(row, schema) for row in rows], schema)


def _row(row: tuple[object, ...], schema: pa.Schema) -> dict[str, object]:
    return {field.name: _as(field.type, value) for field, value in zip(schema, row, strict=True)}


def _as(kind: pa.DataType, value: object) -> object:
    if pa.types.is_date(kind):
        return date.fromisoformat(str(value))
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(str(value))
    return bool(value) if pa.types.is_boolean(kind) else value

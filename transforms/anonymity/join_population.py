"""The quasi-identifiers of a release and of the population it is of, in one table."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold


@untold
def join_population(table: pa.Table, population: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Return ``columns`` of the rows of ``table``, then of ``population``, in a type that holds both.

    Texts and numbers meet as texts, numbers of two kinds as floating-point ones. Raises ``UsageError`` for a column
    that cannot be of one type, without a value of it.
    """
    return pa.table({name: _both(name, table[name], population[name]) for name in columns})


def _both(name: str, own: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = _common(own.type, others.type)
    try:
        return pa.chunked_array([*own.cast(kind).chunks, *others.cast(kind).chunks], kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        mend = "Write the column alike in both tables."
        raise UsageError(f"Column {name!r} is of another type in the population.", mend=mend) from None


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other:
        return one
    if _is_number(one) and _is_number(other):
        return pa.float64()
    if pa.types.is_temporal(one) and pa.types.is_temporal(other):
        return one
    return pa.string()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))

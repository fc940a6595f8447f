"""The quasi-identifiers and the people of a release and of the population it is of, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from transforms.anonymity.coded_table import Codes
from transforms.anonymity.unite_subjects import unite_subjects


@untold
def join_population(table: pa.Table, population: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Return ``columns`` of the rows of ``table``, then of ``population``, in a type that holds both.

    Texts and numbers meet as texts, numbers of two kinds as floating-point ones. Raises ``UsageError`` for a column
    that cannot be of one type, without a value of it.
    """
    return pa.table({name: _both(name, table[name], population[name]) for name in columns})


@untold
def unite_people(table: pa.Table, population: pa.Table | None, subject: str, links: Sequence[str] = ()) -> Codes:
    """Return each row's subject (n,), first of ``table`` and then of ``population``: no number is of both.

    Accounts are united by the links of both tables together; the population may lack their columns.
    """
    if population is None:
        return unite_subjects(table, subject, links)
    for link in (name for name in links if name not in population.column_names):
        population = population.append_column(link, pa.nulls(population.num_rows, table[link].type))
    united = unite_subjects(join_population(table, population, [subject, *links]), subject, links)
    united[table.num_rows :] += united.max(initial=-1) + 1
    return united


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

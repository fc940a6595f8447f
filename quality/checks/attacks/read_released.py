"""A published table read as an attacker reads it: ``[17, 29]``, ``{a, b}``, ``*`` and nodes of a hierarchy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_values import SUPPRESSED, covers, interval_of, number_of
from quality.checks.attacks.released_columns import Column, Exact, Intervals, People, Released, Sets
from quality.contracts.errors import GeowardError
from quality.contracts.untold import untold

Domains = Mapping[str, Sequence[str | None]]
"""The categories of each column that is read as categories, in their order; the last is null."""


class UnreadableRelease(GeowardError):
    """A column has published values that can stand for none of its true ones."""

    def __init__(self, column: str, values: int) -> None:
        """Name the column and how many of its distinct values are meant."""
        super().__init__(
            f"Column {column}: {values} distinct published values are no interval, set or node of its true ones.",
            mend=f"Name the hierarchy of {column} or the order of its values, or publish it in one of these forms.",
        )


def domains_of(original: pa.Table, names: Collection[str], hierarchies: Mapping[str, Paths] | None = None) -> Domains:
    """Return the categories of the columns ``names`` that are no numbers, or have a hierarchy, in sorted order."""
    named = [name for name in names if name in (hierarchies or {}) or not _is_number(original[name].type)]
    found = {name: original[name].cast(pa.string()).unique().drop_null().to_pylist() for name in named}
    return {name: [*sorted(values), None] for name, values in found.items()}


@untold
def read_people(original: pa.Table, names: Collection[str], domains: Domains) -> People:
    """Return the true values of ``names``: numbers, and of columns in ``domains`` the categories' numbers.

    Values beyond a release's top or bottom code are to be coded so first: everybody knows that they are.
    """
    return {
        name: _category_numbers(original[name], domains[name]) if name in domains else _numbers(original[name])
        for name in names
    }


@untold
def read_released(
    table: pa.Table,
    names: Collection[str],
    domains: Domains,
    *,
    hierarchies: Mapping[str, Paths] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    exact: Collection[str] = (),
) -> Released:
    """Return the published columns ``names``; raise ``UnreadableRelease`` rather than skip a value.

    A range of categories is one in ``orders``, or else in the order of the domain. Null stands for no value. Columns in
    ``exact`` are published as they are: a value stands for itself, whatever it looks like.
    """
    found: dict[str, Column] = {}
    for name in names:
        if name in exact:
            found[name] = Exact(_category_numbers(table[name], domains[name]), np.arange(len(domains[name])))
        elif name in domains:
            order = (orders or {}).get(name) or [value for value in domains[name] if value is not None]
            found[name] = _sets(name, table[name], domains[name], (hierarchies or {}).get(name), order)
        else:
            found[name] = _intervals(name, table[name])
    return found


def _sets(
    name: str, column: pa.ChunkedArray, domain: Sequence[str | None], paths: Paths | None, order: Sequence[str]
) -> Sets:
    codes, texts = _distinct(column)
    rows = [covers(text, domain, paths=paths, order=order) for text in texts]
    if unread := sum(not row.any() for row in rows):
        raise UnreadableRelease(name, unread)
    return Sets(codes, np.array(rows, dtype=bool).reshape(len(texts), len(domain)))


def _intervals(name: str, column: pa.ChunkedArray) -> Intervals:
    if _is_number(column.type):
        values, codes = np.unique(_numbers(column), return_inverse=True)
        return Intervals(codes.astype(np.int64), values, values)
    codes, texts = _distinct(column)
    bounds = [_bounds(text) for text in texts]
    if unread := sum(bound is None for bound in bounds):
        raise UnreadableRelease(name, unread)
    low, high = np.array(bounds, dtype=float).reshape(len(texts), 2).T
    return Intervals(codes, low, high)


def _bounds(text: str | None) -> tuple[float, float] | None:
    """Return the ends, which belong to it, of what a published number stands for; None if it is none."""
    if text is None:
        return np.nan, np.nan
    if text == SUPPRESSED:
        return -np.inf, np.inf
    if (interval := interval_of(text)) is not None:
        low, high, closed = interval
        return low, high if closed else float(np.nextafter(high, -np.inf))
    return None if (number := number_of(text)) is None else (number, number)


def _distinct(column: pa.ChunkedArray) -> tuple[Any, list[str | None]]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _numbers(column: pa.ChunkedArray) -> Any:
    return column.cast(pa.float64(), safe=False).combine_chunks().fill_null(np.nan).to_numpy(zero_copy_only=False)


def _category_numbers(column: pa.ChunkedArray, domain: Sequence[str | None]) -> Any:
    found = pc.index_in(column.cast(pa.string()), pa.array(domain, pa.string())).combine_chunks()
    if found.null_count:
        raise GeowardError(f"{found.null_count} values are not in the column's domain.", mend="Take it from all rows.")
    return found.to_numpy(zero_copy_only=False).astype(np.int64)

"""Encode an Arrow table for the kernels: values become small numbers in their order, subjects are numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.contracts.untold import untold
from quality.releases.declaration import TableRelease
from transforms.anonymity.coded_table import CodedTable, Codes, QuasiId, Sensitive
from transforms.anonymity.dates import told_as_moments
from transforms.anonymity.domains import ColumnUnfit, Domain, as_declared, hierarchy_for
from transforms.anonymity.join_population import join_population, unite_people


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The coded table, and for each quasi-identifier the values behind its codes (``null`` has none)."""

    table: CodedTable
    values: tuple[pa.Array, ...]


@untold
def encode_table(
    table: pa.Table,
    release: TableRelease,
    domains: Sequence[Domain],
    population: pa.Table | None = None,
    subjects: Codes | None = None,
) -> Encoded:
    """Encode ``table``, a part of what ``domains`` describe; raise ``ColumnUnfit`` for a value they do not know.

    Subjects that share a value of a link column are one; ``subjects`` number those of all rows, if others link them
    too. Neither table may have a row without a subject. The rows of ``population`` come after those of ``table``.
    """
    named = {domain.name: domain for domain in domains}
    rows = table if population is None else join_population(table, population, release.quasi_ids)
    coded = [_quasi_id(rows, named[name]) for name in release.quasi_ids]
    others = rows.num_rows - table.num_rows
    sensitive = tuple(_sensitive(table, named[name], release, others) for name in release.sensitive)
    if subjects is None and release.subject is not None:
        subjects = unite_people(table, population, release.subject, release.links)
    made = CodedTable(rows.num_rows, tuple(one for one, _ in coded), sensitive, subjects, others)
    return Encoded(made, tuple(values for _, values in coded))


def _quasi_id(table: pa.Table, domain: Domain) -> tuple[QuasiId, pa.Array]:
    kind = domain.declared.kind
    column = as_declared(table, domain.name, domain.declared)
    values = _distinct(column) if kind == "numeric" else domain.texts
    codes, null = _codes(column, values, domain)
    positions = values.to_numpy(zero_copy_only=False) if kind == "numeric" else np.arange(len(values), dtype=float)
    hierarchy = domain.hierarchy
    shown = _shown(table[domain.name], values) if kind == "numeric" else values
    if kind == "numeric":
        hierarchy = hierarchy_for(domain, domain.stated, shown.to_pylist())
    made = QuasiId(
        domain.name, kind, codes, positions, null, domain.declared.weight, hierarchy, max(0.0, domain.high - domain.low)
    )
    return made, shown


def _sensitive(table: pa.Table, domain: Domain, release: TableRelease, others: int) -> Sensitive:
    codes, null = _codes(as_declared(table, domain.name, domain.declared), domain.texts, domain)
    models = tuple(one for one in release.models if getattr(one, "column", None) == domain.name)
    codes = np.append(codes, np.zeros(others, np.int32))
    return Sensitive(domain.name, codes, max(null, len(domain.texts) - 1) + 1, models, domain.hierarchy, domain.spread)


def _codes(column: pa.Array, values: pa.Array, domain: Domain) -> tuple[Codes, int]:
    """Return each value's place among ``values``, and the code of no value: the one after them, or -1 if all have."""
    numeric = domain.declared.kind == "numeric"
    found = _rank(column, values) if numeric else pc.index_in(column, value_set=values)
    if unknown := found.null_count - column.null_count:
        raise ColumnUnfit(domain.name, f"has {unknown} values that were not there before.", "Build the release again.")
    null = len(values) if domain.nulls else -1
    return found.fill_null(null).to_numpy(zero_copy_only=False).astype(np.int32, copy=False), null


def _shown(column: pa.ChunkedArray, numbers: pa.Array) -> pa.Array:
    """Return numbers as values of the column's own kind: whole numbers, dates and times are published as such."""
    if not _is_number(column) and (moments := told_as_moments(numbers, column)) is not None:
        return moments
    whole = pc.all(pc.equal(pc.floor(numbers), numbers)).as_py() is not False
    return numbers.cast(pa.int64(), safe=False) if whole else numbers


def _is_number(column: pa.ChunkedArray) -> bool:
    """Return whether a column's values, which may be texts, are numbers."""
    try:
        return not pa.types.is_temporal(column.type) and column.cast(pa.float64(), safe=False) is not None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False


def _distinct(column: pa.Array) -> pa.Array:
    return pa.array(np.unique(column.drop_null().to_numpy(zero_copy_only=False)))


def _rank(column: pa.Array, values: pa.Array) -> pa.Array:
    """Return each number's place among the sorted distinct ``values``; null for null."""
    encoded = column.dictionary_encode()
    places = np.searchsorted(values.to_numpy(zero_copy_only=False), encoded.dictionary.to_numpy(zero_copy_only=False))
    return pa.array(places.astype(np.int32)).take(encoded.indices)

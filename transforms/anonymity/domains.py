"""What is known of a quasi-identifier over the whole table, before any part of it is encoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.contracts.errors import GeowardError
from quality.contracts.untold import untold
from quality.releases.attributes import HierarchyBuild, Order, QuasiIdentifier
from transforms.anonymity.build_hierarchy import build_hierarchy
from transforms.anonymity.coded_table import Hierarchy, Spread
from transforms.anonymity.dates import moments_of
from transforms.anonymity.join_population import join_population
from transforms.anonymity.parse_hierarchy import parse_hierarchy
from transforms.anonymity.recode_limits import recode_limits

NO_TEXTS = pa.array([], pa.string())


class ColumnUnfit(GeowardError):
    """A column cannot be read as the release declares it; values are never told."""

    exit_code = 2

    def __init__(self, column: str, fault: str, mend: str) -> None:
        """Name the column and what is at fault, with counts only."""
        super().__init__(f"Column {column!r} {fault}", mend=mend)


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A column's values: ``texts`` in their order, or the range [``low``, ``high``] of a numeric one.

    ``low`` > ``high`` says that there is no number at all. ``hierarchy`` covers ``texts`` if there is one; that of a
    numeric column is made of the numbers of each part, from ``stated``. ``spread`` is that of a sensitive column over
    the whole table, where only parts of it are encoded.
    """

    name: str
    declared: QuasiIdentifier
    texts: pa.StringArray = field(default_factory=lambda: NO_TEXTS)
    low: float = float("inf")
    high: float = float("-inf")
    nulls: bool = False
    hierarchy: Hierarchy | None = None
    stated: str | HierarchyBuild | None = None
    spread: Spread | None = None


@untold
def survey_columns(table: pa.Table, declared: dict[str, QuasiIdentifier]) -> tuple[Domain, ...]:
    """Return what a part of the table says of each declared column; raise ``ColumnUnfit`` for one that is no number."""
    return tuple(_survey(name, one, as_declared(table, name, one)) for name, one in declared.items())


@untold
def unite_domains(parts: Iterable[Sequence[Domain]]) -> tuple[Domain, ...]:
    """Return the domains of a table from those of its parts; texts in the declared order, else their natural one."""
    return tuple(_ordered(_united(column)) for column in zip(*parts, strict=True))


def survey_table(
    table: pa.Table,
    declared: dict[str, QuasiIdentifier],
    texts: Mapping[str, str],
    population: pa.Table | None = None,
) -> tuple[Domain, ...]:
    """Return the domains of a whole table, and of the columns of it that a ``population`` has; raises as its steps."""
    surveyed = survey_columns(table, declared)
    if population is None:
        return with_hierarchies(unite_domains([surveyed]), texts)
    shared = {name: one for name, one in declared.items() if name in population.column_names}
    both = survey_columns(join_population(table, population, shared), shared)
    named = {domain.name: domain for domain in both}
    return with_hierarchies(unite_domains([[named.get(one.name, one) for one in surveyed]]), texts)


@untold
def with_hierarchies(domains: Iterable[Domain], texts: Mapping[str, str]) -> tuple[Domain, ...]:
    """Add the columns' hierarchies; ``texts`` are those in files, by column. Raises what ``hierarchy_for`` does."""
    made = []
    for domain in domains:
        stated = texts.get(domain.name, domain.declared.hierarchy)
        covers = None if domain.declared.kind == "numeric" else domain.texts.to_pylist()
        found = None if covers is None else hierarchy_for(domain, stated, covers)
        made.append(replace(domain, hierarchy=found, stated=stated))
    return tuple(made)


def hierarchy_for(domain: Domain, stated: str | HierarchyBuild | None, values: Sequence[object]) -> Hierarchy | None:
    """Return the hierarchy of ``values`` as a file's text or a declaration states it; None if it states none.

    Raises ``ConfigError`` for a text that is no hierarchy, and for values that it lacks.
    """
    if stated is None:
        return None
    if isinstance(stated, str):
        return parse_hierarchy(stated, [str(value) for value in values], column=domain.name, null=domain.nulls)
    return build_hierarchy(stated, values, column=domain.name, null=domain.nulls)


def as_declared(table: pa.Table, name: str, declared: QuasiIdentifier) -> pa.Array:
    """Return a column as one array: numbers coded at bottom and top, NaN as null; anything else as texts."""
    column = table[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    if declared.kind != "numeric":
        return column if pa.types.is_string(column.type) else column.cast(pa.string())
    numbers = _numbers(name, column)
    if declared.bottom is None and declared.top is None:
        return numbers
    coded = recode_limits(numbers.fill_null(np.nan).to_numpy(), bottom=declared.bottom, top=declared.top)
    return pa.array(coded, from_pandas=True)


def _numbers(name: str, column: pa.Array) -> pa.Array:
    try:
        numbers = None if pa.types.is_temporal(column.type) else column.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        numbers = None
    if numbers is None:
        if (moments := moments_of(column)) is not None:
            return moments.cast(pa.int64()).cast(pa.float64(), safe=False)
        mend = "Declare it categorical, ordered or hierarchical, or mend the values."
        raise ColumnUnfit(name, "is declared numeric but holds what is no number and no date.", mend) from None
    finite = pc.is_finite(numbers)
    return pc.if_else(finite, numbers, pa.scalar(None, pa.float64()))


def _survey(name: str, declared: QuasiIdentifier, column: pa.Array) -> Domain:
    nulls = column.null_count > 0
    if declared.kind != "numeric":
        return Domain(name, declared, pc.unique(column).drop_null(), nulls=nulls)
    extremes = pc.min_max(column)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    if low is None:
        return Domain(name, declared, nulls=nulls)
    return Domain(name, declared, low=low, high=high, nulls=nulls)


def _united(parts: Sequence[Domain]) -> Domain:
    texts = pc.unique(pa.concat_arrays([part.texts for part in parts]))
    return replace(
        parts[0], texts=texts, low=min(part.low for part in parts), high=max(part.high for part in parts),
        nulls=any(part.nulls for part in parts),
    )  # fmt: skip


def _ordered(domain: Domain) -> Domain:
    order = domain.declared.hierarchy
    if not isinstance(order, Order) or not order.values:
        return replace(domain, texts=domain.texts.take(pa.array(_natural(domain.texts))))
    stated = pa.array(order.values, pa.string())
    if unknown := pc.sum(pc.invert(pc.is_in(domain.texts, value_set=stated))).as_py():
        mend = "Name every value in `values`, in its order."
        raise ColumnUnfit(domain.name, f"has {unknown} distinct values that its stated order lacks.", mend)
    return replace(domain, texts=stated)


def _natural(texts: pa.StringArray) -> NDArray[np.int64]:
    """Return the order of texts: by number if all are numbers (``1`` before ``1.0``), else by their characters."""
    keys = {"text": texts}
    with suppress(pa.ArrowInvalid):
        keys = {"number": texts.cast(pa.float64()), **keys}
    order = pc.sort_indices(pa.table(keys), [(key, "ascending") for key in keys])
    found: NDArray[np.int64] = order.to_numpy().astype(np.int64)
    return found

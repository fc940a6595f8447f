"""How many of a population each class of a release may be: published values are matched with the population's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.classes import Classes, Ints
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_table import quoted, require
from quality.checks.anonymity.published_values import covers
from quality.contracts.errors import UsageError

Bits = NDArray[np.uint8]

MOST_WORK, BLOCK = 20_000_000_000, 16_000_000
"""Pairs of a class and a group of the population that are compared at most; bytes of bits at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """``sizes`` (C,) subjects of the population that match each class; ``unmatched`` of it match none."""

    sizes: Ints
    unmatched: int


def count_population(
    classes: Classes,
    population: str,
    subject: str | None,
    hierarchies: Mapping[str, Paths],
    orders: Mapping[str, Sequence[str]],
) -> Reached:
    """Return the subjects of table ``population`` that match each class, where every column's value covers theirs.

    A published ``[a, b]`` covers the numbers from a to b, or the values from a to b of the column's order in
    ``orders``; ``{a, b}`` covers each of them, ``*`` all, a hierarchy's node its leaves, and any value itself. Distinct
    values of ``subject`` are counted, or rows. Raises UsageError for missing columns, and where classes times groups
    of the population are too many to be compared.
    """
    names = classes.roles.quasi_ids
    require(classes.db, population, (*names, *([subject] if subject else [])))
    counted = "count(*)" if subject is None else f"count(DISTINCT {quoted(subject)})"
    keys = [f"CAST({quoted(name)} AS VARCHAR) AS q{at}" for at, name in enumerate(names)]
    classes.db.execute(
        f"CREATE OR REPLACE TEMP TABLE population_groups AS SELECT {', '.join(keys)}, {counted} AS n "
        f"FROM {quoted(population)} GROUP BY ALL"
    )
    groups = _read(classes, "population_groups", len(names), "n")
    shown = _read(classes, "classes", len(names), "class")
    weights = np.asarray(groups[-1], np.int64)
    if len(weights) * len(classes.sizes) > MOST_WORK:
        raise UsageError(
            f"{len(classes.sizes)} classes and {len(weights)} groups of the population are too many to compare.",
            mend="Give a population whose quasi-identifiers are coarser.",
        )
    wild = classes.roles.nulls == "wildcard"
    bits = [
        _bits(shown[at], groups[at], partial(covers, paths=hierarchies.get(n), order=orders.get(n), null_is_any=wild))
        for at, n in enumerate(names)
    ]
    return _count(bits, weights, len(classes.sizes))


def _read(classes: Classes, table: str, width: int, last: str) -> list[NDArray[np.generic]]:
    shown = ", ".join(f"CAST(q{at} AS VARCHAR) AS q{at}" for at in range(width))
    order = "ORDER BY class" if last == "class" else ""
    found = classes.db.sql(f"SELECT {shown}, {last} FROM {table} {order}").to_arrow_table()
    return [np.asarray(column.to_numpy(zero_copy_only=False)) for column in found.columns]


def _bits(
    published: NDArray[np.generic], population: NDArray[np.generic], covered: Callable[..., NDArray[np.bool_]]
) -> tuple[Bits, Ints]:
    """Return packed rows (values, groups / 8) of which groups a published value covers, and each class's row."""
    shown, of = _numbered(published)
    values, group_of = _numbered(population)
    packed = [np.packbits(covered(value, values)[group_of]) for value in shown]
    return np.stack(packed), of


def _numbered(column: NDArray[np.generic]) -> tuple[Sequence[str | None], Ints]:
    number: dict[str | None, int] = {}
    codes = np.array([number.setdefault(value, len(number)) for value in column.tolist()], np.int64)
    return list(number), codes


def _count(bits: list[tuple[Bits, Ints]], weights: Ints, classes: int) -> Reached:
    """Return the weights of the groups that each class covers in every column, block by block.

    A weighted sum of set bits is the sum of counts of bits by binary digit of the weights.
    """
    sizes = np.zeros(classes, np.int64)
    seen = np.zeros(bits[0][0].shape[1], np.uint8)
    digits = [np.packbits(weights >> place & 1) for place in range(int(weights.max(initial=0)).bit_length())]
    step = max(1, BLOCK // max(1, len(seen)))
    for start in range(0, classes, step):
        part = slice(start, min(start + step, classes))
        both = bits[0][0][bits[0][1][part]]
        for packed, of in bits[1:]:
            both &= packed[of[part]]
        seen |= np.bitwise_or.reduce(both, axis=0)
        for place, digit in enumerate(digits):
            sizes[part] += np.bitwise_count(both & digit).sum(axis=1, dtype=np.int64) << place
    unmatched = weights[np.unpackbits(seen, count=len(weights)) == 0].sum()
    return Reached(sizes, int(unmatched))

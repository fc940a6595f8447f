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
    """``sizes`` (C,) subjects of the population match each class, ``unmatched`` none, ``repeated`` several."""

    sizes: Ints
    unmatched: int
    repeated: int


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Subjects of several groups: ``counts`` (s,) of each set of groups, which begins in ``groups`` at ``starts``."""

    groups: Ints
    starts: Ints
    counts: Ints


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
    values of ``subject`` are counted, once for a class whatever rows they have, or rows. Raises UsageError for missing
    columns, and where classes times groups of the population are too many to be compared.
    """
    names = classes.roles.quasi_ids
    require(classes.db, population, (*names, *([subject] if subject else [])))
    several = _group(classes, population, subject)
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
    return _count(bits, weights, several, len(classes.sizes))


def _group(classes: Classes, population: str, subject: str | None) -> Several:
    """Make table ``population_groups`` (q0, q1, ..., place, n) of subjects of one group; return those of several."""
    keys = [f"CAST({quoted(name)} AS VARCHAR) AS q{at}" for at, name in enumerate(classes.roles.quasi_ids)]
    shown = ", ".join(f"q{at}" for at in range(len(keys)))
    numbered = f"SELECT {shown}, {{}}, row_number() OVER () - 1 AS place FROM ({{}}) GROUP BY {shown}"
    rows = f"SELECT {', '.join(keys)}, {quoted(subject) if subject else 0} AS who FROM {quoted(population)}"
    made = "CREATE OR REPLACE TEMP TABLE population_groups AS " + numbered.format("count(*) AS n", rows)
    classes.db.execute(made)
    if subject is None:
        return Several(*np.zeros((3, 0), np.int64))
    same = " AND ".join(f"r.q{at} IS NOT DISTINCT FROM g.q{at}" for at in range(len(keys)))
    classes.db.execute(
        "CREATE OR REPLACE TEMP TABLE population_sets AS SELECT who, list(DISTINCT place ORDER BY place) AS places "
        f"FROM ({rows}) r JOIN population_groups g ON {same} WHERE who IS NOT NULL GROUP BY who"
    )
    classes.db.execute(
        "UPDATE population_groups SET n = coalesce((SELECT count(*) FROM population_sets "
        "WHERE len(places) = 1 AND places[1] = place), 0)"
    )
    found = "SELECT places, count(*) FROM population_sets WHERE len(places) > 1 GROUP BY ALL"
    told = classes.db.execute(found).fetchall()
    sizes = np.array([len(places) for places, _ in told], np.int64)
    members = np.array([place for places, _ in told for place in places], np.int64)
    return Several(members, np.cumsum(sizes) - sizes, np.array([count for _, count in told], np.int64))


def _read(classes: Classes, table: str, width: int, last: str) -> list[NDArray[np.generic]]:
    shown = ", ".join(f"CAST(q{at} AS VARCHAR) AS q{at}" for at in range(width))
    order = "class" if last == "class" else "place"
    found = classes.db.sql(f"SELECT {shown}, {last} FROM {table} ORDER BY {order}").to_arrow_table()
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


def _count(bits: list[tuple[Bits, Ints]], weights: Ints, several: Several, classes: int) -> Reached:
    """Return the weights of the groups that each class covers in every column, block by block.

    A weighted sum of set bits is the sum of counts of bits by binary digit of the weights.
    """
    sizes = np.zeros(classes, np.int64)
    seen, twice = np.zeros((2, bits[0][0].shape[1]), np.uint8)
    times = np.zeros(several.counts.size, np.int64)
    digits = [np.packbits(weights >> place & 1) for place in range(int(weights.max(initial=0)).bit_length())]
    step = max(1, BLOCK // max(1, len(seen) * (8 if times.size else 1)))
    for start in range(0, classes, step):
        part = slice(start, min(start + step, classes))
        both = bits[0][0][bits[0][1][part]]
        for packed, of in bits[1:]:
            both &= packed[of[part]]
        for one in both:
            twice |= seen & one
            seen |= one
        for place, digit in enumerate(digits):
            sizes[part] += np.bitwise_count(both & digit).sum(axis=1, dtype=np.int64) << place
        if times.size:
            inside = np.unpackbits(both, axis=1, count=len(weights))[:, several.groups]
            held = np.logical_or.reduceat(inside, several.starts, axis=1)
            sizes[part] += held @ several.counts
            times += held.sum(axis=0)
    unmatched = weights[np.unpackbits(seen, count=len(weights)) == 0].sum() + several.counts[times == 0].sum()
    repeated = weights[np.unpackbits(twice, count=len(weights)) == 1].sum() + several.counts[times > 1].sum()
    return Reached(sizes, int(unmatched), int(repeated))

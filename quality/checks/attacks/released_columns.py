"""A published table as an attacker reads it: each value is an interval or a set that holds the true one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Row i holds a number in [``low``, ``high``][``codes[i]``]; (nan, nan) is no number, (-inf, inf) may be any."""

    codes: Codes
    low: Numbers
    high: Numbers

    def distances(self, values: Numbers) -> Numbers:
        """Return (values, distinct intervals): 0 inside, else how far outside as a share of the column's range."""
        bounds = np.concatenate([self.low, self.high])
        finite = bounds[np.isfinite(bounds)]
        span = (finite.max() - finite.min()) if len(finite) else 0.0
        return _outside(values[:, None], self.low, self.high, float(span) or 1.0)

    def fits(self, code: int, values: Numbers) -> NDArray[np.bool_]:
        """Return which values the distinct interval ``code`` holds."""
        found: NDArray[np.bool_] = _outside(values, self.low[code], self.high[code], 1.0) == 0
        return found


def _outside(values: Numbers, low: Any, high: Any, span: float) -> Numbers:
    outside: Numbers = np.maximum(low - values, values - high)
    np.maximum(outside, 0, out=outside)
    outside /= span
    np.minimum(outside, 1.0, out=outside)
    if not (np.isnan(values).any() or np.isnan(low).any()):
        return outside
    nothing = np.isnan(values) & (np.isnan(low) | (np.isneginf(low) & np.isposinf(high)))
    found: Numbers = np.where(nothing, 0.0, np.where(np.isnan(outside), 1.0, outside))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Row i holds one of the categories c with ``members[codes[i], c]``."""

    codes: Codes
    members: NDArray[np.bool_]

    def distances(self, values: Codes) -> Numbers:
        """Return (values, distinct sets): 0 for a member, else 1."""
        return np.where(self.members[:, values].T, 0.0, 1.0)

    def fits(self, code: int, values: Codes) -> NDArray[np.bool_]:
        """Return which values are members of the distinct set ``code``."""
        found: NDArray[np.bool_] = self.members[code, values]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """Row i holds the category ``values[codes[i]]``: as a column that is published as it is, of however many."""

    codes: Codes
    values: Codes

    def distances(self, values: Codes) -> Numbers:
        """Return (values, distinct categories): 0 for the same one, else 1."""
        return np.where(values[:, None] == self.values, 0.0, 1.0)

    def fits(self, code: int, values: Codes) -> NDArray[np.bool_]:
        """Return which values are the distinct category ``code``."""
        found: NDArray[np.bool_] = values == self.values[code]
        return found


Column = Intervals | Sets | Exact
Released = Mapping[str, Column]
"""The published rows, column by column."""

People = Mapping[str, NDArray[Any]]
"""True values of persons: numbers (nan is none) of ``Intervals``, categories' numbers of ``Sets``; a row a person."""


def published_exactly(people: People, categories: Mapping[str, int]) -> Released:
    """Return the table of true values: the raw rows, published. ``categories`` counts those of each set column."""
    return {name: _exact(values, categories.get(name)) for name, values in people.items()}


def _exact(values: NDArray[Any], categories: int | None) -> Column:
    if categories is not None:
        return Exact(values.astype(np.int64), np.arange(categories))
    distinct, codes = np.unique(values.astype(np.float64), return_inverse=True)
    return Intervals(codes.astype(np.int64), distinct, distinct)


def size_of(table: Released | People) -> int:
    """Return the number of rows."""
    first = next(iter(table.values()))
    return len(first.codes) if isinstance(first, (Intervals, Sets, Exact)) else len(first)


def some(people: People, rows: Codes) -> People:
    """Return those rows."""
    return {name: values[rows] for name, values in people.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Rows of equal published values in ``names``: row i is of class ``of[i]``; class c has ``values[c]`` in each."""

    names: tuple[str, ...]
    of: Codes
    values: Codes


def classes_of(released: Released, names: tuple[str, ...]) -> Classes:
    """Return the classes of the rows by the columns ``names``."""
    codes = np.stack([released[name].codes for name in names], axis=1)
    values, of = np.unique(codes, axis=0, return_inverse=True)
    return Classes(names, of.reshape(-1).astype(np.int64), values.astype(np.int64))


def class_distances(released: Released, classes: Classes, people: People) -> Numbers:
    """Return (people, classes): the mean distance over the columns (Gower, Biometrics 27, 1971), 0 if all fit."""
    total = np.zeros((size_of(people), len(classes.values)))
    for position, name in enumerate(classes.names):
        distinct, of = np.unique(people[name], return_inverse=True)
        table = np.ascontiguousarray(released[name].distances(distinct))
        _add_distances(total, table, of.astype(np.int64), np.ascontiguousarray(classes.values[:, position]))
    return total / len(classes.names)


@compiled
def _add_distances(total: Numbers, table: Numbers, people: Codes, classes: Codes) -> None:  # pragma: no cover
    for i in range(len(people)):
        row = table[people[i]]
        for j in range(len(classes)):
            total[i, j] += row[classes[j]]

"""What every class must hold, as flat arrays, and the one place that decides whether a set of rows holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.errors import GeowardError, UsageError
from quality.contracts.untold import untold
from quality.releases.privacy_models import DeltaPresence, KAnonymity, KMap, LDiversity, PrivacyModel, TCloseness
from transforms.anonymity.coded_table import CodedTable, Codes, Sensitive, Spread
from transforms.anonymity.partition_population import crowd_holds, crowd_of
from transforms.anonymity.partition_rules import RULES, rule_holds
from transforms.anonymity.partition_space import nodes_of, rows_by_class

_OF_VALUES = "Ask for less, such as a smaller l: more rows of the same values do not help."
_MENDS = {
    "k_anonymity": "Add subjects, or ask for a smaller k.",
    "k_map": "Ask for a smaller k, or name a larger population.",
    "l_diversity": _OF_VALUES,
    "t_closeness": _OF_VALUES,
    "delta_presence": "Publish a sample of the population, or ask for wider limits (`minimum`, `maximum`).",
}


class Unreachable(GeowardError):
    """Not even one class of all rows holds a model, so no recoding can."""

    def __init__(self, model: PrivacyModel, *, more: str = "") -> None:
        """Name the model and its parameters, and what to ask of it instead; ``more`` is a mend beside it."""
        self.unmet = model
        told = ", ".join(f"{name} {value}" for name, value in model.model_dump(exclude_none=True).items())
        super().__init__(
            f"The table as a whole does not hold {told}, so no classes of its rows can.",
            mend=_MENDS[model.model] + more,
        )


class Bounds(NamedTuple):
    """``k`` and the ``rules`` (r, 4): rule, sensitive column, limit, c.

    Rows from ``own`` on are of a population, whose limits are ``crowd``: the k of k-map, and the least and the greatest
    share of delta-presence; it is empty without a population. A class has at least ``least`` rows of any kind.
    ``subjects`` (n,) is empty where each row is a subject. ``values`` (s, n) are the sensitive codes and ``pairs``
    (s, n) number the distinct (subject, value). ``shares`` hold the table's share of each value, ``held`` the share of
    its subjects that hold it, ``parents`` and
    ``levels`` the sensitive columns' trees.
    """

    k: int
    least: int
    own: int
    crowd: NDArray[np.float64]
    subjects: Codes
    values: Codes
    pairs: Codes
    rules: NDArray[np.float64]
    sizes: Codes
    starts: Codes
    shares: NDArray[np.float64]
    held: NDArray[np.float64]
    heights: Codes
    trees: Codes
    nodes: Codes


class Tally(NamedTuple):
    """Room to count in: when a subject or pair was last ``seen``, and the ``counts`` of a column's values."""

    clock: NDArray[np.int64]
    subjects: NDArray[np.int64]
    pairs: NDArray[np.int64]
    counts: NDArray[np.float64]


@untold
def bounds_of(table: CodedTable, models: Sequence[PrivacyModel]) -> Bounds:
    """Return what ``models`` ask of every class of ``table``; raise Unreachable if the whole table does not hold it."""
    for model in models:
        alone = _bounds(table, [model])
        if table.rows and not holds(alone, tally_of(alone), np.arange(table.rows, dtype=np.int32), 0, table.rows):
            raise Unreachable(model)
    return _bounds(table, models)


def tally_of(bounds: Bounds) -> Tally:
    """Return room to count the rows of a class in."""
    return Tally(
        np.zeros(1, np.int64),
        np.zeros(int(bounds.subjects.max(initial=-1)) + 1, np.int64),
        np.zeros(int(bounds.pairs.max(initial=-1)) + 1, np.int64),
        np.zeros(int(bounds.sizes.max(initial=1))),
    )


def _bounds(table: CodedTable, models: Sequence[PrivacyModel]) -> Bounds:
    names = [one.name for one in table.sensitive]
    rules, used, k = [], [], 1
    for model in models:
        if isinstance(model, KAnonymity):
            k = max(k, model.k)
            continue
        if isinstance(model, KMap | DeltaPresence):
            continue
        if model.column not in names:
            raise UsageError(f"{model.model} is asked of {model.column}, which is no sensitive column.")
        if model.column not in used:
            used.append(model.column)
        rules.append(_rule(model, used.index(model.column)))
    columns = [table.sensitive[names.index(name)] for name in used]
    return _flat(table, k, crowd_of(table, models), rules, columns)


def _rule(model: LDiversity | TCloseness, column: int) -> tuple[float, float, float, float]:
    if isinstance(model, TCloseness):
        return RULES[model.distance], column, model.t, 0.0
    return RULES[model.variant], column, model.l, model.c or 0.0


def _flat(
    table: CodedTable,
    k: int,
    crowd: NDArray[np.float64],
    rules: list[tuple[float, float, float, float]],
    columns: list[Sensitive],
) -> Bounds:
    subjects = np.empty(0, np.int32) if table.subjects is None else table.subjects.astype(np.int32)
    values = np.empty((len(columns), table.rows), np.int32)
    pairs = np.empty((len(columns), table.rows if subjects.size else 0), np.int32)
    shares, held = [], []
    everybody = np.unique(subjects[: table.own]).size if subjects.size else table.own
    for at, one in enumerate(columns):
        values[at] = one.codes
        counted = one.codes[: table.own]
        if subjects.size:
            keys = subjects.astype(np.int64) * one.size + one.codes
            distinct, pairs[at] = np.unique(keys, return_inverse=True)
            own = np.isin(distinct // one.size, subjects[: table.own]) if table.population else slice(None)
            counted = (distinct % one.size).astype(np.int32)[own]
        here = np.bincount(counted, minlength=one.size)
        spread = one.spread or Spread(here / max(counted.size, 1), here / max(everybody, 1))
        shares.append(spread.shares)
        held.append(spread.held)
    trees = [np.empty((0, 0), np.int32) if c.hierarchy is None else nodes_of(c.hierarchy, c.size) for c in columns]
    return Bounds(
        k,
        max(int(crowd[0]), 1) if crowd.size else k,
        table.own,
        crowd,
        subjects,
        values,
        pairs,
        np.array(rules, np.float64).reshape(-1, 4),
        np.array([one.size for one in columns], np.int32),
        _starts([one.size for one in columns]),
        np.concatenate([np.empty(0), *shares]),
        np.concatenate([np.empty(0), *held]),
        np.array([len(each) for each in trees], np.int32),
        _starts([each.size for each in trees]),
        np.concatenate([np.empty(0, np.int32), *(each.ravel() for each in trees)]).astype(np.int32),
    )


def _starts(sizes: list[int]) -> Codes:
    return np.cumsum([0, *sizes])[: len(sizes)].astype(np.int32)


@compiled
def holds(bounds: Bounds, tally: Tally, rows: Codes, start: int, end: int) -> bool:
    """Tell whether the class of ``rows[start:end]`` holds every model; subjects count once, and once for each value."""
    if end - start < bounds.least:
        return False
    found = subjects_in(bounds, tally, rows, start, end)
    if bounds.crowd.size:
        others = _subjects_of(bounds, tally, rows, start, end, True)
        if not crowd_holds(bounds.crowd, found, others):
            return False
        if found == 0:  # nothing is published of the class
            return True
    if found < bounds.k:
        return False
    done = -1
    for at in range(bounds.rules.shape[0]):
        rule, column = int(bounds.rules[at, 0]), int(bounds.rules[at, 1])
        if column != done:
            _count_values(bounds, tally, rows, start, end, column)
            done = column
        size, begin, tree = bounds.sizes[column], bounds.starts[column], bounds.trees[column]
        shares, held = bounds.shares[begin : begin + size], bounds.held[begin : begin + size]
        nodes = bounds.nodes[tree : tree + bounds.heights[column] * size].reshape(-1, size)
        limit, c = bounds.rules[at, 2], bounds.rules[at, 3]
        if not rule_holds(rule, limit, c, tally.counts[:size], found, shares, held, nodes):
            return False
    return True


@compiled
def subjects_in(bounds: Bounds, tally: Tally, rows: Codes, start: int, end: int) -> int:
    """Return the number of distinct subjects of the release among ``rows[start:end]``."""
    if bounds.subjects.size == 0 and bounds.crowd.size == 0:
        return end - start
    return _subjects_of(bounds, tally, rows, start, end, False)


@compiled
def _subjects_of(bounds: Bounds, tally: Tally, rows: Codes, start: int, end: int, others: bool) -> int:
    tally.clock[0] += 1
    found = 0
    for i in range(start, end):
        if (rows[i] >= bounds.own) != others:
            continue
        if bounds.subjects.size == 0:
            found += 1
            continue
        subject = bounds.subjects[rows[i]]
        if tally.subjects[subject] != tally.clock[0]:
            tally.subjects[subject] = tally.clock[0]
            found += 1
    return found


@compiled
def _count_values(bounds: Bounds, tally: Tally, rows: Codes, start: int, end: int, column: int) -> None:
    tally.counts[: bounds.sizes[column]] = 0
    tally.clock[0] += 1
    for i in range(start, end):
        if rows[i] >= bounds.own:
            continue
        if bounds.subjects.size:
            pair = bounds.pairs[column, rows[i]]
            if tally.pairs[pair] == tally.clock[0]:
                continue
            tally.pairs[pair] = tally.clock[0]
        tally.counts[bounds.values[column, rows[i]]] += 1


@compiled
def every_class_holds(bounds: Bounds, tally: Tally, classes: Codes) -> bool:
    """Tell whether each class of ``classes`` (n,) holds every model."""
    rows, starts = rows_by_class(classes)
    for at in range(starts.size - 1):
        if starts[at] < starts[at + 1] and not holds(bounds, tally, rows, starts[at], starts[at + 1]):
            return False
    return True

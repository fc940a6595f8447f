"""Traces of ids as bags of features, such as cells, hours and places of interest, in sparse matrices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.linking import Names, Scores, hits, names_of, sample
from quality.checks.attacks.points import Ints

Scorer = Callable[[list[Any], list[Any], int], Callable[[Ints], Scores]]
"""Of counts (sought, values) and (ids, values) of each feature and the number of ids: what scores a block of rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """Rows (n,): the ``ids`` that an attacker sees, whose they truly are, and codes of each of ``features``.

    ``owners`` number the subjects. Two traces that are compared code their features alike.
    """

    ids: NDArray[np.integer]
    owners: NDArray[np.integer]
    features: tuple[NDArray[np.integer], ...]


def counts_of(first: Traces, second: Traces) -> tuple[list[Any], list[Any], Names, Names]:
    """Return, for either, how often each id has each value, one sparse (ids, values) matrix a feature, and its names.

    Columns are the values that both have: others tell nothing of who is who.
    """
    from scipy.sparse import csr_matrix

    (ids, names), (other_ids, other_names) = (names_of(trace.ids, trace.owners) for trace in (first, second))
    tables: tuple[list[Any], list[Any]] = ([], [])
    for one, other in zip(first.features, second.features, strict=True):
        values = np.intersect1d(one, other)
        for table, codes, who, count in (
            (tables[0], one, ids, names.ids),
            (tables[1], other, other_ids, other_names.ids),
        ):
            shared = np.isin(codes, values)
            column = np.searchsorted(values, codes[shared])
            table.append(csr_matrix((np.ones(len(column)), (who[shared], column)), shape=(count, len(values))))
    return tables[0], tables[1], names, other_names


def link_traces(sought: Traces, offered: Traces, scorer: Scorer, *, targets: int, seed: int) -> tuple[Estimate, float]:
    """Return how often the best of the ``offered`` ids is of the person of one that is ``sought``, and chance.

    At most ``targets`` ids of people who are in both are sought. An id of several people is aimed at each of them.
    """
    rng = np.random.default_rng(seed)
    names = names_of(sought.ids, sought.owners)[1]
    of = np.repeat(np.arange(names.ids), np.diff(names.starts))
    asked = sample(np.flatnonzero(np.isin(names.owners, offered.owners)), targets, rng)
    if not len(asked):
        return wilson(0, 0), 0.0
    one, other, _, offered_names = counts_of(sought, offered)
    score = scorer([table[of[asked]] for table in one], other, offered_names.ids)
    aims = names.owners[asked]
    return hits(score, offered_names, aims, rng), offered_names.chance(aims)

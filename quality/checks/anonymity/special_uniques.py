"""Special uniques (SUDA2): the smallest sets of columns by which someone is alone, and which columns they lean on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.classes import Classes, Ints, group_rows
from quality.checks.anonymity.measurement import Group
from quality.checks.anonymity.published_table import Roles, explained, require
from quality.contracts.errors import UsageError
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_WORK = 400_000_000
"""Sets of columns times classes that are looked at, at most: about a minute."""


@dataclass(frozen=True, slots=True)
class SpecialUniques:
    """``minimal`` counts minimal sample uniques (MSU) by size; ``share`` is that of subjects who have any.

    A class's score is the sum over its MSUs of the product of (A - i) for i from the MSU's size to M - 1, with A
    columns and MSUs of at most M: the smaller the MSU, the higher (Elliot, Manning & Ford, 2002; Manning, Haglin &
    Keane, SUDA2, DMKD 2008). ``contributions`` are each column's share of all scores: the MSUs that it belongs to.
    """

    largest: int
    minimal: dict[int, int]
    share: float
    contributions: dict[str, float]
    worst: tuple[Group, ...]


@untold
def find_special_uniques(
    db: DuckDBPyConnection, table: str, roles: Roles, *, largest: int = 3, worst: int = 5
) -> SpecialUniques:
    """Return the special uniques of ``table`` by sets of up to ``largest`` quasi-identifiers; nulls are a category.

    Raises UsageError where classes times sets are too many to be looked at.
    """
    require(db, table, roles.columns)
    with explained(table):
        classes = group_rows(db, table, Roles(roles.quasi_ids, (), roles.subject, roles.links))
        codes = _codes(classes)
    width = len(roles.quasi_ids)
    largest = min(largest, width)
    sets = sum(math.comb(width, size) for size in range(1, largest + 1))
    if sets * len(classes.sizes) > MOST_WORK:
        raise UsageError(
            f"{sets} sets of columns over {len(classes.sizes)} classes are too many.", mend="Ask for less."
        )
    scores, minimal, leaned = np.zeros(len(codes)), dict.fromkeys(range(1, largest + 1), 0), np.zeros(width)
    for chosen, alone in minimal_uniques(codes, classes.sizes, largest):
        score = math.prod(width - i for i in range(len(chosen), largest))
        scores[alone] += score
        minimal[len(chosen)] += int(alone.sum())
        leaned[list(chosen)] += score * alone.sum()
    total = scores.sum() or 1.0
    contributions = {name: float(part / total) for name, part in zip(roles.quasi_ids, leaned, strict=True)}
    share = float((scores > 0).sum() / classes.sizes.sum())
    return SpecialUniques(largest, minimal, share, contributions, _worst(classes, scores, worst))


def minimal_uniques(codes: Ints, sizes: Ints, largest: int) -> Iterator[tuple[tuple[int, ...], NDArray[np.bool_]]]:
    """Yield sets of columns of ``codes`` (C, A) and the classes (C,) that are alone by them and by no part of them.

    ``sizes`` (C,) are subjects by class: alone is one subject, not one class.
    """
    before: dict[tuple[int, ...], NDArray[np.bool_]] = {(): np.zeros(len(codes), bool)}
    for size in range(1, largest + 1):
        now = {}
        for chosen in combinations(range(codes.shape[1]), size):
            alone = _alone(codes, sizes, chosen)
            within = np.logical_or.reduce([before[part] for part in combinations(chosen, size - 1)])
            now[chosen] = alone
            yield chosen, alone & ~within
        before = now


def _alone(codes: Ints, sizes: Ints, chosen: Sequence[int]) -> NDArray[np.bool_]:
    of = np.zeros(len(codes), np.int64)
    for column in chosen:
        _, of = np.unique(of * (codes[:, column].max() + 1) + codes[:, column], return_inverse=True)
    alone: NDArray[np.bool_] = np.bincount(of, sizes)[of] == 1
    return alone


def _codes(classes: Classes) -> Ints:
    """Return the quasi-identifiers (C, A) as numbers of their values, nulls with one of their own."""
    width = range(len(classes.roles.quasi_ids))
    ranks = ", ".join(f"dense_rank() OVER (ORDER BY q{at}) AS r{at}" for at in width)
    found = classes.db.execute(f"SELECT class, {ranks} FROM classes ORDER BY class").fetchnumpy()
    return np.column_stack([np.asarray(found[f"r{at}"], np.int64) for at in width])


def _worst(classes: Classes, scores: NDArray[np.float64], worst: int) -> tuple[Group, ...]:
    chosen = [at for at in np.argsort(-scores, kind="stable")[:worst] if scores[at] > 0]
    told = classes.quasi_ids(np.array(chosen, np.int64))
    return tuple(Group(ids, int(classes.sizes[at]), float(scores[at])) for ids, at in zip(told, chosen, strict=True))

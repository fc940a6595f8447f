"""Leave out the rows that cost the others most, so that classes can be finer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.untold import untold
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, Codes
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.partition_space import Space, rows_by_class, space_of
from transforms.anonymity.refine_block import Floats, block_of_rows, gain_without

ROUNDS = 3
"""Times that classes are made anew: what is in the way of others is seen only in classes."""

MakeClasses = Callable[[CodedTable], Codes]


@untold
def suppress_rows(table: CodedTable, limit: int, make: MakeClasses) -> Codes:
    """Return the classes that ``make`` makes of ``table`` without ``limit`` rows of it at most, ``SUPPRESSED`` ones.

    In each round classes are made of the rows that are left, and those go without which their class loses least: far
    from the others of a class, or in a class that is wide. A row is left out only if the mean loss of the others falls.
    Whatever holds of the last classes holds of what is published, since they are made of nothing else. Where the rows
    that are left do not hold a model, those of the round before are kept.
    """
    kept = np.arange(table.rows)
    classes = make(table)
    for spent in range(ROUNDS):
        allowed = limit * (spent + 1) // ROUNDS - (table.rows - kept.size)
        rest = kept[_worth(table, kept, classes, allowed)]
        if rest.size == kept.size:
            continue
        try:
            classes, kept = make(rows_of(table, rest)), rest
        except Unreachable:
            break
    found = np.full(table.rows, SUPPRESSED, np.int32)
    found[kept] = classes
    return found


def rows_of(table: CodedTable, rows: NDArray[np.int64]) -> CodedTable:
    """Return the table of ``rows``, in rising order and with all of a population, in the codes of the whole."""
    return replace(
        table,
        rows=rows.size,
        quasi_ids=tuple(replace(one, codes=one.codes[rows]) for one in table.quasi_ids),
        sensitive=tuple(replace(one, codes=one.codes[rows]) for one in table.sensitive),
        subjects=None if table.subjects is None else table.subjects[rows],
    )


def _worth(table: CodedTable, kept: NDArray[np.int64], classes: Codes, allowed: int) -> NDArray[np.bool_]:
    """Return which of the ``kept`` rows stay: all but the ``allowed`` ones of the release whose going gains most."""
    stay = np.ones(kept.size, bool)
    own = table.own - (table.rows - kept.size)
    gains, mean = gains_of(space_of(rows_of(table, kept)), classes)
    worst = np.argsort(-gains[:own], kind="stable")[: max(allowed, 0)]
    stay[worst[gains[worst] > mean]] = False
    return stay


@compiled
def gains_of(space: Space, classes: Codes) -> tuple[Floats, float]:
    """Return by how much the loss of all rows falls without each row (n,), and the mean loss of a row."""
    gains, total = np.zeros(classes.size), 0.0
    rows, starts = rows_by_class(classes)
    for at in range(starts.size - 1):
        inside = rows[starts[at] : starts[at + 1]]
        if inside.size:
            block = block_of_rows(space, space.codes[inside], np.zeros(inside.size, np.int32), 1)
            total += block.losses[0] * inside.size
            for row in range(inside.size):
                gains[inside[row]] = gain_without(space, block, row)
    return gains, total / max(classes.size, 1)

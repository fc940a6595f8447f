"""What a release loses of its quasi-identifiers."""

from __future__ import annotations

import numpy as np

from quality.contracts.compiled import compiled
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, Codes
from transforms.anonymity.partition_space import SET, Space, rows_by_class, set_loss, space_of, span_loss


def information_loss(table: CodedTable, classes: Codes) -> float:
    """Return the normalized certainty penalty (NCP; Xu et al., KDD 2006) of ``classes`` (n,), from 0 to 1.

    The mean over rows, and by weight over columns, of what a class covers: of a numeric column its range over the
    table's, of an ordered one the same over ranks, of a categorical one (distinct - 1) / (domain - 1), of a
    hierarchical one (leaves under the covering node - 1) / (leaves - 1). A class with nulls and values covers all of
    a column but a categorical one, where the null is one value more. A suppressed row is lost whole. Rows of a
    population widen what a class covers and are not averaged over.
    """
    if table.own == 0:
        return 0.0
    lost = np.count_nonzero(classes[: table.own] == SUPPRESSED)
    return float((_total_loss(space_of(table), classes, table.own) + lost) / table.own)


@compiled
def _total_loss(space: Space, classes: Codes, own: int) -> float:
    rows, starts = rows_by_class(classes)
    total = 0.0
    for at in range(starts.size - 1):
        size = np.count_nonzero(rows[starts[at] : starts[at + 1]] < own)
        for column in range(space.kinds.size if size else 0):
            values = np.sort(space.codes[rows[starts[at] : starts[at + 1]], column])
            if space.kinds[column] == SET:
                loss = set_loss(space, column, 1 + int(np.count_nonzero(values[1:] != values[:-1])))
            else:
                loss = span_loss(space, column, values[0], values[-1])
            total += loss * size
    return total

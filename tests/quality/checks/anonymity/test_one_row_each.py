"""Of each person one row is taken, by chance, and the same in whatever order the rows are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from quality.checks.anonymity.one_row_each import one_row_each

WHO = np.repeat(np.arange(1_000), 3)
ROWS = pa.table({"who": [f"s{at}" for at in WHO], "visit": np.tile([1, 2, 3], 1_000)})


@pytest.mark.parametrize("order", [np.arange(3_000), np.arange(3_000)[::-1], np.argsort(np.arange(3_000) % 3)])
def test_each_person_has_one_row_and_each_of_theirs_is_as_likely(order):
    rows = ROWS.take(pa.array(order))

    chosen = one_row_each(rows, ["who", "visit"], WHO[order])

    assert sorted(WHO[order][chosen]) == list(range(1_000))
    visits = rows["visit"].to_numpy()[chosen]
    assert all(270 < count < 400 for count in np.bincount(visits)[1:])
    in_order = np.argsort(WHO[order][chosen])
    assert visits[in_order].tolist() == ROWS["visit"].to_numpy()[one_row_each(ROWS, ["who", "visit"], WHO)].tolist()


def test_of_nobody_there_is_no_row():
    assert len(one_row_each(ROWS.slice(0, 0), ["who"], WHO[:0])) == 0

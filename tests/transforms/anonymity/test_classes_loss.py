"""Information loss is what its definition says, column by column."""

from __future__ import annotations

import numpy as np
import pytest

from tests.transforms.anonymity.tables import quasi_id, tree
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import CodedTable

CITIES = tree([0, 1, 2, 3, 4], [0, 0, 1, 1, 1], [0] * 5)
AGE = quasi_id("age", [0, 4, 10, 10])


def loss(classes, *columns):
    return information_loss(CodedTable(len(classes), columns), np.array(classes, np.int32))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(AGE, 0.4 / 2, id="range-over-range"),
        pytest.param(quasi_id("size", [0, 1, 2, 2], "ordered"), 0.5 / 2, id="ordered-over-ranks"),
        pytest.param(quasi_id("job", [0, 3, 1, 2], "categorical"), 1 / 3, id="values-over-values"),
        pytest.param(quasi_id("job", [0, 0, 1, None], "categorical"), 0.5 / 2, id="a-null-is-one-value-more"),
        pytest.param(quasi_id("age", [0, 4, None, 10]), (0.4 + 1) / 2, id="a-null-and-a-number-lose-all"),
        pytest.param(quasi_id("age", [0, 10, None, None]), 1 / 2, id="nulls-alone-lose-nothing"),
        pytest.param(
            quasi_id("city", [0, 1, 2, 4], "hierarchical", CITIES, domain=range(5)),
            (1 / 4 + 2 / 4) / 2,
            id="leaves-under-the-covering-node",
        ),
        pytest.param(
            quasi_id("city", [0, 2, None, 4], "hierarchical", CITIES, domain=range(5)), 1, id="nothing-but-the-root"
        ),
        pytest.param(quasi_id("age", [7, 7, 7, 7]), 0, id="one-value"),
    ],
)
def test_a_class_loses_what_it_covers(column, expected):
    assert loss([0, 0, 1, 1], column) == pytest.approx(expected)


def test_columns_count_by_their_weight():
    heavy = quasi_id("job", [0, 1, 2, 2], "categorical", weight=3.0)

    assert loss([0, 0, 1, 1], AGE, heavy) == pytest.approx((1 * 0.4 + 3 * 0.5) / 4 / 2)


def test_a_suppressed_row_is_lost_whole():
    assert loss([0, 0, -1, -1], AGE) == pytest.approx((0.4 * 2 + 2) / 4)


def test_no_rows_lose_nothing():
    assert loss([], quasi_id("age", [])) == 0.0

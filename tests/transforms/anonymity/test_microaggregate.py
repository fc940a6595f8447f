"""Microaggregation makes small classes of rows that lie close together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import UsageError
from tests.transforms.anonymity.tables import members, quasi_id
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.microaggregate import class_means, microaggregate
from transforms.anonymity.partition_bounds import Unreachable


def test_rows_that_lie_together_are_a_class_and_are_told_as_their_mean():
    table = CodedTable(7, (quasi_id("x", [1, 2, 50, 51, 52, 99, 98]), quasi_id("y", [0, 0, 5, 5, 5, 9, 9])))

    classes = microaggregate(table, k=2)

    assert sorted(members(classes)) == [[0, 1], [2, 3, 4], [5, 6]]
    assert class_means(table, classes)[:, 0].tolist() == [1.5, 1.5, 51, 51, 51, 98.5, 98.5]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(2, 6), st.integers(0, 1000), st.booleans())
def test_a_class_holds_k_to_2k_less_one_subjects(k, seed, shared):
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(12, 80))
    who = rng.permutation(np.arange(rows) % max(rows // 2, k)).astype(np.int32) if shared else None
    table = CodedTable(rows, (quasi_id("x", rng.integers(0, 9, rows).tolist()),), (), who)

    for one in members(microaggregate(table, k=k)):
        assert k <= len({row if who is None else who[row] for row in one}) <= 2 * k - 1


def test_a_suppressed_row_has_no_mean():
    table = CodedTable(3, (quasi_id("x", [1, 3, 7]),))

    assert np.array_equal(class_means(table, np.array([0, 0, -1], np.int32))[:, 0], [2, 2, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(quasi_id("job", [0, 1], "categorical"), id="no-number"),
        pytest.param(quasi_id("age", [1, None]), id="nulls"),
    ],
)
def test_what_has_no_mean_is_refused(column):
    with pytest.raises(UsageError, match=column.name):
        microaggregate(CodedTable(2, (column,)), k=2)


def test_too_few_subjects_are_refused():
    with pytest.raises(Unreachable):
        microaggregate(CodedTable(2, (quasi_id("x", [1, 2]),), (), np.zeros(2, np.int32)), k=2)

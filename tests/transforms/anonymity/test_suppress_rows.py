"""Rows are left out that cost the others most, within the limit, and what is promised holds of the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.anonymity.tables import adult, members, model_holds, quasi_id
from tests.transforms.anonymity.test_classes import MODELS, k_anonymity, tables
from transforms.anonymity.classes import make_classes
from transforms.anonymity.classes_loss import information_loss
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.suppress_rows import rows_of


def left(table, classes):
    kept = np.flatnonzero(classes != SUPPRESSED)
    return rows_of(table, kept), classes[kept]


def test_one_far_from_all_others_is_left_out_to_spare_them():
    table = CodedTable(7, (quasi_id("age", [20, 21, 22, 23, 24, 25, 99]),))

    whole, spared = (make_classes(table, models=[k_anonymity(3)], suppression=share) for share in (0.0, 0.15))

    assert SUPPRESSED not in whole
    assert np.flatnonzero(spared == SUPPRESSED).tolist() == [6]
    assert information_loss(*left(table, spared)) < information_loss(table, whole) / 3


def test_nobody_is_left_out_where_that_spares_nobody():
    table = CodedTable(8, (quasi_id("age", [20, 20, 20, 20, 30, 30, 30, 30]),))

    assert SUPPRESSED not in make_classes(table, models=[k_anonymity(4)], suppression=0.5)


def test_the_rest_is_published_where_it_can_lose_no_more_rows():
    table = CodedTable(4, (quasi_id("age", [20, 21, 22, 99]),))

    assert SUPPRESSED not in make_classes(table, models=[k_anonymity(4)], suppression=0.5)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    tables(), st.lists(MODELS, min_size=1, max_size=2), st.sampled_from([0.05, 0.2, 0.6]),
    st.sampled_from(["fast", "thorough"]),
)  # fmt: skip
def test_what_is_published_holds_every_model_and_no_more_is_left_out_than_may_be(table, models, share, effort):
    try:
        classes = make_classes(table, models=models, effort=effort, suppression=share)
    except Unreachable:
        return
    rest, found = left(table, classes)

    assert (classes == SUPPRESSED).sum() <= share * table.rows
    assert all(model_holds(model, rest, rows) for rows in members(found) for model in models)


@pytest.mark.realdata
@pytest.mark.parametrize(("k", "most"), [(5, 0.0180), (10, 0.0331), (50, 0.0905)])
def test_a_twentieth_of_adult_spares_the_rest_a_seventh_or_more(shared_data, k, most):
    table = adult(shared_data)

    classes = make_classes(table, models=[k_anonymity(k)], suppression=0.05)

    assert information_loss(*left(table, classes)) < most

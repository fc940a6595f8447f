"""Checks of an anonymous table of the lake: each can pass, and each can fail."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import functions

from quality.checks.check_released_rows import check_classes, check_days, check_kept, check_proven

D1, D2 = date(2026, 5, 1), date(2026, 5, 2)
COLUMNS = ["app", "event_date"]


@pytest.fixture
def table(spark):
    return lambda *rows: spark.createDataFrame(list(rows), "app string, event_date date").withColumn(
        "declaration", functions.lit("now")
    )


@pytest.mark.spark
@pytest.mark.parametrize(
    ("rows", "holds", "below"),
    [
        pytest.param([("a", D1), ("a", D1)], True, 0, id="two-alike"),
        pytest.param([("a", D1), ("a", D2)], False, 2, id="alike-on-other-days"),
        pytest.param([(None, D1), (None, D1)], True, 0, id="nulls-are-alike"),
        pytest.param([("a", D1), ("a", D1), ("b", D1)], False, 1, id="one-alone"),
        pytest.param([], True, 0, id="nothing"),
    ],
)
def test_each_class_of_a_day_has_k_rows(table, rows, holds, below):
    told = check_classes(table(*rows), ["app"], 2, "now")

    assert (told.passed, told.measured["classes_below"]) == (holds, below)
    assert check_classes(table(*rows), ["app"], 2, "another").passed, "which promised another k"


@pytest.mark.spark
@pytest.mark.parametrize(
    ("rows", "others", "absent"),
    [
        pytest.param([("a", D1), ("b", D1)], 0, 0, id="the-same"),
        pytest.param([("a", D1), ("a", D1), ("b", D1)], 1, 0, id="one-twice"),
        pytest.param([("a", D1), ("c", D1)], 1, 1, id="another-value"),
    ],
)
def test_published_rows_are_those_that_were_proven(table, rows, others, absent):
    told = check_proven(table(*rows), table(("b", D1), ("a", D1)), COLUMNS)

    assert told.passed == (others == absent == 0)
    assert told.measured == {"not_proven": others, "not_published": absent}


def test_days_that_are_not_released_are_told_with_what_failed():
    told = check_days({D1: ("models",), D2: ()}, {D1: (), D2: ("attack_linkability",)}, 10)

    assert (told.passed, told.stops) == (False, False)
    assert told.measured == {
        "least_persons": 10, "days_not_released": 1, "failed models": 1, "undecided attack_linkability": 1,
    }  # fmt: skip


def test_undecided_attacks_alone_leave_a_day_released():
    assert check_days({D1: ()}, {D1: ("attack_linkability",)}, 10).passed


def test_days_that_changed_since_they_were_published_are_told():
    assert check_kept([], [], "x").passed
    for changed, others in (([D1], []), ([D1], [D1])):
        told = check_kept(changed, others, "x")
        assert (told.passed, told.stops) == (False, False)
        assert told.measured == {"days_changed": len(changed), "days_of_another_declaration": len(others)}

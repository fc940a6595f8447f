"""What is published of a noisy release is what was paid for, over all public partitions."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from quality.checks.check_noisy import check_changed, check_paid, check_partitions

D1, D2 = date(2026, 5, 1), date(2026, 5, 2)
PUBLIC = pa.table({"cell": ["a", "b"]})


def figures(spark, *rows):
    return spark.createDataFrame(list(rows), "cell string, persons long, event_date date")


@pytest.mark.spark
@pytest.mark.parametrize(
    ("published", "wrong"),
    [
        pytest.param([("a", 3, D1), ("b", -1, D1)], {"not_paid_for": 0, "not_published": 0}, id="all-paid"),
        pytest.param([("a", 4, D1), ("b", -1, D1)], {"not_paid_for": 1, "not_published": 1}, id="another-figure"),
        pytest.param([("a", 3, D1)], {"not_paid_for": 0, "not_published": 1}, id="one-left-out"),
        pytest.param([("a", 3, D1), ("b", -1, D1), ("b", -1, D1)], {"not_paid_for": 1, "not_published": 0}, id="twice"),
        pytest.param([("a", 3, D2), ("b", -1, D1)], {"not_paid_for": 1, "not_published": 1}, id="of-another-day"),
    ],
)
def test_each_published_figure_is_one_that_the_ledger_holds(spark, published, wrong):
    verdict = check_paid(figures(spark, *published), figures(spark, ("a", 3, D1), ("b", -1, D1)))

    assert dict(verdict.measured) == wrong
    assert verdict.passed == (not any(wrong.values()))


@pytest.mark.spark
@pytest.mark.parametrize(
    ("published", "wrong"),
    [
        pytest.param([("a", 3, D1), ("b", 0, D1)], 0, id="all-of-them"),
        pytest.param([("a", 3, D1)], 1, id="one-is-absent"),
        pytest.param([("a", 3, D1), ("b", 0, D1), ("c", 9, D1)], 1, id="one-is-not-public"),
        pytest.param([("a", 3, D1), ("b", 0, D1), ("a", 3, D2)], 1, id="absent-on-another-day"),
    ],
)
def test_partitions_do_not_hang_on_who_is_in_the_data(spark, published, wrong):
    verdict = check_partitions(figures(spark, *published), PUBLIC, unchanged=[D1, D2])

    assert (verdict.measured["partitions_wrong"], verdict.passed) == (wrong, not wrong)


@pytest.mark.spark
def test_a_day_that_kept_its_figures_has_the_partitions_of_then(spark):
    assert check_partitions(figures(spark, ("a", 3, D1)), PUBLIC, unchanged=[]).passed


def test_changed_days_are_told_and_stop_nothing():
    told = check_changed([D1], "visits_noisy")

    assert (told.passed, told.stops, told.measured["days_changed"]) == (False, False, 1)
    assert "once" in told.mend
    assert check_changed([], "visits_noisy").passed

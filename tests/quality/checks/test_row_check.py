import pytest

from quality.checks.row_check import RowCheck, count_where, judge_together
from quality.checks.verdict import Verdict

pytestmark = pytest.mark.spark


def _at_most(df, limit):
    return RowCheck(
        {"over": count_where(df["n"] > limit)},
        lambda found: Verdict("at_most", not found["over"], "", "", {"over": int(found["over"])}),
    )


def test_several_checks_are_judged_in_order_in_one_job(spark):
    df = spark.createDataFrame([(1,), (5,), (None,)], "n int")
    spark.sparkContext.setJobGroup("together", "")

    verdicts = judge_together(df, [_at_most(df, 9), _at_most(df, 3)])

    assert [(v.passed, v.measured["over"]) for v in verdicts] == [(True, 0), (False, 1)]
    assert len(spark.sparkContext.statusTracker().getJobIdsForGroup("together")) <= 2  # a stage of AQE is a job


def test_no_rows_measure_zero(spark):
    df = spark.createDataFrame([], "n int")

    assert judge_together(df, [_at_most(df, 3)])[0].measured == {"over": 0}


def test_no_checks_need_no_job(spark):
    assert judge_together(spark.createDataFrame([], "n int"), []) == []

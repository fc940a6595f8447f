"""A contract's rules for single values hold, or the first broken one is named."""

from __future__ import annotations

import pytest

from quality.contracts import Column, Contract, Sensitivity, contract
from transforms.landing.find_violations import violation

pytestmark = pytest.mark.spark

RULES = Contract(
    name="clean.things",
    description="d",
    grain="g",
    columns=(
        Column("event_date", "string", "d", Sensitivity.NONE),
        Column("n", "double", "d", Sensitivity.NONE, required=True, minimum=0, maximum=10),
        Column("i", "int", "d", Sensitivity.NONE, minimum=1),
        Column("kind", "string", "d", Sensitivity.NONE, allowed=("a", "b")),
        Column("code", "string", "d", Sensitivity.NONE, pattern="^[a-z]+$"),
        Column("last", "string", "d", Sensitivity.NONE, required=True),
    ),
)
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param((0.0, 1, "a", "x", "z"), None, id="lower-bounds-are-inclusive"),
        pytest.param((10.0, None, None, None, "z"), None, id="optional-nulls-are-fine"),
        pytest.param((None, 1, "a", "x", "z"), "missing:n", id="required-null"),
        pytest.param((-0.1, 1, "a", "x", "z"), "out_of_bounds:n", id="below"),
        pytest.param((10.1, 1, "a", "x", "z"), "out_of_bounds:n", id="above"),
        pytest.param((NAN, 1, "a", "x", "z"), "out_of_bounds:n", id="not-a-number"),
        pytest.param((INF, 1, "a", "x", "z"), "out_of_bounds:n", id="infinite"),
        pytest.param((1.0, 0, "a", "x", "z"), "out_of_bounds:i", id="whole-number-below"),
        pytest.param((1.0, 1, "c", "x", "z"), "out_of_bounds:kind", id="not-allowed"),
        pytest.param((1.0, 1, "a", "X", "z"), "out_of_bounds:code", id="off-the-pattern"),
        pytest.param((1.0, 1, "a", "x\n", "z"), "out_of_bounds:code", id="line-break-at-the-end"),
        pytest.param((NAN, 1, "a", "x", None), "missing:last", id="missing-before-out-of-bounds"),
        pytest.param((-1.0, 0, "c", "X", "z"), "out_of_bounds:n", id="first-column-first"),
    ],
)
def test_the_first_broken_rule_is_the_reason(spark, row, reason):
    df = spark.createDataFrame(
        [("d", *row)], "event_date string, n double, i int, kind string, code string, last string"
    )

    assert df.select(violation(RULES).alias("r")).collect()[0].r == reason


def test_rules_can_be_limited_to_some_columns(spark):
    df = spark.createDataFrame([(99.0,)], "x_n double")

    assert df.select(violation(RULES, ["n"], prefix="x_").alias("r")).collect()[0].r == "out_of_bounds:n"
    assert df.select(violation(RULES, []).alias("r")).collect()[0].r is None


def test_the_clean_contract_holds_the_bounds_that_raw_lacks(spark):
    df = spark.createDataFrame([(91.0,)], "latitude double")

    assert df.select(violation(contract("raw.pings"), ["latitude"]).alias("r")).collect()[0].r is None
    assert df.select(violation(contract("clean.pings"), ["latitude"]).alias("r")).collect()[0].r is not None

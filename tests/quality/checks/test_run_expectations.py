from datetime import date

import pytest

from quality.checks.run_expectations import run_expectations
from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE

pytestmark = pytest.mark.spark

CONTRACT = Contract(
    "protected.things",
    "Things.",
    "one thing",
    (
        Column("country", "string", "Country.", Sensitivity.NONE, required=True, pattern=r"^[A-Z]{2}$"),
        Column("status", "string", "Status.", Sensitivity.NONE, allowed=("on", "off")),
        Column("share", "double", "Share.", Sensitivity.NONE, minimum=0, maximum=1),
        Column("speed", "double", "Speed.", Sensitivity.NONE, minimum=0),
        EVENT_DATE,
    ),
)
SCHEMA = "country string, status string, share double, speed double, event_date date"
SWAPPED = "status string, country string, share double, speed double, event_date date"
DAY = date(2026, 3, 1)
GOOD = ("US", "on", 0.5, 1.5, DAY)


def _run(spark, row, schema=SCHEMA):
    return run_expectations(spark.createDataFrame([GOOD[: len(row)], row], schema), CONTRACT)


@pytest.mark.parametrize(
    ("row", "failed_on"),
    [
        pytest.param(GOOD, "", id="good"),
        pytest.param(("US", None, None, None, DAY), "", id="optional-values-absent"),
        pytest.param((None, "on", 0.5, 1.5, DAY), "country: column_values_to_not_be_null", id="required"),
        pytest.param(("planted", "on", 0.5, 1.5, DAY), "country: column_values_to_match_regex", id="pattern"),
        pytest.param(("US", "planted", 0.5, 1.5, DAY), "status: column_values_to_be_in_set", id="allowed"),
        pytest.param(("US", "on", 1.0625, 1.5, DAY), "share: column_values_to_be_between", id="above"),
        pytest.param(("US", "on", 0.5, -1.0625, DAY), "speed: column_values_to_be_between", id="below"),
        pytest.param(("US", "on", 0.5, float("nan"), DAY), "speed: column_values_to_be_between", id="not-a-number"),
    ],
)
def test_every_rule_of_the_contract_is_expected(spark, row, failed_on):
    verdict = _run(spark, row)

    assert verdict.check == "expectations"
    assert (verdict.passed, verdict.measured["failed_on"]) == (not failed_on, failed_on)
    assert (verdict.measured["expectations"], verdict.measured["failed"]) == (7, 1 if failed_on else 0)
    assert not any(value in repr(verdict) for value in ("planted", "1.0625"))


@pytest.mark.parametrize(
    ("row", "schema"),
    [
        pytest.param(GOOD[:4], "country string, status string, share double, speed double", id="column-missing"),
        pytest.param((*GOOD, 1), SCHEMA + ", extra int", id="column-too-many"),
        pytest.param(("on", "US", 0.5, 1.5, DAY), SWAPPED, id="order"),
    ],
)  # fmt: skip
def test_columns_and_their_order_are_expected(spark, row, schema):
    verdict = run_expectations(spark.createDataFrame([row], schema), CONTRACT)

    assert not verdict.passed
    assert "columns: table_columns_to_match_ordered_list" in verdict.measured["failed_on"]


def test_an_empty_table_passes(spark):
    assert run_expectations(spark.createDataFrame([], SCHEMA), CONTRACT).passed


def test_nothing_is_printed_even_when_a_rule_cannot_be_asked(spark, capfd, caplog):
    df = spark.createDataFrame([("planted",)], "country string")
    capfd.readouterr()

    run_expectations(df, CONTRACT)

    assert capfd.readouterr() == ("", "")
    assert "planted" not in caplog.text

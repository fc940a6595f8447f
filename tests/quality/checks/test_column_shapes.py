import pytest

from quality.checks.column_shapes import shape_row_check
from quality.checks.row_check import judge_together
from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE

pytestmark = pytest.mark.spark

CONTRACT = Contract(
    "protected.things",
    "Things.",
    "one thing",
    (
        Column("country", "string", "Country.", Sensitivity.NONE, pattern=r"^[A-Z]{2}$"),
        Column("status", "string", "Status.", Sensitivity.NONE, allowed=("on", "off")),
        Column("speed", "double", "Speed.", Sensitivity.NONE, unit="m/s"),
        Column("accuracy", "double", "Accuracy.", Sensitivity.NONE, unit="m"),
        EVENT_DATE,
    ),
)


def _judge(df, contract=CONTRACT):
    return judge_together(df, [shape_row_check(df, contract)])[0]


@pytest.mark.parametrize(
    ("row", "failed_on"),
    [
        pytest.param(("US", "on"), "", id="fitting"),
        pytest.param((None, None), "", id="null"),
        pytest.param(("planted", "on"), "country: pattern", id="pattern-broken"),
        pytest.param(("US\n", "on"), "country: pattern", id="line-break-at-the-end"),
        pytest.param(("US", "planted"), "status: pattern", id="not-allowed"),
        pytest.param(("", "on"), "country: pattern", id="empty"),
    ],
)
def test_structured_texts_must_match_in_every_row(spark, row, failed_on):
    verdict = _judge(spark.createDataFrame([("US", "off"), row], "country string, status string"))

    assert (verdict.passed, verdict.measured["failed_on"]) == (not failed_on, failed_on)
    assert "planted" not in repr(verdict)


PLACE = [(37.77493 + n * 0.0011, -122.41942 - n * 0.0013) for n in range(40)]
MOVEMENT = [(0.1237 + n * 0.3171, 3.1234 + (n % 7) * 4.3333) for n in range(40)]


@pytest.mark.parametrize(
    ("rows", "names", "passed"),
    [
        pytest.param(PLACE, "a double, b double", False, id="latitude-longitude"),
        pytest.param([row[::-1] for row in PLACE], "a double, b double", False, id="longitude-latitude"),
        pytest.param(PLACE[:1], "a double, b double", False, id="a-single-row"),
        pytest.param(PLACE, "a float, b float", False, id="floats"),
        pytest.param(PLACE, "a double, n int", True, id="one-column-alone"),
        pytest.param([(round(x, 2), round(y, 2)) for x, y in PLACE], "a double, b double", True, id="two-decimals"),
        pytest.param([(x * 10, y * 10) for x, y in PLACE], "a double, b double", True, id="beyond-the-globe"),
        pytest.param(MOVEMENT, "speed double, accuracy double", True, id="speed-and-accuracy"),
        pytest.param(PLACE, "speed double, accuracy double", False, id="a-place-declared-as-a-speed"),
        pytest.param(PLACE[:5], "speed double, accuracy double", True, id="too-few-rows-to-doubt-a-declaration"),
        pytest.param([(None, None)], "a double, b double", True, id="nulls"),
        pytest.param([], "a double, b double", True, id="no-rows"),
    ],
)
def test_two_columns_like_coordinates_fail_whatever_their_names(spark, rows, names, passed):
    if "int" in names:
        rows = [(x, 1) for x, _ in rows]
    assert _judge(spark.createDataFrame(rows, names)).passed is passed


def test_a_declared_direct_identifier_fails(spark):
    columns = (Column("name", "string", "", Sensitivity.DIRECT_ID), EVENT_DATE)
    contract = Contract("clean.things", "Things.", "one", columns)  # above clean none can be declared

    verdict = _judge(spark.createDataFrame([("x",)], "name string"), contract)

    assert verdict.measured["failed_on"] == "name: direct identifier"

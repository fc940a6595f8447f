"""Declared hierarchies: intervals, orders, calendars, redaction."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from quality.contracts.errors import ConfigError
from quality.releases.attributes import Dates, Intervals, Order, Redaction
from transforms.anonymity.build_hierarchy import build_hierarchy
from transforms.anonymity.build_hierarchy_of_dates import lines_of_dates


def labels(build, values, **more):
    """Return the labels of each value, level by level."""
    hierarchy = build_hierarchy(build, values, column="c", **more)
    levels = list(zip(hierarchy.nodes, hierarchy.labels, strict=True))
    return [[names[nodes[at]] for nodes, names in levels] for at in range(len(levels[0][0]))]


@pytest.mark.parametrize(
    ("build", "value", "expected"),
    [
        pytest.param(Intervals(build="intervals", width=20, levels=2), 20, ["[20, 40[", "[0, 40["], id="a-lower-end"),
        pytest.param(Intervals(build="intervals", width=20, levels=2), 39, ["[20, 40[", "[0, 40["], id="inside"),
        pytest.param(Intervals(build="intervals", width=20, levels=2), -1, ["[-20, 0[", "[-40, 0["], id="below-start"),
        pytest.param(Intervals(build="intervals", width=20, levels=1), -20, ["[-20, 0["], id="a-lower-end-below"),
        pytest.param(Intervals(build="intervals", start=16, width=10, levels=1), 17, ["[16, 26["], id="from-a-start"),
        pytest.param(
            Intervals(build="intervals", width=5, fanout=4, levels=2), 7, ["[5, 10[", "[0, 20["], id="a-wider-fanout"
        ),
        pytest.param(Intervals(build="intervals", width=0.1, levels=1), 0.3, ["[0.3, 0.4["], id="decimals-as-written"),
        pytest.param(Intervals(build="intervals", width=2, levels=1), Decimal("3.5"), ["[2, 4["], id="a-decimal"),
        pytest.param(Intervals(build="intervals", width=1e6, levels=1), 5e6, ["[5000000, 6000000["], id="millions"),
    ],
)
def test_numbers_lie_in_half_open_intervals_that_nest(build, value, expected):
    assert labels(build, [value]) == [[str(value), *expected, "*"]]


def test_neighbors_in_the_stated_order_join_in_groups():
    build = Order(build="order", values=("none", "low", "mid", "high", "top"))

    assert labels(build, ["high", "top", "none"]) == [
        ["high", "[mid, high]", "[none, high]", "*"],
        ["top", "top", "top", "*"],
        ["none", "[none, low]", "[none, high]", "*"],
    ]


def test_without_a_stated_order_the_values_order_counts():
    assert labels(Order(build="order", fanout=3), ["a", "b", "c"]) == [["a", "*"], ["b", "*"], ["c", "*"]]


def test_values_outside_the_stated_order_are_refused():
    with pytest.raises(ConfigError, match="lacks 1 of the column's 2 values"):
        labels(Order(build="order", values=("a", "b")), ["a", "secret"])


def test_dates_and_times_generalize_by_calendar():
    build = Dates(build="dates", levels=("hour", "day", "month", "quarter", "year", "decade"))

    assert labels(build, [datetime(2026, 11, 27, 18, 30, tzinfo=UTC)]) == [
        [
            "2026-11-27 18:30:00+00:00",
            "2026-11-27T18",
            "2026-11-27",
            "2026-11",
            "2026-Q4",
            "2026",
            "2020s",
            "*",
        ]
    ]


def test_a_week_belongs_to_the_year_that_holds_its_thursday():
    assert labels(Dates(build="dates", levels=("day", "week")), [date(2027, 1, 1)])[0][2] == "2026-W53"


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        pytest.param(("month", "day"), "finest first", id="coarsest-first"),
        pytest.param(("day", "day"), "each once", id="twice"),
        pytest.param(("week", "month"), "a week may end one month", id="a-week-below-a-month"),
    ],
)
def test_calendar_levels_that_do_not_nest_are_refused(levels, says):
    with pytest.raises(ConfigError, match=says):
        labels(Dates(build="dates", levels=levels), [date(2026, 1, 1)])


def test_texts_lose_one_more_character_per_level():
    assert labels(Redaction(build="redaction"), ["123", "9"]) == [
        ["123", "12*", "1**", "*"],
        ["9", "*", "*", "*"],
    ]
    assert labels(Redaction(build="redaction", side="left"), ["123"]) == [["123", "*23", "**3", "*"]]


def test_no_value_is_a_leaf_of_its_own():
    assert labels(Redaction(build="redaction"), ["12"], null=True) == [["12", "1*", "*"], ["null", "null", "*"]]


@pytest.mark.parametrize("values", [pytest.param([], id="no-value-at-all"), pytest.param(["a"], id="one-value")])
def test_a_column_of_nulls_has_a_hierarchy_too(values):
    assert labels(Order(build="order"), values, null=True)[-1] == ["null", "*"]


@pytest.mark.parametrize(
    ("build", "values", "says"),
    [
        pytest.param(
            Intervals(build="intervals", width=1, levels=1), [1, "secret"], "1 values of c are none", id="text"
        ),
        pytest.param(
            Intervals(build="intervals", width=1, levels=1), [float("nan"), float("inf")], "2 values", id="no-number"
        ),
        pytest.param(Dates(build="dates", levels=("day",)), ["secret"], "1 values of c are none", id="no-date"),
        pytest.param(Redaction(build="redaction"), ["secret" * 11], "1 of c have more than 64", id="a-long-text"),
    ],
)
def test_values_that_a_declaration_is_not_for_are_counted_and_not_told(build, values, says):
    with pytest.raises(ConfigError, match=says) as refused:
        build_hierarchy(build, values, column="c")

    assert "secret" not in str(refused.value)


def test_dates_may_be_texts_of_iso_8601():
    lines = lines_of_dates(Dates(build="dates", levels=("day", "year")), ["2026-05-26T17:56:12Z", "2025-01-02"], "at")

    assert lines == [
        ("2026-05-26T17:56:12Z", "2026-05-26", "2026", "*"), ("2025-01-02", "2025-01-02", "2025", "*"),
    ]  # fmt: skip

"""Every rule of a mapping gives its value, and none loses anything silently."""

from __future__ import annotations

import hashlib

import pytest

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(
    ("column", "rule", "value", "type_", "expected"),
    [
        pytest.param("trip_id", "{from: x}", "7", "string", "7", id="from"),
        pytest.param("trip_id", "{from: x}", 7, "bigint", "7", id="number-to-text"),
        pytest.param("trip_id", "{from: x}", 7.0, "double", "7", id="whole-fraction-to-text"),
        pytest.param("trip_id", "{from: x}", 7.25, "double", "7.25", id="fraction-to-text"),
        pytest.param("speed_mps", "{from: x}", "1e2", "string", 100.0, id="text-to-number"),
        pytest.param("trip_id", "{constant: all}", None, "string", "all", id="constant"),
        pytest.param("trip_id", "{from: x, null_if: [none, -1]}", "-1", "string", None, id="sentinel"),
        pytest.param("altitude_m", "{from: x, null_if: [-777]}", -777.0, "double", None, id="sentinel-as-number"),
        pytest.param("altitude_m", "{from: x, unit: {from: ft, to: m}}", "100", "string", 30.48, id="feet"),
        pytest.param("speed_mps", "{from: x, unit: {from: km/h, to: m/s}}", "36", "string", 10.0, id="km-per-hour"),
        pytest.param("speed_mps", "{from: x, unit: {from: knots, to: m/s}}", "3600", "string", 1852.0, id="knots"),
        pytest.param("speed_mps", "{from: x, unit: {from: mph, to: m/s}}", "100", "string", 44.704, id="mph"),
        pytest.param("trip_id", "{from: x, enum: {1: one, 2: two}}", "2", "string", "two", id="enum"),
        pytest.param("trip_id", "{from: x, enum: {1: one, 2: two}}", 2.0, "double", "two", id="enum-of-numbers"),
        pytest.param("trip_id", "{from: x, enum: {true: yes_}}", True, "boolean", "yes_", id="enum-of-booleans"),
        pytest.param("trip_id", "{join: [x, id], with: '-'}", "9", "string", "9-1", id="join"),
        pytest.param("trip_id", "{join: [x, id], with: '-'}", None, "string", None, id="join-with-null"),
        pytest.param("speed_mps", "{join: [x, id], with: '.'}", "9", "string", 9.1, id="join-before-the-cast"),
        pytest.param("trip_id", "{key: [x, id]}", "9", "string", "9|1", id="key"),
        pytest.param("trip_id", "{key: [x, id]}", "9|", "string", "9\\||1", id="key-escapes-the-separator"),
        pytest.param("trip_id", "{key: [x, id]}", "9\\", "string", "9\\\\|1", id="key-escapes-the-escape"),
        pytest.param("trip_id", "{key: [x, id]}", None, "string", None, id="key-with-null"),
    ],
)
def test_a_rule_gives_its_value(mapping, mapped, column, rule, value, type_, expected):
    types = {"x": type_}
    (row,) = mapped(mapping("raw.pings", format_="parquet", **{column: rule}), {"x": value}, types=types)

    assert row._reason is None
    assert row[column] == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_keys_of_parts_that_run_together_differ(mapping, mapped):
    declared = mapping("raw.pings", trip_id="{key: [x, y]}")
    found = mapped(
        declared, {"x": "1", "y": "23"}, {"x": "12", "y": "3"}, {"x": "a|b", "y": "c"}, {"x": "a", "y": "b|c"}
    )

    assert len({row.trip_id for row in found}) == 4


def test_a_derived_id_is_the_digest_of_source_tag_and_sized_parts(mapping, mapped):
    declared = mapping("raw.pings", trip_id="{derive: [x, y], tag: t}")
    first, second, third, fourth = mapped(
        declared, {"x": "1", "y": "23"}, {"x": "12", "y": "3"}, {"x": None, "y": "3"}, {"x": "-", "y": "3"}
    )

    assert first.trip_id == hashlib.sha256(b"1:m1:t1:12:23").hexdigest()
    assert third.trip_id == hashlib.sha256(b"1:m1:t-1:3").hexdigest()
    assert len({row.trip_id for row in (first, second, third, fourth)}) == 4


def test_a_fraction_is_no_whole_number(mapping, mapped):
    rules = {"event_id": "{from: x}", "range_from": "{from: x}", "range_to": "{from: y}", "country": "{constant: Chad}"}
    declared = mapping("reference.ip_ranges", format_="parquet", **rules)
    found = mapped(declared, {"x": 1.5, "y": "2"}, {"x": 1.0, "y": "2"}, {"x": 1.0, "y": "2.5"}, types={"x": "double"})

    assert [row._reason for row in found] == ["unparseable:range_from", None, "unparseable:range_to"]


def test_column_names_may_hold_dots_blanks_and_backticks(mapping, mapped):
    declared = mapping("raw.pings", trip_id="{from: 'a.b c'}")

    assert mapped(declared, {"a.b c": "7"})[0].trip_id == "7"


def test_a_text_tells_something_exactly_where_the_whole_pattern_says_so(spark):
    """Visible ASCII at its beginning is asked first, and must not change any answer."""
    from pyspark.sql import functions as F

    from transforms.landing.parse_rule import _TELLS, source_column

    points = [chr(point) for point in (*range(0x800), 0x200B, 0x2028, 0x3000, 0xFEFF, 0xFFFD, 0x1F600, 0xE0001)]
    df = spark.createDataFrame(
        [(form,) for one in points for form in (one, " " + one, one + " ", one + "x")], "x string"
    )

    rows = df.select("x", source_column("x", df.schema).alias("told"), F.col("x").rlike(_TELLS).alias("tells"))

    assert rows.where("tells != (told IS NOT NULL) OR told != x").count() == 0
    assert rows.where("told IS NULL").count() > 100

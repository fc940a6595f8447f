"""Rows are counted by date exactly as they are mapped."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from transforms.landing.date_records import date_records

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param("{column: x, is: present}", ["1", "3"], id="present"),
        pytest.param("{column: x, equals: 7}", ["3"], id="equals"),
    ],
)
def test_rows_off_the_condition_are_not_expected_and_malformed_ones_are(mapping, mapped, when, expected):
    declared = mapping("raw.pings", when=when)
    rows = [{"id": "1", "x": "a"}, {"id": "2", "x": ""}, {"id": "3", "x": "7"}, {"id": "4", "_corrupt": "?"}]

    found = mapped(declared, *rows)

    assert [row.event_id for row in found if row._reason is None] == expected
    assert [row._reason for row in found if row._reason] == ["malformed_record"]


def test_rows_without_a_usable_time_count_without_a_date(spark, mapping):
    declared = mapping("raw.pings")
    landed = datetime(2024, 5, 1, 12, tzinfo=UTC)
    values = [("f", t, landed, None) for t in ("2024-04-30T10:00:00Z", "2024-04-30T23:59:59Z", "never", None)]
    records = spark.createDataFrame(values, "_file_id string, t string, _landed_at timestamp, _corrupt string")

    counted = {row.event_date: row.rows for row in date_records(records, declared, declared.emits[0]).collect()}

    assert counted == {date(2024, 4, 30): 2, None: 2}

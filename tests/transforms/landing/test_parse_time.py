"""Moments are read as UTC or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.spark


MOMENT = datetime(2024, 4, 30, 10, 30)
HALF = MOMENT.replace(microsecond=500_000)
AT_8, AT_6 = datetime(2024, 4, 30, 8), datetime(2024, 4, 30, 6)
PLAIN = "{from: x, time: 'yyyy-MM-dd HH:mm:ss', zone: UTC}"
BERLIN = PLAIN.replace("UTC", "Europe/Berlin")
SPRING, AUTUMN = datetime(2024, 3, 31, 1), datetime(2023, 10, 29, 0)
"""When Berlin's clocks go from 2 to 3, and when they first show 2."""

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WEEK = "{week_hour: {weekday: x, hour: h, week_of: 2024-04-29, zone: UTC}}"


@pytest.mark.parametrize(
    ("rule", "value", "type_", "expected"),
    [
        pytest.param("{from: x, iso: true}", "2024-04-30T12:30:00+02:00", "string", MOMENT, id="iso-offset"),
        pytest.param("{from: x, iso: true}", "2024-04-30T10:30:00.500Z", "string", HALF, id="iso-fraction"),
        pytest.param("{from: x, time: M/d/yy H:mm, zone: UTC}", "4/30/24 10:30", "string", MOMENT, id="pattern"),
        pytest.param("{from: x, time: M/d/yy H:mm, zone: Asia/Tokyo}", "4/30/24 19:30", "string", MOMENT, id="zoned"),
        pytest.param("{from: x, time: yyyy-MM-dd HHXXX}", "2024-04-30 12+01:30", "string", MOMENT, id="offset"),
        pytest.param("{from: x, time: M/d/yy H:mm, zone: UTC}", "30/4/24 10:30", "string", None, id="pattern-off"),
        pytest.param(PLAIN, "2024-04-30 10:30:00", "string", MOMENT, id="plain"),
        pytest.param(PLAIN, "2024-04-30T10:30:00", "string", None, id="plain-with-a-t"),
        pytest.param(PLAIN, "2024-04-30 10:30:60", "string", None, id="plain-beyond-the-minute"),
        pytest.param(PLAIN, "2024-4-30 10:30:00.0", "string", None, id="plain-with-a-fraction"),
        pytest.param(PLAIN, "2024-04-30 10:30Z   ", "string", None, id="plain-with-an-offset"),
        pytest.param(PLAIN, "2024-04-3  10:30:00", "string", None, id="plain-with-blanks"),
        pytest.param(PLAIN, "2016-12-31 23:59:60", "string", None, id="plain-leap-second"),
        pytest.param("{from: x, iso: true}", "2016-12-31T23:59:60Z", "string", None, id="iso-leap-second"),
        pytest.param(BERLIN, "2024-03-31 01:59:59", "string", SPRING - SECOND, id="before-the-skipped-hour"),
        pytest.param(BERLIN, "2024-03-31 02:30:00", "string", SPRING + 30 * MINUTE, id="in-the-skipped-hour"),
        pytest.param(BERLIN, "2024-03-31 03:00:00", "string", SPRING, id="after-the-skipped-hour"),
        pytest.param(BERLIN, "2023-10-29 01:59:59", "string", AUTUMN - SECOND, id="before-the-double-hour"),
        pytest.param(BERLIN, "2023-10-29 02:00:00", "string", AUTUMN, id="the-double-hour-is-the-first"),
        pytest.param(BERLIN, "2023-10-29 03:00:00", "string", AUTUMN + 120 * MINUTE, id="after-the-double-hour"),
        pytest.param("{from: x, epoch: seconds}", "1714473000", "string", MOMENT, id="seconds"),
        pytest.param("{from: x, epoch: seconds}", "1714473000.5", "string", HALF, id="fraction"),
        pytest.param("{from: x, epoch: seconds}", 1714473000, "bigint", MOMENT, id="whole-seconds"),
        pytest.param("{from: x, epoch: seconds}", 1714473000.0, "double", MOMENT, id="double-seconds"),
        pytest.param("{from: x, epoch: milliseconds}", "1714473000500", "string", HALF, id="ms"),
        pytest.param("{from: x, epoch: milliseconds}", 1714473000500, "bigint", HALF, id="whole-ms"),
        pytest.param("{from: x, epoch: seconds}", 2**63 - 1, "bigint", None, id="seconds-beyond-any-year"),
        pytest.param("{from: x, epoch: milliseconds}", 2**63 - 1, "bigint", None, id="ms-beyond-any-year"),
        pytest.param("{from: x, epoch: seconds}", "9" * 40, "string", None, id="digits-without-end"),
        pytest.param("{from: x}", MOMENT.replace(tzinfo=UTC), "timestamp", MOMENT, id="typed-timestamp"),
        pytest.param(WEEK.replace("UTC", "Europe/Berlin"), "Tuesday", "string", AT_6, id="weekday-name"),
        pytest.param(WEEK, "tue", "string", AT_8, id="weekday-short"),
        pytest.param(WEEK, 2, "bigint", AT_8, id="weekday-number"),
        pytest.param(WEEK, "Someday", "string", None, id="weekday-unknown"),
    ],
)  # fmt: skip
def test_moments_are_read_as_utc(mapping, mapped, rule, value, type_, expected):
    declared = mapping("raw.pings", format_="parquet", event_time=rule)
    (row,) = mapped(declared, {"x": value, "h": "8"}, types={"x": type_})

    assert row.event_time == expected
    assert row._reason == (None if expected else "unparseable:event_time")


@pytest.mark.parametrize(
    ("hour", "type_", "reason"),
    [
        pytest.param("24", "string", "unparseable:event_time", id="no-such-hour"),
        pytest.param(7.5, "double", "unparseable:event_time", id="half-an-hour"),
        pytest.param(7.0, "double", None, id="whole-fraction"),
        pytest.param(float("nan"), "double", "missing:event_time", id="pandas-missing"),
        pytest.param(None, "bigint", "missing:event_time", id="null"),
    ],
)
def test_an_hour_of_the_week_is_checked(mapping, mapped, hour, type_, reason):
    rule = "{week_hour: {weekday: day, hour: h, week_of: 2024-04-29, zone: UTC}}"
    (row,) = mapped(mapping("raw.pings", event_time=rule), {"day": "Monday", "h": hour}, types={"h": type_})

    assert row._reason == reason

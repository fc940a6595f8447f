"""What time a calendar text stands for: ``2026-05`` a month, ``2026-W19`` a week, ``2020s`` ten years."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from quality.checks.anonymity.published_values import ends_of

Span = tuple[float, float, bool]
"""The first and the last moment, and whether the last one belongs to it."""

_EPOCH = datetime(1970, 1, 1)


def calendar_span(text: str) -> Span | None:
    """Return the microseconds since 1970, by the text's own clock, of a time, a part of the calendar or an interval.

    ``[2026-05-01, 2026-05-03]`` holds all of its last day; None if the text is nothing of these.
    """
    if (ends := ends_of(text)) is None:
        return _part(text)
    low, high = _part(ends[0]), _part(ends[1])
    if low is None or high is None:
        return None
    return (low[0], high[1], high[2]) if ends[2] else (low[0], high[0], False)


def _part(text: str) -> Span | None:
    with suppress(ValueError, OverflowError):
        for pattern, span in _PARTS:
            if found := pattern.fullmatch(text):
                first, after = span(*map(int, found.groups()))
                return (_microseconds(first), _microseconds(after), False)
        if re.match(r"\d{4}-\d\d-\d\d[T ]", text):
            moment = _microseconds(datetime.fromisoformat(text).replace(tzinfo=None))
            return (moment, moment, True)
    return None


def _microseconds(moment: date) -> float:
    at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    return float((at - _EPOCH) // timedelta(microseconds=1))


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def _week(year: int, week: int) -> tuple[date, date]:
    monday = date.fromisocalendar(year, week, 1)
    return monday, monday + timedelta(7)


def _day(year: int, month: int, day: int) -> tuple[date, date]:
    return date(year, month, day), date(year, month, day) + timedelta(1)


def _hour(year: int, month: int, day: int, hour: int) -> tuple[date, date]:
    return datetime(year, month, day, hour), datetime(year, month, day, hour) + timedelta(hours=1)


_PARTS: tuple[tuple[re.Pattern[str], Callable[..., tuple[date, date]]], ...] = (
    (re.compile(r"(\d{4})"), lambda year: _months(year, 1, 12)),
    (re.compile(r"(\d{3})0s"), lambda decade: _months(decade * 10, 1, 120)),
    (re.compile(r"(\d{4})-Q([1-4])"), lambda year, quarter: _months(year, quarter * 3 - 2, 3)),
    (re.compile(r"(\d{4})-(\d\d)"), lambda year, month: _months(year, month, 1)),
    (re.compile(r"(\d{4})-W(\d\d)"), _week),
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), _day),
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d)"), _hour),
)

"""Dates as people type them: 2026-06-01, yesterday, 10 days ago, 2 years ago."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

import typer

from jobs.catalog import now

_AGO = re.compile(r"(\d{1,4}) (day|week|month|year)s? ago")
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}


def day(text: str) -> date:
    """Return the date that ``text`` means today (UTC); raise ``BadParameter`` with examples if it means none.

    A month back from the 31st is the last day of a shorter month.
    """
    return day_of(text, now().date())


def day_of(text: str, today: date) -> date:
    """Return what ``text`` means on the day ``today``."""
    words = " ".join(text.lower().split())
    if words in ("today", "yesterday"):
        return today - timedelta(days=words == "yesterday")
    try:
        if ago := _AGO.fullmatch(words):
            return _back(today, int(ago[1]), ago[2])
        return date.fromisoformat(words)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is no date. For example: 2026-06-01, yesterday, '10 days ago', '6 months ago', '2 years ago'."
        ) from None


def _back(today: date, count: int, unit: str) -> date:
    if unit in _DAYS:
        return today - timedelta(days=count * _DAYS[unit])
    year, month = divmod(today.year * 12 + today.month - 1 - count * _MONTHS[unit], 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))

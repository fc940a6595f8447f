"""Generalize dates and times by calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from quality.contracts.errors import ConfigError
from quality.releases.attributes import Dates
from transforms.anonymity.hierarchies import ROOT, Line

LABELS: dict[str, Callable[[date], str]] = {
    "hour": lambda day: f"{day:%Y-%m-%dT%H}",
    "day": lambda day: f"{day:%Y-%m-%d}",
    "week": lambda day: "{}-W{:02d}".format(*day.isocalendar()),
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day:%Y}",
    "decade": lambda day: f"{day.year // 10}0s",
}
"""The granularities, finest first. A week is ISO 8601's, which belongs to no one month, quarter or year."""


def lines_of_dates(build: Dates, values: Sequence[Any], column: str) -> list[Line]:
    """Return a line for each of the distinct dates or times, which may be texts of ISO 8601.

    Raises ``ConfigError`` for granularities that are not finest first or do not nest, and with the count of values
    that are no dates.
    """
    order = [list(LABELS).index(level) for level in build.levels]
    if order != sorted(set(order)):
        raise ConfigError(f"The dates of {column}: levels are stated finest first, each once.")
    if "week" in build.levels[:-1]:
        raise ConfigError(f"The dates of {column}: a week may end one month and begin the next.", mend="State it last.")
    days = [_date(value) for value in values]
    if wrong := days.count(None):
        mend = "Write them as ISO 8601: 2026-11-27, or 2026-11-27T08:30:00Z."
        raise ConfigError(f"Dates are for dates and times; {wrong} values of {column} are none.", mend=mend)
    told = ((value, day) for value, day in zip(values, days, strict=True) if day is not None)
    return [(str(value), *(LABELS[level](day) for level in build.levels), ROOT) for value, day in told]


def _date(value: object) -> date | None:
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None

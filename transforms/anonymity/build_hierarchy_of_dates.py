"""Generalize dates and times by calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
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
    """Return a line for each of the distinct dates or times.

    Raises ``ConfigError`` for granularities that are not finest first or do not nest, and with the count of values
    that are no dates.
    """
    order = [list(LABELS).index(level) for level in build.levels]
    if order != sorted(set(order)):
        raise ConfigError(f"The dates of {column}: levels are stated finest first, each once.")
    if "week" in build.levels[:-1]:
        raise ConfigError(f"The dates of {column}: a week may end one month and begin the next.", mend="State it last.")
    if wrong := sum(not isinstance(value, date) for value in values):
        raise ConfigError(f"Dates are for dates and times; {wrong} values of {column} are none.")
    return [(str(value), *(LABELS[level](value) for level in build.levels), ROOT) for value in values]

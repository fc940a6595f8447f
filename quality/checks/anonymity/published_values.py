"""What a published value stands for: ``[17, 29]`` an interval, ``{a, b}`` a set, ``*`` anything, else itself.

``[17, 29[`` and ``[17, 29)`` leave out their upper end; ``null`` in a set is no value, unless a value is so called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths

Bools = NDArray[np.bool_]

SUPPRESSED = "*"

NULL = "null"

_INTERVAL = re.compile(r"^\[\s*(.+?)\s*,\s*(.+?)\s*([\])\[])$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")


def interval_of(text: str) -> tuple[float, float, bool] | None:
    """Return (low, high, whether high belongs to it) of an interval of numbers; else None."""
    found = _INTERVAL.match(text)
    low, high = (number_of(found[1]), number_of(found[2])) if found else (None, None)
    return None if low is None or high is None or found is None else (low, high, found[3] == "]")


def members_of(text: str, values: Sequence[str | None]) -> set[str] | None:
    """Return the members of ``{a, b}``; else None. A member may hold ``, `` itself if ``values`` has it."""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    known, members, parts = set(values), set(), text[1:-1].split(", ")
    while parts:
        length = next((n for n in range(len(parts), 1, -1) if ", ".join(parts[:n]) in known), 1)
        members.add(", ".join(parts[:length]))
        parts = parts[length:]
    return members


def number_of(text: str | None) -> float | None:
    """Return the finite number that ``text`` spells, or None."""
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and np.isfinite(number) else None


def covers(
    published: str | None,
    values: Sequence[str | None],
    *,
    paths: Paths | None = None,
    order: Sequence[str] | None = None,
    null_is_any: bool = False,
) -> Bools:
    """Return which of the original's ``values`` (m,) the published one may stand for.

    A null stands for nulls, or for anything if ``null_is_any``. ``[low, high]`` of values of ``order`` covers what
    lies between them there, of dates as ISO 8601 writes them what lies between in time; a node of ``paths`` covers
    its leaves; a number every spelling of it.
    """
    if published == SUPPRESSED or (published is None and null_is_any):
        return np.ones(len(values), bool)
    own = _where(values, lambda value: value == published)
    if published is None:
        return own
    if (members := members_of(published, values)) is not None:
        null = NULL in members and NULL not in values
        return own | _where(values, lambda value: value in members if value is not None else null)
    if order is not None and (span := _INTERVAL.match(published)) and {span[1], span[2]} <= set(order):
        between = set(order[order.index(span[1]) : order.index(span[2]) + 1])
        return own | _where(values, lambda value: value in between)
    if (dates := _INTERVAL.match(published)) and _DATE.match(dates[1]) and _DATE.match(dates[2]):
        first, last = dates[1], dates[2]
        return own | _where(values, lambda value: value is not None and first <= value <= last)
    if (interval := interval_of(published)) is not None:
        low, high, closed = interval
        return own | _where(
            values, lambda v: (n := number_of(v)) is not None and low <= n and (n <= high if closed else n < high)
        )
    if (number := number_of(published)) is not None:
        own |= _where(values, lambda value: number_of(value) == number)
    if paths is not None:
        own |= _where(values, lambda value: value is not None and published in paths.get(value, ()))
    return own


def _where(values: Sequence[str | None], holds: Callable[[str | None], bool]) -> Bools:
    return np.fromiter((holds(value) for value in values), bool, len(values))

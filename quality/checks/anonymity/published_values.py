"""What a published value stands for: ``[17, 29]`` an interval, ``{a, b}`` a set, ``*`` anything, else itself.

``[17, 29[`` and ``[17, 29)`` leave out their upper end; ``null`` in a set is no value, unless a value is so called.
Dates and times as ISO 8601 writes them are numbers: microseconds since 1970, in UTC where they name no zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths

Bools = NDArray[np.bool_]

SUPPRESSED = "*"

NULL = "null"

_INTERVAL = re.compile(r"^\[\s*(.+?)\s*,\s*(.+?)\s*([\])\[])$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")
_CALENDAR = re.compile(r"^\d{3}0s$|^\d{4}(-(Q\d|W\d\d|\d\d(-\d\d(T\d\d)?)?))?$")
_REDACTED = re.compile(r"^(\*+[^*]+|[^*]+\*+|\*{2,})$")


def interval_of(text: str) -> tuple[float, float, bool] | None:
    """Return (low, high, whether high belongs to it) of an interval of numbers or dates; else None."""
    ends = ends_of(text)
    low, high = (number_of(ends[0]), number_of(ends[1])) if ends else (None, None)
    return None if low is None or high is None or ends is None else (low, high, ends[2])


def ends_of(text: str) -> tuple[str, str, bool] | None:
    """Return (low, high, whether high belongs to it) of an interval of whatever it is of; else None."""
    found = _INTERVAL.match(text)
    return (found[1], found[2], found[3] == "]") if found else None


def members_of(text: str, values: Sequence[str | None]) -> set[str] | None:
    """Return the members of ``{a, b}``; else None. A member may hold ``, `` itself if ``values`` has it."""
    return _members(text, _places_of(tuple(values)))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where each of some values stands, and of how many parts joined by ``, `` the longest is."""

    at: Mapping[str | None, list[int]]
    parts: int

    def of(self, members: Iterable[str | None], size: int) -> Bools:
        """Return which of the ``size`` values are ``members``."""
        found = np.zeros(size, bool)
        for one in members:
            found[self.at.get(one, [])] = True
        return found


@lru_cache(maxsize=8)
def _places_of(values: tuple[str | None, ...]) -> _Places:
    """Return where values stand; kept, as a column's published values all ask it of the same ones."""
    at: dict[str | None, list[int]] = {}
    for place, value in enumerate(values):
        at.setdefault(value, []).append(place)
    return _Places(at, max((value.count(", ") + 1 for value in at if value is not None), default=1))


def _members(text: str, known: _Places) -> set[str] | None:
    if not (text.startswith("{") and text.endswith("}")):
        return None
    members, parts = set(), text[1:-1].split(", ")
    first = 0
    while first < len(parts):
        longest = min(len(parts) - first, known.parts)
        length = next((n for n in range(longest, 1, -1) if ", ".join(parts[first : first + n]) in known.at), 1)
        members.add(", ".join(parts[first : first + length]))
        first += length
    return members


def number_of(text: str | None) -> float | None:
    """Return the finite number that ``text`` spells, or the microseconds of a date or time; or None."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        moment = _moment(text)
        return None if moment is None else float((moment - _EPOCH) // timedelta(microseconds=1))
    return number if np.isfinite(number) else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    if _DATE.match(text):
        with suppress(ValueError):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


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
    lies between them there, of dates what lies between in time, of other texts what lies between by their characters.
    A node of ``paths`` covers its leaves; a number every spelling of it; ``2026-05``, ``2026-Q2``, ``2026-W20``,
    ``2026`` and ``2020s`` the dates in them; ``12***`` the texts of as many characters that begin so.
    """
    if published == SUPPRESSED or (published is None and null_is_any):
        return np.ones(len(values), bool)
    known = _places_of(tuple(values))
    own = known.of([published], len(values))
    if published is None:
        return own
    if (members := _members(published, known)) is not None:
        null = [None] if NULL in members and NULL not in known.at else []
        return own | known.of([*members, *null], len(values))
    if order is not None and (span := _INTERVAL.match(published)) and {span[1], span[2]} <= set(order):
        between = set(order[order.index(span[1]) : order.index(span[2]) + 1])
        return own | known.of(between, len(values))
    if (interval := interval_of(published)) is not None:
        low, high, closed = interval
        return own | _where(
            values, lambda v: (n := number_of(v)) is not None and low <= n and (n <= high if closed else n < high)
        )
    if order is None and (span := _INTERVAL.match(published)) and span[3] == "]":
        return own | _where(values, lambda value: value is not None and span[1] <= value <= span[2])
    if (number := number_of(published)) is not None:
        own |= _where(values, lambda value: number_of(value) == number)
    if paths is not None:
        own |= _where(values, lambda value: value is not None and published in paths.get(value, ()))
    if _CALENDAR.match(published):
        own |= _where(values, lambda value: value is not None and published in _calendar(value))
    if _REDACTED.match(published):
        own |= _where(values, lambda value: value is not None and _is_redacted(value, published))
    return own


def _calendar(value: str) -> set[str]:
    if (day := _moment(value)) is None:
        return set()
    week, quarter = "{}-W{:02d}".format(*day.isocalendar()), f"{day:%Y}-Q{(day.month + 2) // 3}"
    plain = {f"{day:{form}}" for form in ("%Y-%m-%dT%H", "%Y-%m-%d", "%Y-%m", "%Y")}
    return plain | {week, quarter, f"{day.year // 10}0s"}


def _is_redacted(value: str, published: str) -> bool:
    pairs = zip(value, published, strict=True) if len(value) == len(published) else ()
    return len(value) == len(published) and all(star in ("*", sign) for sign, star in pairs)


def _where(values: Sequence[str | None], holds: Callable[[str | None], bool]) -> Bools:
    return np.fromiter((holds(value) for value in values), bool, len(values))

"""What a published value stands for: ``[17, 29]`` an interval, ``{a, b}`` a set, ``*`` anything, else itself.

``[17, 29[`` and ``[17, 29)`` leave out their upper end. ``<=18`` is 18 and less, ``>=90`` 90 and more, also as ends:
``[<=18, 29]``. ``null`` in a set is no value, or one so called. A member that holds a comma, a brace or a quotation
mark is quoted as a cell of CSV is, ``{"a, b", c}``, or in older files is not.
Dates and times as ISO 8601 writes them are numbers: microseconds since 1970, in UTC where they name no zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths

Bools = NDArray[np.bool_]

SUPPRESSED = "*"

NULL = "null"

_INTERVAL = re.compile(r"^\[\s*(.+?)\s*,\s*(.+?)\s*([\])\[])$")
_OPEN = re.compile(r"^([<>]=)\s*(.+)$")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=, |$)')
_JOINT = re.compile(", ")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")
_CALENDAR = re.compile(r"^\d{3}0s$|^\d{4}(-(Q\d|W\d\d|\d\d(-\d\d(T\d\d)?)?))?$")
_REDACTED = re.compile(r"^(\*+[^*]+|[^*]+\*+|\*{2,})$")


def interval_of(text: str) -> tuple[float, float, bool] | None:
    """Return (low, high, whether high belongs to it) of an interval of numbers or dates; else None."""
    if (ends := ends_of(text)) is None:
        open_end = _OPEN.match(text)
        ends = None if open_end is None else (text, text, True)
    low, high = (_end(ends[0], "<="), _end(ends[1], ">=")) if ends else (None, None)
    return None if low is None or high is None or ends is None else (low, high, ends[2])


def _end(text: str, beyond: str) -> float | None:
    """Return the number of an end; without bound if ``text`` says that it is open ``beyond``."""
    if (found := _OPEN.match(text)) is None:
        return number_of(text)
    number = number_of(found[2])
    return number if number is None or found[1] != beyond else float("-inf" if beyond == "<=" else "inf")


def ends_of(text: str) -> tuple[str, str, bool] | None:
    """Return (low, high, whether high belongs to it) of an interval of whatever it is of; else None."""
    found = _INTERVAL.match(text)
    return (found[1], found[2], found[3] == "]") if found else None


def members_of(text: str, values: Sequence[str | None]) -> set[str | None] | None:
    """Return the members of ``{a, b}``; else None. One may hold ``, `` unquoted if ``values`` has it; None is null."""
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


def _members(text: str, known: _Places) -> set[str | None] | None:
    if not (text.startswith("{") and text.endswith("}")):
        return None
    members, inside, at = set[str | None](), text[1:-1], 0
    while at <= len(inside):
        member, end = _member(inside, at, known)
        members.add(member)
        at = end + len(", ")
    return members


def _member(text: str, at: int, known: _Places) -> tuple[str | None, int]:
    """Return the member of ``a, b`` that begins ``at``, and where it ends."""
    if (quoted := _QUOTED.match(text, at)) is not None and quoted[0] not in known.at:
        return quoted[1].replace('""', '"'), quoted.end()
    end = next((end for end in _ends(text, at, known.parts)[::-1] if text[at:end] in known.at), None)
    member = text[at : end or _ends(text, at, 1)[0]]
    return None if member == NULL else member, at + len(member)


def _ends(text: str, at: int, most: int) -> list[int]:
    """Return where the first ``most`` parts joined by ``, `` from ``at`` on end."""
    ends = [found.start() for found in islice(_JOINT.finditer(text, at), most)]
    return ends if len(ends) == most else [*ends, len(text)]


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
        return own | known.of(members | {NULL} if None in members else members, len(values))
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

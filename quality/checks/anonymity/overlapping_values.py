"""Whether two published values may stand for the same true one: what a subtraction of classes begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.calendar_spans import Span, calendar_span
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_values import NULL, SUPPRESSED, ends_of, interval_of, members_of, number_of

Ints = NDArray[np.int64]


class Shared(IntEnum):
    """Whether two values have a true one in common. Of several columns the least one holds for a class."""

    NOTHING = 0
    UNKNOWN = 1
    SOME = 2


def overlaps(
    left: Sequence[str | None], right: Sequence[str | None], paths: Paths, *, plain: bool = False
) -> tuple[NDArray[np.int8], Ints, Ints]:
    """Return what distinct values share, (distinct left, distinct right), and each one's number on both sides.

    Known of ``*``, nulls, sets, numbers and their intervals, dates and parts of the calendar (``2026-05``, ``2020s``),
    redacted texts (``10**``), H3 cells and nodes of ``paths``. Of other texts, which may be nodes of a tree that nobody
    named, nothing is known unless equal; ``plain`` says that they are none, so that two which differ share nothing.
    What a mean stands for is not known here: a number is itself.
    """
    numbers: list[dict[str | None, int]] = [{}, {}]
    codes = [
        np.array([number.setdefault(one, len(number)) for one in side], np.int64)
        for number, side in zip(numbers, (left, right), strict=True)
    ]
    below = _below(paths)
    lefts, rights = ([None if one is None else _read(one, below) for one in number] for number in numbers)
    found = [[_shared(one, other, plain) for other in rights] for one in lefts]
    return np.array(found, np.int8), codes[0], codes[1]


def _below(paths: Paths) -> dict[str, set[str]]:
    """Return the values below each node; equal names under different parents are one."""
    below: dict[str, set[str]] = {}
    for value, path in paths.items():
        for node in path:
            below.setdefault(node, set()).add(value)
    return below


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A value in each way that it can be read; ``ends`` are those of a range of texts in an order not known here."""

    text: str
    members: tuple[_Read, ...]
    leaves: set[str] | None
    cell: tuple[int, int] | None
    number: Span | None
    calendar: Span | None
    ends: tuple[str, ...]


def _read(text: str, below: Mapping[str, set[str]]) -> _Read:
    inside = sorted(NULL if one is None else one for one in members_of(text, ()) or ())
    members = tuple(_read(one, below) for one in inside if one != text)
    point = None if (number := number_of(text)) is None else (number, number, True)
    interval, calendar, ends = interval_of(text) or point, calendar_span(text), ends_of(text)
    texts = () if ends is None or interval or calendar else ends[:2]
    return _Read(text, members, below.get(text), _cell(text), interval, calendar, texts)


def _shared(one: _Read | None, other: _Read | None, plain: bool) -> Shared:
    if one is None or other is None:
        texts = [value.text for value in (one, other) if value]
        return Shared.SOME if all(text == SUPPRESSED or _holds_null(text) for text in texts) else Shared.NOTHING
    if one.text == other.text or SUPPRESSED in (one.text, other.text):
        return Shared.SOME
    for value, beside in ((one, other), (other, one)):
        if value.members:
            return max(_shared(member, beside, plain) for member in value.members)
    if known := [Shared.SOME if shares else Shared.NOTHING for shares in _known(one, other)]:
        return max(known)
    return Shared.NOTHING if plain and not (one.ends or other.ends) else Shared.UNKNOWN


def _holds_null(text: str) -> bool:
    return None in (members_of(text, ()) or ())


def _known(one: _Read, other: _Read) -> Iterator[bool]:
    """Yield whether two values overlap, for each way in which both can be read."""
    if one.leaves is not None and other.leaves is not None:
        yield not one.leaves.isdisjoint(other.leaves)
    if one.cell and other.cell:
        yield _nested(one.cell, other.cell)
    for mine, theirs in ((one.number, other.number), (one.calendar, other.calendar)):
        if mine and theirs:
            yield _crossing(mine, theirs)
    if SUPPRESSED in one.text + other.text and (shares := _redacted(one.text, other.text)) is not None:
        yield shares
    if {*one.ends, one.text} & {*other.ends, other.text}:
        yield True


def _redacted(one: str, other: str) -> bool | None:
    """Return whether texts are equal but for their redacted letters; None for two lengths, which padding may hide."""
    if len(one) == len(other):
        return all(a == b or SUPPRESSED in (a, b) for a, b in zip(one, other, strict=True))
    left, right = (all(a == b or SUPPRESSED in (a, b) for a, b in pairs) for pairs in _aligned(one, other))
    return None if left or right else False


def _aligned(one: str, other: str) -> Iterator[Iterator[tuple[str, str]]]:
    yield zip(one, other, strict=False)
    yield zip(reversed(one), reversed(other), strict=False)


def _nested(mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """Return whether one H3 cell is the other's parent at some resolution: its digits are where the other's begin."""
    above = 45 - 3 * min(mine[0], theirs[0])
    return mine[1] >> above == theirs[1] >> above


@lru_cache(maxsize=1 << 16)
def _cell(text: str) -> tuple[int, int] | None:
    """Return (resolution, base cell and 15 digits) of an H3 cell, written in hexadecimal or as a number; else None."""
    if not text.isalnum() or not 15 <= len(text) <= 19:
        return None
    import h3

    try:
        number = int(text, 16 if len(text) < 17 else 10)
    except ValueError:
        return None
    return ((number >> 52) & 15, number & ((1 << 52) - 1)) if h3.is_valid_cell(f"{number:x}") else None


def _crossing(mine: Span, theirs: Span) -> bool:
    (low, high, closed), (bottom, top, shut) = mine, theirs
    return (low < top or (low == top and shut)) and (bottom < high or (bottom == high and closed))

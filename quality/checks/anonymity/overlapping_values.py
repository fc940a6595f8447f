"""Whether two published values may stand for the same true one: what a subtraction of classes begins with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.calendar_spans import Span, calendar_span
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.overlap_kernels import (
    ANY,
    CALENDAR,
    CELL,
    ENDS,
    LEAVES,
    NUMBER,
    REDACTED,
    Floats,
    Ints,
    Texts,
    Values,
    shared_values,
)
from quality.checks.anonymity.published_values import NULL, SUPPRESSED, ends_of, interval_of, members_of, number_of


class ValuePairs:
    """What the values of a column of two versions share, pair by pair; ``left`` and ``right`` number each row's value.

    Known of ``*``, nulls, sets, numbers and their intervals, dates and parts of the calendar (``2026-05``, ``2020s``),
    redacted texts (``10**``), H3 cells and nodes of ``paths``. Of other texts, which may be nodes of a tree that nobody
    named, nothing is known unless equal; ``plain`` says that they are none, so that two which differ share nothing.
    What a mean stands for is not known here: a number is itself.
    """

    def __init__(self, left: Sequence[str | None], right: Sequence[str | None], paths: Paths, *, plain: bool) -> None:
        """Read each distinct value once."""
        self._plain = plain
        mine, self.left = _numbered(left)
        theirs, self.right = _numbered(right)
        numbers = {text: at for at, text in enumerate(sorted({*_members(mine), *_members(theirs)}))}
        self._texts = _read(list(numbers), _below(paths))
        self._left, self._right = (_values(one, numbers, self._texts.kinds) for one in (mine, theirs))

    def of(self, rows: slice) -> NDArray[np.int8]:
        """Return what the values of these rows of the left share with each row of the right, (rows, right)."""
        distinct, numbers = np.unique(self.left[rows], return_inverse=True)
        shared = shared_values(self._texts, self._left, self._right, distinct, self._plain)
        each: NDArray[np.int8] = np.take(shared, self.right, axis=1)
        return each if _is_counted(numbers) else each[numbers]


def _is_counted(numbers: Ints) -> bool:
    return bool(np.array_equal(numbers, np.arange(numbers.size)))


def _numbered(values: Iterable[str | None]) -> tuple[list[str | None], Ints]:
    """Return the distinct values, and each one's number among them."""
    numbers: dict[str | None, int] = {}
    of_row = np.array([numbers.setdefault(one, len(numbers)) for one in values], np.int64)
    return list(numbers), of_row


def _members(values: Iterable[str | None]) -> Iterator[str]:
    """Yield the members of sets, and what is no set itself."""
    for value in values:
        if value is None:
            continue
        inside = members_of(value, ())
        yield from [value] if inside is None else _members(NULL if one is None else one for one in inside)


def _values(values: Sequence[str | None], numbers: Mapping[str, int], kinds: Ints) -> Values:
    members = [sorted({numbers[text] for text in _members([value])}) for value in values]
    nulls = [value is None or value == SUPPRESSED or None in (members_of(value, ()) or ()) for value in values]
    read = np.array([np.bitwise_or.reduce(kinds[each]) if each else 0 for each in members], np.int64)
    return Values(*_flat(members), read, np.array(nulls, np.bool_))


def _flat(parts: Sequence[Iterable[int]]) -> tuple[Ints, Ints]:
    """Return where each part begins among the numbers of all, and the end; and these numbers."""
    listed = [np.fromiter(part, np.int64) for part in parts]
    return np.cumsum([0, *map(len, listed)]).astype(np.int64), np.concatenate([np.empty(0, np.int64), *listed])


def _below(paths: Paths) -> dict[str, set[str]]:
    """Return the values below each node; equal names under different parents are one."""
    below: dict[str, set[str]] = {}
    for value, path in paths.items():
        for node in path:
            below.setdefault(node, set()).add(value)
    return below


def _read(texts: Sequence[str], below: Mapping[str, set[str]]) -> Texts:
    """Read texts in each way that they can be read; ``below`` holds the values under each node."""
    leaf = {value: at for at, value in enumerate(sorted(set().union(*below.values())))}
    leaves = [sorted(leaf[value] for value in below.get(text, ())) for text in texts]
    kinds = np.array([ANY * (text == SUPPRESSED) + REDACTED * (SUPPRESSED in text) for text in texts], np.int64)
    kinds += LEAVES * np.array([len(each) > 0 for each in leaves], np.int64)
    numbers, calendars = _spans([_number(text) for text in texts]), _spans([calendar_span(text) for text in texts])
    cells = np.array([_cell(text) or (-1, 0) for text in texts], np.int64).reshape(-1, 2)
    known = [~np.isnan(numbers[:, 0]), ~np.isnan(calendars[:, 0]), cells[:, 0] >= 0]
    for kind, which in zip((NUMBER, CALENDAR, CELL), known, strict=True):
        kinds += kind * which
    ends = _ends(texts, known[0] | known[1])
    kinds += ENDS * (ends[:, 1:] != ends[:, :1]).any(axis=1)
    return Texts(kinds, numbers, calendars, cells, ends, *_flat(leaves), *_flat([map(ord, text) for text in texts]))


def _number(text: str) -> Span | None:
    point = number_of(text)
    return interval_of(text) or (None if point is None else (point, point, True))


def _spans(found: Sequence[Span | None]) -> Floats:
    return np.array([span or (np.nan, np.nan, False) for span in found], np.float64).reshape(-1, 3)


def _ends(texts: Sequence[str], known: NDArray[np.bool_]) -> Ints:
    """Return the numbers (n, 3) of each text and of the ends of a range whose order is not ``known``, or its own."""
    parts = [
        (text, *(ends[:2] if not told and (ends := ends_of(text)) else (text, text)))
        for text, told in zip(texts, known, strict=True)
    ]
    numbers: dict[str, int] = {}
    return np.array([[numbers.setdefault(one, len(numbers)) for one in each] for each in parts], np.int64).reshape(
        -1, 3
    )


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

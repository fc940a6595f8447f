"""Whether two published values may stand for the same true one: what a subtraction of classes begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.published_values import SUPPRESSED, interval_of, members_of, number_of

Ints = NDArray[np.int64]
Share = Callable[[str, str], bool]


def overlaps(
    left: Sequence[str | None], right: Sequence[str | None], paths: Paths
) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Return which distinct values overlap, (distinct left, distinct right), and each one's number on both sides.

    Evidently so are equal values, ``*``, sets and intervals with one value in common, texts that are equal but for
    their redacted letters (``10**``), H3 cells of which one is the other's parent, and nodes of ``paths`` with a value
    in common. What a mean or a node of no known hierarchy stands for is not known here.
    """
    numbers: list[dict[str | None, int]] = [{}, {}]
    codes = [
        np.array([number.setdefault(one, len(number)) for one in side], np.int64)
        for number, side in zip(numbers, (left, right), strict=True)
    ]
    share = _nodes(paths)
    found = [[_overlap(one, other, share) for other in numbers[1]] for one in numbers[0]]
    return np.array(found, bool), codes[0], codes[1]


def _nodes(paths: Paths) -> Share:
    """Return whether two nodes have a value below them in common; equal names under different parents are one."""
    below: dict[str, set[str]] = {}
    for value, path in paths.items():
        for node in path:
            below.setdefault(node, set()).add(value)
    nobody: set[str] = set()
    return lambda one, other: not below.get(one, nobody).isdisjoint(below.get(other, nobody))


def _overlap(one: str | None, other: str | None, share: Share) -> bool:
    if one == other or SUPPRESSED in (one, other):
        return True
    if one is None or other is None:
        return False
    for text, beside in ((one, other), (other, one)):
        if (members := members_of(text, ())) is not None:
            return any(_overlap(member, beside, share) for member in members)
    return share(one, other) or _nested(one, other) or _redacted(one, other) or _crossing(one, other)


def _redacted(one: str, other: str) -> bool:
    stars = SUPPRESSED in one or SUPPRESSED in other
    return (
        stars
        and len(one) == len(other)
        and all(a == b or SUPPRESSED in (a, b) for a, b in zip(one, other, strict=True))
    )


def _nested(one: str, other: str) -> bool:
    """Return whether one H3 cell is the other's parent at some resolution: its digits are where the other's begin."""
    mine, theirs = _cell(one), _cell(other)
    if mine is None or theirs is None:
        return False
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


def _crossing(one: str, other: str) -> bool:
    """Return whether two intervals, or an interval and a number, have one in common."""
    mine, theirs = (interval_of(text) or _point(text) for text in (one, other))
    if mine is None or theirs is None:
        return False
    (low, high, closed), (bottom, top, shut) = mine, theirs
    return (low < top or (low == top and shut)) and (bottom < high or (bottom == high and closed))


def _point(text: str) -> tuple[float, float, bool] | None:
    number = number_of(text)
    return None if number is None else (number, number, True)

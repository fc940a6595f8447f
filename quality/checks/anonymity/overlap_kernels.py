"""Whether published values overlap, pair by pair, in machine code: two versions may have billions of pairs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOTHING, UNKNOWN, SOME = 0, 1, 2
"""What two values have in common: no true value, nobody knows, some."""

NUMBER, CALENDAR, CELL, LEAVES, REDACTED, ENDS, ANY = 1, 2, 4, 8, 16, 32, 64
"""How a text can be read: the first four tell of two texts that both are read so, REDACTED and ENDS if one is."""

SINGLY = REDACTED | ENDS | ANY

STAR = ord("*")


class Texts(NamedTuple):
    """Distinct texts (n,) that are no sets; ``kinds`` says which of the rest holds of each.

    ``numbers`` and ``calendars`` (n, 3) are a span's first and last moment, and 1 if the last one belongs to it.
    ``cells`` (n, 2) are an H3 cell's resolution and digits. ``ends`` (n, 3) number the text itself and the ends of a
    range, or repeat it. The sorted ``leaves`` of text i lie between ``leaf_starts[i]`` and the next, its ``signs`` so
    too.
    """

    kinds: Ints
    numbers: Floats
    calendars: Floats
    cells: Ints
    ends: Ints
    leaf_starts: Ints
    leaves: Ints
    sign_starts: Ints
    signs: Ints


class Values(NamedTuple):
    """Published values (m,): the sorted ``members`` of value i lie between ``starts[i]`` and the next.

    A value that is no set is its own only member, a null has none; ``nulls`` are those which may stand for no value.
    ``kinds`` are those of all members.
    """

    starts: Ints
    members: Ints
    kinds: Ints
    nulls: NDArray[np.bool_]


@compiled
def shared_values(texts: Texts, left: Values, right: Values, rows: Ints, plain: bool) -> NDArray[np.int8]:
    """Return what each of the values ``rows`` of ``left`` shares with each of ``right``, (rows, right)."""
    found = np.empty((rows.size, right.nulls.size), np.int8)
    numbers, apart = texts.numbers, NOTHING if plain else UNKNOWN
    mine, theirs, starts, begins = left.members, right.members, left.starts, right.starts
    for at in range(rows.size):
        one = rows[at]
        first, end = starts[one], starts[one + 1]
        for other in range(right.nulls.size):
            begin, last = begins[other], begins[other + 1]
            both, either = left.kinds[one] & right.kinds[other], left.kinds[one] | right.kinds[other]
            alone = end - first == 1 and last - begin == 1
            if alone and either & SINGLY == REDACTED and not both & ~REDACTED:
                a, b = mine[first], theirs[begin]
                found[at, other] = SOME if a == b else _redacted(texts.signs, texts.sign_starts, a, b, apart)
            elif first == end or begin == last or either & SINGLY or both & ~NUMBER or (both and not alone):
                found[at, other] = _of_values(texts, left, right, one, other, plain)
            elif both:  # two spans, as most are: a call would cost more than the answer
                a, b = mine[first], theirs[begin]
                starts_before = numbers[a, 0] < numbers[b, 1] or (numbers[a, 0] == numbers[b, 1] and numbers[b, 2] > 0)
                ends_after = numbers[b, 0] < numbers[a, 1] or (numbers[b, 0] == numbers[a, 1] and numbers[a, 2] > 0)
                found[at, other] = SOME if a == b or (starts_before and ends_after) else NOTHING
            else:
                i, j = first, begin
                while i < end and j < last and mine[i] != theirs[j]:
                    i, j = i + (mine[i] < theirs[j]), j + (mine[i] > theirs[j])
                found[at, other] = SOME if i < end and j < last else apart
    return found


@compiled
def _of_values(texts: Texts, left: Values, right: Values, one: int, other: int, plain: bool) -> int:
    first, end, begin, last = left.starts[one], left.starts[one + 1], right.starts[other], right.starts[other + 1]
    if first == end or begin == last:
        return SOME if left.nulls[one] and right.nulls[other] else NOTHING
    if max(end - first, last - begin) > 1 and _common(left.members, first, end, right.members, begin, last):
        return SOME
    best = NOTHING
    for mine in range(first, end):
        for theirs in range(begin, last):
            best = max(best, _of_texts(texts, left.members[mine], right.members[theirs], plain))
            if best == SOME:
                return best
    return best


@compiled
def _of_texts(texts: Texts, one: int, other: int, plain: bool) -> int:
    """Return SOME if the texts overlap in any way that both can be read, NOTHING if in none of several."""
    both, either = texts.kinds[one] & texts.kinds[other], texts.kinds[one] | texts.kinds[other]
    if one == other or either & ANY:
        return SOME
    if both & NUMBER and _crossing(texts.numbers, one, other):
        return SOME
    if both & CALENDAR and _crossing(texts.calendars, one, other):
        return SOME
    if both & CELL and _nested(texts.cells, one, other):
        return SOME
    if both & LEAVES:
        starts = texts.leaf_starts
        if _common(texts.leaves, starts[one], starts[one + 1], texts.leaves, starts[other], starts[other + 1]):
            return SOME
    if either & ENDS and _touching(texts.ends, one, other):
        return SOME
    redacted = _redacted(texts.signs, texts.sign_starts, one, other, UNKNOWN) if either & REDACTED else UNKNOWN
    if redacted != UNKNOWN:
        return redacted
    known = both & (NUMBER | CALENDAR | CELL | LEAVES)
    return NOTHING if known or (plain and not either & ENDS) else UNKNOWN


@compiled
def _crossing(spans: Floats, one: int, other: int) -> bool:
    """Return whether two spans share a moment; by rows' numbers, as everywhere here: a view costs more than a look."""
    begins = spans[one, 0] < spans[other, 1] or (spans[one, 0] == spans[other, 1] and spans[other, 2] > 0)
    ends = spans[other, 0] < spans[one, 1] or (spans[other, 0] == spans[one, 1] and spans[one, 2] > 0)
    return bool(begins and ends)


@compiled
def _nested(cells: Ints, one: int, other: int) -> bool:
    """Return whether one H3 cell is the other's parent at some resolution: its digits are where the other's begin."""
    above = 45 - 3 * min(cells[one, 0], cells[other, 0])
    return bool(cells[one, 1] >> above == cells[other, 1] >> above)


@compiled
def _touching(ends: Ints, one: int, other: int) -> bool:
    for mine in range(ends.shape[1]):
        for theirs in range(ends.shape[1]):
            if ends[one, mine] == ends[other, theirs]:
                return True
    return False


@compiled
def _common(mine: Ints, first: int, end: int, theirs: Ints, begin: int, last: int) -> bool:
    """Return whether two sorted parts have a number in common: each of the shorter is looked up in the longer."""
    if end - first > last - begin:
        mine, first, end, theirs, begin, last = theirs, begin, last, mine, first, end
    for at in range(first, end):
        place = begin + np.searchsorted(theirs[begin:last], mine[at])
        if place < last and theirs[place] == mine[at]:
            return True
    return False


@compiled
def _redacted(signs: Ints, starts: Ints, one: int, other: int, padded: int) -> int:
    """Return whether texts are equal but for redacted letters; ``padded`` if of two lengths, which padding may hide."""
    mine, theirs, end, last = starts[one], starts[other], starts[one + 1], starts[other + 1]
    size = min(end - mine, last - theirs)
    if _alike(signs, mine, theirs, size):
        return SOME if end - mine == last - theirs else padded
    return padded if end - mine != last - theirs and _alike(signs, end - size, last - size, size) else NOTHING


@compiled
def _alike(signs: Ints, mine: int, theirs: int, size: int) -> bool:
    for at in range(size):
        one, other = signs[mine + at], signs[theirs + at]
        if one != other and one != STAR and other != STAR:
            return False
    return True

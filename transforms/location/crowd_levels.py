"""At which level of place and time each visit is published: the finest that k distinct subjects share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from quality.releases.places import Slots, Tiles
from transforms.location.count_distinct import distinct_subjects, numbered
from transforms.location.h3_cells import NOWHERE, Cells, ancestors

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]

NOT_PUBLISHED = -1


class Level(NamedTuple):
    """Tiles no finer than ``resolution``, in slots of ``hours``."""

    resolution: int
    hours: int


@untold
def levels_of(tiles: Tiles, slots: Slots) -> tuple[Level, ...]:
    """Return the levels, finest first: the tile in each of the slots, then coarser cells in the longest one."""
    coarser = range(tiles.finest - 1, tiles.coarsest - 1, -1)
    return (*(Level(tiles.finest, hours) for hours in slots.hours), *(Level(at, slots.hours[-1]) for at in coarser))


@untold
def at_level(tiles: Cells, hours: Ints, level: Level) -> tuple[Cells, Ints]:
    """Return the cells (n,) and the first hours of the slots (n,) at which ``level`` shows them."""
    return ancestors(tiles, level.resolution), hours // level.hours * level.hours


@untold
def group_numbers(cells: Cells, slots: Ints) -> tuple[Ints, int]:
    """Number the distinct pairs of cell and slot from 0; return each row's number (n,) and how many there are."""
    if not len(cells):
        return np.zeros(0, np.int64), 0
    _, places = numbered(cells)
    first = slots.min()
    pairs = places * (slots.max() - first + 1) + (slots - first)
    distinct, numbers = numbered(pairs)
    return numbers, len(distinct)


@untold
def crowd_levels(tiles: Cells, hours: Ints, subjects: Codes, *, k: int, levels: Sequence[Level]) -> NDArray[np.int8]:
    """Return the level (n,) at which each visit is published, a place in ``levels``; -1 where none has a crowd.

    ``tiles``, ``hours`` and ``subjects`` (n,) say who was where and when. A visit counts at one level only, and what
    is left for a coarser level needs ``k`` distinct subjects of its own: nothing comes out by taking one level from
    another.
    """
    found = np.full(len(tiles), NOT_PUBLISHED, np.int8)
    left = np.flatnonzero(tiles != NOWHERE)
    for number, level in enumerate(levels):
        groups, size = group_numbers(*at_level(tiles[left], hours[left], level))
        crowded = distinct_subjects(groups, subjects[left], size) >= k
        found[left[crowded[groups]]] = number
        left = left[~crowded[groups]]
    return found

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.releases.places import Slots
from tests.transforms.location.declared import TILES, cell_at
from transforms.location.crowd_levels import Level, at_level, crowd_levels, group_numbers, levels_of

FINE = np.array(sorted(h3.cell_to_children(int(cell_at(40.7, -74.0, 5)), 7)), np.uint64)
LEVELS = levels_of(TILES, Slots(hours=(1, 6)))


def test_slots_are_coarsened_before_cells():
    assert (Level(7, 1), Level(7, 6), Level(6, 6), Level(5, 6)) == LEVELS


@pytest.mark.parametrize(
    ("visits", "found"),
    [
        pytest.param([(0, 1, 1), (0, 1, 2)], [0, 0], id="two-in-a-cell-and-hour"),
        pytest.param([(0, 1, 1), (0, 1, 1)], [-1, -1], id="one-twice-is-still-alone"),
        pytest.param([(0, 1, 1), (0, 5, 2)], [1, 1], id="two-in-six-hours"),
        pytest.param([(0, 1, 1), (1, 5, 2)], [2, 2], id="two-in-the-cell-around"),
        pytest.param([(0, 1, 1), (8, 5, 2)], [3, 3], id="two-in-the-coarsest-cell"),
        pytest.param([(0, 1, 1), (0, 6, 2)], [-1, -1], id="never-together"),
        pytest.param([(0, 1, 1), (0, 1, 2), (0, 2, 3)], [0, 0, -1], id="what-is-left-needs-a-crowd-of-its-own"),
    ],
)
def test_a_visit_is_published_at_the_finest_level_that_k_subjects_share(visits, found):
    tiles, hours = FINE[[place for place, _, _ in visits]], np.array([hour for _, hour, _ in visits])
    subjects = np.array([who for *_, who in visits], np.int32)

    assert crowd_levels(tiles, hours, subjects, k=2, levels=LEVELS).tolist() == found


VISIT = st.tuples(st.integers(0, 48), st.integers(0, 11), st.integers(0, 8))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(VISIT, max_size=80), st.integers(2, 4), st.randoms(use_true_random=False))
def test_each_published_group_has_k_subjects_whatever_the_order_and_repeats_of_rows(visits, k, random):
    def levels(rows):
        tiles = FINE[[place for place, _, _ in rows]] if rows else FINE[:0]
        hours, who = np.array([r[1] for r in rows], int), np.array([r[2] for r in rows], np.int32)
        return tiles, hours, who, crowd_levels(tiles, hours, who, k=k, levels=LEVELS)

    tiles, hours, who, found = levels(visits)
    groups = {}
    for number, level in enumerate(LEVELS):
        cells, slots = at_level(tiles, hours, level)
        for cell, slot, one in zip(*(each[found == number].tolist() for each in (cells, slots, who)), strict=True):
            groups.setdefault((number, cell, slot), set()).add(one)
    assert all(len(crowd) >= k for crowd in groups.values())
    again = visits + visits[: len(visits) // 2]
    random.shuffle(again)
    assert dict(zip(again, levels(again)[3].tolist(), strict=True)) == dict(zip(visits, found.tolist(), strict=True))


def test_pairs_of_cell_and_slot_are_numbered_and_none_is_no_error():
    numbers, size = group_numbers(FINE[[0, 1, 0]], np.array([3, 3, 3]))

    assert numbers[0] == numbers[2] != numbers[1]
    assert size == 2
    assert group_numbers(FINE[:0], np.zeros(0, int))[1] == 0

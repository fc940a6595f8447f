from __future__ import annotations

from itertools import combinations

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.releases.places import Slots
from tests.transforms.location.declared import TILES, cell_at
from transforms.location.crowd_levels import at_level, levels_of
from transforms.location.sequence_levels import Points, item_numbers, sequence_levels

FINE = np.array(sorted(h3.cell_to_children(int(cell_at(40.7, -74.0, 5)), 7)), np.uint64)
LEVELS = levels_of(TILES, Slots(hours=(1, 6)))


def points(*trips):
    """Make points of (subject, [(cell, hour), ...])."""
    rows = [(trip, who, place, hour) for trip, (who, path) in enumerate(sorted(trips)) for place, hour in path]
    trip, who, place, hour = (np.array(each, np.int32) for each in (zip(*rows, strict=True) if rows else ([],) * 4))
    return Points(trip, who, FINE[place], hour.astype(np.int64))


def told(made, found):
    """Return (subject, items) of each trip, as published."""
    trips = {}
    for number, level in enumerate(LEVELS):
        cells, slots = at_level(made.tiles, made.hours, level)
        for at in np.flatnonzero(found == number):
            owner = trips.setdefault(int(made.trips[at]), (int(made.subjects[at]), set()))
            owner[1].add((number, int(cells[at]), int(slots[at])))
    return list(trips.values())


def least_crowd(trips, m):
    owners = {}
    for who, items in trips:
        for size in range(1, m + 1):
            for one in combinations(sorted(items), size):
                owners.setdefault(one, set()).add(who)
    return min(map(len, owners.values()), default=None)


def test_two_points_that_only_one_trip_has_are_coarsened_though_each_is_shared():
    made = points((0, [(0, 1), (8, 2)]), (1, [(0, 1), (16, 9)]), (2, [(8, 2), (16, 9)]))

    assert (sequence_levels(made, k=2, m=1, levels=LEVELS) == 0).all()
    assert not (sequence_levels(made, k=2, m=2, levels=LEVELS) == 0).all()


def test_trips_of_one_subject_make_no_crowd():
    made = points((0, [(0, 1), (8, 2)]), (0, [(0, 1), (8, 2)]))

    assert (sequence_levels(made, k=2, m=2, levels=LEVELS) == -1).all()


def test_what_k_subjects_share_stays_as_it_is():
    made = points(*[(who, [(0, 1), (8, 2), (16, 3)]) for who in range(3)])

    assert (sequence_levels(made, k=3, m=3, levels=LEVELS) == 0).all()


def test_a_visit_to_nowhere_is_not_published():
    made = points((0, [(0, 1)]), (1, [(0, 1)]))
    made.tiles[:1] = 0

    assert sequence_levels(made, k=1, m=2, levels=LEVELS).tolist() == [-1, 0]


PATHS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=6)


@pytest.mark.parametrize("m", [2, 3, 4])
@settings(max_examples=30, derandomize=True, deadline=None)
@given(drawn=st.lists(st.tuples(st.integers(0, 5), PATHS), max_size=14), k=st.integers(2, 3))
def test_any_m_published_points_of_a_trip_match_k_subjects(m, drawn, k):
    made = points(*drawn)
    least = least_crowd(told(made, sequence_levels(made, k=k, m=m, levels=LEVELS)), m)

    assert least is None or least >= k


def test_items_are_numbered_apart_by_level():
    items, size = item_numbers(points((0, [(0, 1), (0, 2), (0, 7)])), LEVELS)

    assert items[0, 1] == items[1, 1] != items[2, 1]
    assert len({*items[:, 0], *items[:, 1]}) == 5
    assert (items[:, -1] == size).all()

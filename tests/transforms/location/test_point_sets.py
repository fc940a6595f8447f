from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.location.point_sets import rare_points


def judged(trips, subjects, size, k, looked_at=None):
    """Return which points of each trip are taken, as sets of items."""
    order = sorted(range(len(trips)), key=lambda trip: subjects[trip])
    rows = [sorted(trips[trip]) for trip in order]
    starts = np.cumsum([0, *map(len, rows)])
    items = np.array([item for row in rows for item in row], np.int32)
    owners = np.array([subjects[trip] for trip, row in zip(order, rows, strict=True) for _ in row], np.int32)
    looked = np.ones(len(items), bool) if looked_at is None else np.isin(items, list(looked_at))
    found = rare_points(starts, items, owners, looked, size=size, k=k)
    return {trip: set(items[a:b][found[a:b]].tolist()) for trip, a, b in zip(order, starts, starts[1:], strict=False)}


def supports(trips, subjects, size):
    owners = {}
    for trip, who in zip(trips, subjects, strict=True):
        for one in combinations(sorted(trip), size):
            owners.setdefault(one, set()).add(who)
    return {one: len(crowd) for one, crowd in owners.items()}


TRIPS = st.lists(st.tuples(st.sets(st.integers(0, 9), max_size=7), st.integers(0, 5)), min_size=1, max_size=25)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@settings(max_examples=25, derandomize=True, deadline=None)
@given(drawn=TRIPS, k=st.integers(2, 4))
def test_the_points_taken_hit_each_rare_set_and_none_is_taken_without_one(size, drawn, k):
    trips, subjects = zip(*drawn, strict=True)
    crowds = supports(trips, subjects, size)

    for trip, taken in judged(trips, subjects, size, k).items():
        rare = [set(one) for one in combinations(sorted(trips[trip]), size) if crowds[one] < k]
        assert all(taken & one for one in rare)
        assert not taken or any(taken & one for one in rare)


def test_trips_of_one_subject_are_one():
    assert judged([{1, 2}, {1, 2}], [7, 7], 2, 2) == {0: {1}, 1: {1}}
    assert judged([{1, 2}, {1, 2}], [7, 8], 2, 2) == {0: set(), 1: set()}


def test_the_point_that_is_in_most_rare_sets_is_taken():
    trips = [{1, 2, 3}, {1, 2}, {1, 2}, {1, 3}]

    assert judged(trips, [0, 1, 2, 3], 2, 2)[0] == {2}


def test_only_sets_with_a_point_that_is_looked_at_are_judged():
    assert judged([{1, 2, 3}], [0], 2, 2, looked_at={9}) == {0: set()}
    assert judged([{1, 2, 3}], [0], 2, 2, looked_at={3}) == {0: {3}}


def test_no_trips_have_no_points():
    assert judged([], [], 3, 2) == {}

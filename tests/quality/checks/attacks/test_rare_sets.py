from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.attacks.points import points_of
from quality.checks.attacks.rare_sets import rare_sets, rarest_of_trace

ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), min_size=1, max_size=30)
OWNERS = st.lists(st.integers(0, 6), min_size=7, max_size=7)


def trips_of(points):
    return [set(points.points[a:b].tolist()) for a, b in zip(points.starts, points.starts[1:], strict=False)]


def fits(trips, owners, known):
    return len({owner for owner, trip in zip(owners, trips, strict=True) if set(known) <= trip})


@settings(max_examples=60, derandomize=True, deadline=None)
@given(rows=ROWS, owners=OWNERS, k=st.integers(2, 4), m=st.integers(1, 4))
def test_the_search_finds_the_minimal_rare_sets_that_plain_enumeration_finds(rows, owners, k, m):
    ids, places = np.array(rows).T
    points = points_of(ids, places, owners=np.array(owners)[ids])
    trips = trips_of(points)
    all_sets = {known for trip in trips for p in range(1, m + 1) for known in combinations(sorted(trip), p)}
    rare = {known for known in all_sets if fits(trips, points.owners, known) < k}

    found = rare_sets(points, k=k, m=m, budget=10**6)

    assert found.finished
    assert (found.rare > 0) == bool(rare)
    assert found.rare == sum(
        all(fits(trips, points.owners, known[:p]) >= k for p in range(1, len(known))) for known in rare
    )
    if not rare:
        assert (found.fewest, found.sets) == (
            min(fits(trips, points.owners, known) for known in all_sets),
            len(all_sets),
        )


def test_a_search_beyond_its_budget_says_so():
    points = points_of(np.repeat(np.arange(10), 10), np.tile(np.arange(10), 10))

    assert not rare_sets(points, k=2, m=3, budget=500).finished
    assert rare_sets(points, k=2, m=3, budget=10**6).finished


def test_the_rarest_points_of_a_subject_are_chosen_one_by_one():
    # Subject 0 is at 1, 2, 3. Point 3 is shared with one; of the two then left, point 1 parts them, point 2 does not.
    who, where = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 1), (3, 1), (4, 2)]).T
    points = points_of(who, where)

    assert rarest_of_trace(points, 0, 4).tolist() == [2, 0, 1, -1]


def test_the_rarest_points_are_those_of_the_fewest_subjects_not_traces():
    # With point 0, point 1 has four traces of two subjects, point 2 three traces of three; elsewhere both are common.
    rows = [(0, 0, 0), (0, 0, 1), (0, 0, 2)]
    rows += [(9, trace, point) for trace in (1, 2, 3) for point in (0, 1)]
    rows += [(owner, 10 + owner, point) for owner in (7, 8) for point in (0, 2)]
    rows += [(100 + i, 100 + i, point) for i in range(8) for point in (1, 2)]
    owners, ids, places = np.array(rows).T

    points = points_of(ids, places, owners=owners)

    assert rarest_of_trace(points, 0, 2).tolist() == [0, 1]

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.attacks.matching import NONE, count_matches, draw_points
from quality.checks.attacks.points import points_of

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=40)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(
    rows=ROWS,
    owners=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    most=st.integers(1, 4),
    enough=st.integers(1, 4),
)
def test_matches_are_counted_as_a_plain_loop_over_sets_does(rows, owners, most, enough):
    ids, places = np.array(rows).T
    points = points_of(ids, places, owners=np.array(owners)[ids])
    drawn = draw_points(points, most, 20, np.random.default_rng(1))
    trips = [set(points.points[a:b].tolist()) for a, b in zip(points.starts, points.starts[1:], strict=False)]

    counts = count_matches(points, drawn, enough=enough)

    known = [set(row.tolist()) - {NONE} for row in drawn]
    whose = list(zip(trips, points.owners, strict=True))
    crowds = [{owner for trip, owner in whose if points_known <= trip} for points_known in known]
    assert counts.tolist() == [min(enough, len(crowd)) for crowd in crowds]


def test_a_subject_with_few_points_is_known_by_all_of_them_once():
    drawn = draw_points(points_of(np.array([3, 3]), np.array([8, 9])), 4, 10, np.random.default_rng(0))

    assert all(sorted(row.tolist()) == [NONE, NONE, 0, 1] for row in drawn)


def test_the_same_seed_draws_the_same_points():
    points = points_of(np.repeat(np.arange(20), 10), np.arange(200) % 37)

    one, two, other = (draw_points(points, 3, 50, np.random.default_rng(seed)) for seed in (5, 5, 6))

    assert (one == two).all() and (one != other).any()

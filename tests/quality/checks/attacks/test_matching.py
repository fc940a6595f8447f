import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.attacks.matching import NONE, count_matches, draw_points
from quality.checks.attacks.points import points_of

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=40)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(rows=ROWS, most=st.integers(1, 4), enough=st.integers(1, 4))
def test_matches_are_counted_as_a_plain_loop_over_sets_does(rows, most, enough):
    subjects, places = np.array(rows).T
    points = points_of(subjects, places)
    drawn = draw_points(points, most, 20, np.random.default_rng(1))
    trips = [set(points.points[a:b].tolist()) for a, b in zip(points.starts, points.starts[1:], strict=False)]

    counts = count_matches(points, drawn, enough=enough)

    known = [set(row.tolist()) - {NONE} for row in drawn]
    assert counts.tolist() == [min(enough, sum(points_known <= trip for trip in trips)) for points_known in known]


def test_a_subject_with_few_points_is_known_by_all_of_them_once():
    drawn = draw_points(points_of(np.array([3, 3]), np.array([8, 9])), 4, 10, np.random.default_rng(0))

    assert all(sorted(row.tolist()) == [NONE, NONE, 0, 1] for row in drawn)


def test_the_same_seed_draws_the_same_points():
    points = points_of(np.repeat(np.arange(20), 10), np.arange(200) % 37)

    one, two, other = (draw_points(points, 3, 50, np.random.default_rng(seed)) for seed in (5, 5, 6))

    assert (one == two).all() and (one != other).any()

import numpy as np
import pytest

from quality.checks.attacks.released_columns import (
    Exact,
    Intervals,
    Sets,
    class_distances,
    classes_of,
    published_exactly,
)

NAN, INF = np.nan, np.inf
COLUMN = Intervals(np.arange(4), np.array([0.0, 5, NAN, -INF]), np.array([4.0, 10, NAN, INF]))


@pytest.mark.parametrize(
    ("value", "distances"),
    [
        pytest.param(2, [0, 0.3, 1, 0], id="inside-one"),
        pytest.param(4.5, [0.05, 0.05, 1, 0], id="between-two"),
        pytest.param(NAN, [1, 1, 0, 0], id="no-value-fits-no-value-and-any"),
        pytest.param(1_000, [1, 1, 1, 0], id="never-farther-than-one"),
    ],
)
def test_a_number_is_as_far_from_an_interval_as_its_nearer_end(value, distances):
    found = COLUMN.distances(np.array([float(value)]))[0]

    assert found == pytest.approx(distances)
    assert [bool(COLUMN.fits(code, np.array([float(value)]))[0]) for code in range(4)] == [d == 0 for d in distances]


def test_a_category_fits_the_sets_that_hold_it():
    column = Sets(np.array([0, 1]), np.array([[True, True, False], [False, False, True]]))

    assert column.distances(np.array([1, 2])).tolist() == [[0, 1], [1, 0]]
    assert column.fits(0, np.array([0, 2])).tolist() == [True, False]


def test_people_fit_their_own_rows_when_published_exactly():
    people = {"age": np.array([30.0, NAN, 50.0]), "job": np.array([1, 0, 1])}
    released = published_exactly(people, {"job": 2})
    classes = classes_of(released, ("age", "job"))

    distances = class_distances(released, classes, people)

    assert distances[np.arange(3), classes.of].tolist() == [0, 0, 0]
    assert (distances == 0).sum() == 3


def test_a_category_is_like_itself_only():
    column = Exact(np.array([1, 0]), np.array([4, 7]))

    assert column.distances(np.array([7, 4, 5])).tolist() == [[1, 0], [0, 1], [1, 1]]
    assert column.fits(1, np.array([7, 4, 7])).tolist() == [True, False, True]

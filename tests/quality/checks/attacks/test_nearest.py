import numpy as np

from quality.checks.attacks.nearest import nearest_class, nearest_rows
from quality.checks.attacks.released_columns import Intervals, Sets

# Rows 0 and 1: age [0, 9] and job 0; row 2: age [10, 19] and job 0 or 1; row 3: age [80, 90] and job 2.
TABLE = {
    "age": Intervals(np.array([0, 0, 1, 2]), np.array([0.0, 10, 80]), np.array([9.0, 19, 90])),
    "job": Sets(np.array([0, 0, 1, 2]), np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)),
}
ONE = {"age": np.array([12.0]), "job": np.array([1])}


def near(person, names, count, seed=1):
    return nearest_rows(TABLE, person, names, count, np.random.default_rng(seed))[0].tolist()


def test_the_row_that_a_person_fits_is_the_nearest():
    assert near(ONE, ("age", "job"), 1) == [2]
    assert near(ONE, ("age", "job"), 4)[3] == 3


def test_rows_of_a_class_are_chosen_by_chance():
    child = {"age": np.array([5.0]), "job": np.array([0])}

    assert {near(child, ("age", "job"), 1, seed)[0] for seed in range(20)} == {0, 1}


def test_classes_at_the_same_distance_are_chosen_by_chance():
    between = {"age": np.array([9.5])}

    assert {near(between, ("age",), 1, seed)[0] for seed in range(30)} == {0, 1, 2}


def test_there_are_no_more_neighbors_than_rows():
    assert sorted(near(ONE, ("age",), 10)) == [0, 1, 2, 3]


def test_the_nearest_class_is_found_in_blocks_as_at_once(monkeypatch):
    many = {"age": np.linspace(0, 90, 50), "job": np.zeros(50, dtype=int)}
    _, whole = nearest_class(TABLE, many, ("age",), np.random.default_rng(1))
    monkeypatch.setattr("quality.checks.attacks.nearest._CELLS", 7)

    _, parts = nearest_class(TABLE, many, ("age",), np.random.default_rng(1))

    assert whole.tolist() == parts.tolist()

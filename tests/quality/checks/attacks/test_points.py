import numpy as np
import pytest

from quality.checks.attacks.points import numbered, points_of


def test_points_are_distinct_pairs_both_ways():
    points = points_of(np.array([7, 7, 7, 9]), np.array([1, 1, 2, 1]), np.array([5, 5, 5, 5]))

    assert points.traces == 2 and points.places == 2
    assert [points.points[a:b].tolist() for a, b in zip(points.starts, points.starts[1:], strict=False)] == [
        [0, 1],
        [0],
    ]
    assert [points.posting[a:b].tolist() for a, b in zip(points.at, points.at[1:], strict=False)] == [[0, 1], [0]]


def test_the_same_cell_at_another_hour_is_another_point():
    assert points_of(np.array([0, 0]), np.array([4, 4]), np.array([1, 2])).places == 2


def test_the_traces_of_a_subject_are_neighbors_and_a_shared_id_is_a_trace_of_each():
    points = points_of(np.array([5, 6, 7, 7]), np.array([1, 1, 1, 1]), owners=np.array([30, 20, 30, 20]))

    assert points.owners.tolist() == [0, 0, 1, 1]
    assert points.posting.tolist() == [0, 1, 2, 3]


def test_no_rows_have_no_points():
    points = points_of(np.array([], dtype=np.int64), np.array([], dtype=np.int64))

    assert (points.traces, points.places) == (0, 0)


def test_large_codes_of_several_parts_are_told_apart():
    big = 2**62
    assert numbered(np.array([big, big, 0]), np.array([big, 0, big])).tolist() == [2, 1, 0]


def test_parts_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        points_of(np.array([1, 2]), np.array([1]))

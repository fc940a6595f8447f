from __future__ import annotations

import numpy as np

from transforms.location.count_distinct import distinct_subjects, first_of_each, numbered


def test_a_subject_counts_once_in_a_group_however_often_it_is_there():
    groups, subjects = np.array([0, 0, 0, 2, 2]), np.array([5, 5, 6, 5, 5], np.int32)

    assert distinct_subjects(groups, subjects, 4).tolist() == [2, 0, 1, 0]


def test_values_are_numbered_as_they_appear():
    distinct, numbers = numbered(np.array([7, 3, 7], np.uint64))

    assert (distinct.tolist(), numbers.tolist()) == ([7, 3], [0, 1, 0])
    assert first_of_each(numbers, 2).tolist() == [0, 1]

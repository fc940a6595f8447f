from __future__ import annotations

import pytest

from jobs.release.choose_point import nearest_to_best, undominated


def test_a_point_is_dominated_by_one_that_is_as_good_in_all_and_better_in_one():
    assert undominated([(1.0, 5.0, 1.0), (1.0, 5.0, 2.0), (2.0, 1.0, 9.0), None]) == [True, False, True, False]


def test_equal_points_do_not_dominate_each_other():
    assert undominated([(1.0, 1.0), (1.0, 1.0)]) == [True, True]


@pytest.mark.parametrize(
    ("points", "chosen"),
    [
        pytest.param([(0.0, 1.0), (0.4, 0.4), (1.0, 0.0)], 1, id="between-the-ends"),
        pytest.param([(0.0, 900.0), (0.4, 400.0), (1.0, 0.0)], 1, id="whatever-the-units"),
        pytest.param([(3.0, 3.0)], 0, id="alone"),
        pytest.param([(1.0, 2.0), (2.0, 1.0)], 0, id="the-first-of-equals"),
    ],
)
def test_the_nearest_to_the_best_of_every_cost_is_chosen(points, chosen):
    assert nearest_to_best(points) == chosen

from __future__ import annotations

import h3
import numpy as np
import pytest

from transforms.location.distances import meters_between


def test_distances_are_those_of_h3_over_dateline_and_pole():
    places = [(0, 179.9), (0, -179.9), (89.9, 0), (89.9, 180), (40.7, -74), (40.7001, -74)]
    for one in places:
        for other in places:
            assert meters_between(*one, *other) == pytest.approx(
                h3.great_circle_distance(one, other, "m"), rel=1e-5, abs=1e-3
            )


def test_distances_come_for_whole_arrays():
    assert meters_between(np.zeros(3), np.zeros(3), 0.0, np.array([0, 1, 2])).shape == (3,)

from __future__ import annotations

import pytest

from tests.transforms.location.declared import fixes_of, north
from transforms.location.stay_points import stay_points


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        pytest.param([(0, 0), (50, 10), (20, 25), (900, 30)], [0, 0, 0, -1], id="a-stay-and-the-way-on"),
        pytest.param([(0, 0), (50, 10), (20, 19)], [-1, -1, -1], id="too-short"),
        pytest.param([(0, 0), (300, 10), (600, 20), (900, 30)], [-1, -1, -1, -1], id="on-the-way"),
        pytest.param([(0, 0), (0, 30), (900, 40), (900, 70)], [0, 0, 1, 1], id="two-stays"),
        pytest.param([(0, 0), (150, 10), (260, 25), (270, 35)], [-1, 0, 0, 0], id="near-the-first-not-the-last"),
    ],
)
def test_a_stay_is_long_enough_and_near_its_first_fix(path, stays):
    fixes = fixes_of(*[("a", north(meters), -74.0, minute * 60) for meters, minute in path])

    assert stay_points(fixes, radius_m=200, minutes=20).tolist() == stays


def test_a_stay_is_of_one_subject():
    fixes = fixes_of(("a", 40.7, -74, 0), ("b", 40.7, -74, 3600))

    assert stay_points(fixes, radius_m=200, minutes=20).tolist() == [-1, -1]

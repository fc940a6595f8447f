from __future__ import annotations

import numpy as np

from quality.releases.places import Anchors
from tests.transforms.location.declared import HOUR, fixes_of, north
from transforms.location.home_and_work import away_from_anchors, home_and_work

RULES = Anchors(radius_m=200)
DAYS = [day * 24 * HOUR for day in range(4)]
LIFE = [
    *[("a", north(0), -74.0, day + 2 * HOUR) for day in DAYS],
    *[("a", north(20_000), -74.0, day + 11 * HOUR) for day in DAYS],
    *[("a", north(40_000), -74.0, DAYS[0] + 19 * HOUR + second) for second in range(50)],
]


def test_home_is_where_the_nights_are_and_work_where_the_office_days_are():
    home, work = home_and_work(fixes_of(*LIFE), RULES)

    assert np.allclose([home.latitudes[-1], work.latitudes[-1]], [north(0), north(20_000)])


def test_a_day_counts_once_however_many_fixes_it_has():
    busy = [("a", north(9_000), -74.0, DAYS[0] + 3 * HOUR + second) for second in range(99)]

    home, _ = home_and_work(fixes_of(*LIFE, *busy), RULES)

    assert np.isclose(home.latitudes[-1], north(0))


def test_the_night_is_the_local_one():
    home, _ = home_and_work(fixes_of(*LIFE), Anchors(radius_m=200, utc_offset=12))

    assert np.isclose(home.latitudes[-1], north(20_000))


def test_nothing_is_left_of_a_cell_that_home_or_work_is_in_but_of_others_living_there():
    passer = ("b", north(300), -74.0, DAYS[0] + 12 * HOUR)
    fixes = fixes_of(*LIFE, ("a", north(300), -74.0, DAYS[1] + 20 * HOUR), passer, ("b", north(300), -74, 13 * HOUR))
    kept = fixes.where(away_from_anchors(fixes, RULES))

    assert set(kept.latitudes.tolist()) <= {north(40_000)}, "a's own cells are gone, and b's office with them"


def test_a_subject_without_nights_or_office_days_keeps_all():
    fixes = fixes_of(("a", 40.7, -74, 20 * HOUR))

    assert away_from_anchors(fixes, RULES).all()

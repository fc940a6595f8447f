from __future__ import annotations

from collections import Counter

import h3
import numpy as np
import pytest

from jobs.sample.day_of_pings import day_of_pings
from jobs.sample.movement import HOUR
from jobs.sample.planted_pings import spoofed_pings
from jobs.sample.takeovers import plan_takeovers

LADDER = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize("name", ["eu", "us"])
def test_ten_accounts_but_no_other_are_in_the_victims_cell_in_the_same_hours(cast_of, name):
    cast = cast_of(name=name)
    pings = day_of_pings(cast, plan_takeovers(cast), 0)
    lat, lon = cast.region.latitudes(pings.place), cast.region.longitudes(pings.place)
    home = np.array([cast.home[cast.roles.victim]])
    cell = h3.latlng_to_cell(cast.region.latitudes(home)[0], cast.region.longitudes(home)[0], 7)
    in_cell = np.array([h3.latlng_to_cell(a, b, 7) == cell for a, b in zip(lat, lon, strict=True)])
    expected = set(cast.roles.fakes.tolist()) | {cast.roles.victim}
    hours = pings.time[in_cell & (pings.actor == cast.roles.victim)] // HOUR
    assert len(hours) >= 2
    for hour in set(hours.tolist()):
        assert set(pings.actor[in_cell & (pings.time // HOUR == hour)].tolist()) == expected


def test_spoofed_coordinates_repeat_across_accounts_less_the_harder_it_gets(cast_of):
    shares, leaps = [], []
    for hardness in LADDER:
        pings = spoofed_pings(cast_of(hardness), 0)
        seen = Counter(pings.place.tolist())
        shares.append(np.mean([seen[place] > 1 for place in pings.place.tolist()]))
        leaps.append(np.mean(np.abs(pings.place) > 20_000))
    assert shares == sorted(shares, reverse=True)
    assert leaps == sorted(leaps, reverse=True)
    assert (shares[0], shares[-1], leaps[-1]) == (1.0, 0.0, 0.0)
    assert leaps[0] > 0.4


def test_a_day_is_in_order_of_time_and_inside_its_day(cast_of):
    cast = cast_of(1.0, name="us")
    for day in range(cast.days):
        seconds = day_of_pings(cast, plan_takeovers(cast), day).time - cast.start - day * 86_400
        assert (np.diff(seconds) >= 0).all()
        assert 0 <= seconds[0] <= seconds[-1] < 86_400

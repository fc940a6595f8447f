from __future__ import annotations

import numpy as np
import pytest

from jobs.sample.roles import FAKES


def test_some_are_minors_and_nobody_between_the_ages_of_majority(cast_of):
    cast = cast_of(actors=2_000)
    ages = 2026 - cast.birth_year
    assert 0.03 < cast.minors().mean() < 0.07
    assert not ((ages > 15) & (ages < 19)).any()
    assert not cast.minors()[cast.roles.adults].any()


@pytest.mark.parametrize("name", ["eu", "us"])
def test_the_victim_lives_far_from_everybody_but_the_fakes(cast_of, name):
    cast = cast_of(name=name)
    others = np.setdiff1d(np.arange(len(cast)), np.append(cast.roles.fakes, cast.roles.victim))
    away = np.abs(cast.home - cast.home[cast.roles.victim])
    assert away[others].min() > 8_000
    assert away[cast.roles.fakes].max() < 200


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_the_victim_and_the_fakes_are_ten_accounts_but_fewer_devices(cast_of, hardness):
    roles = cast_of(hardness).roles
    group = np.append(roles.fakes, roles.victim)
    assert len(group) == FAKES + 1 == 10
    assert len(set(roles.device[group])) < 10


def test_rings_share_one_network_and_fewer_devices_the_harder_it_gets(cast_of):
    crowding = []
    for hardness in (0.0, 0.25, 0.5, 0.75, 1.0):
        cast = cast_of(hardness)
        assert all(len(set(cast.address[ring])) == 1 for ring in cast.roles.rings)
        crowding.append(np.mean([len(r) / len(set(cast.device[r])) for r in cast.roles.rings]))
    assert crowding == sorted(crowding, reverse=True)
    assert crowding[0] > 3 > 1.5 > crowding[-1] > 1


def test_some_honest_couples_share_a_tablet(cast_of):
    tablet = cast_of().tablet
    owned = tablet[tablet >= 0]
    assert 0 < len(owned) - len(set(owned)) < len(owned) / 2


def test_nobody_has_two_roles(cast_of):
    roles = cast_of().roles
    dealt = np.concatenate((roles.adults, roles.ordinary))
    assert sorted(dealt) == list(range(len(cast_of())))


def test_the_harder_it_gets_the_older_abusive_accounts_are(cast_of):
    ages = [np.median(c.start - c.created[c.roles.bots]) for c in map(cast_of, (0.0, 0.5, 1.0))]
    assert ages == sorted(ages)
    assert ages[0] < ages[-1]

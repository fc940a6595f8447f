"""Nights with faults drawn from a seed; a person with only the runbook mends each; nothing is lost or doubled."""

from __future__ import annotations

import os
import random

import pytest

from tests.e2e.simulated_night.digests import digests
from tests.e2e.simulated_night.faults import FAULTS
from tests.e2e.simulated_night.on_call import Engineer
from tests.e2e.simulated_night.world import World, twin_of

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount the small disk")]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.begin(disk=True)
    yield world
    world.end()


@pytest.mark.parametrize(
    "seed, nights",
    [
        pytest.param(7, 3, marks=pytest.mark.long, id="a few"),
        pytest.param(4, len(FAULTS), marks=pytest.mark.night, id="every fault"),
    ],
)
def test_after_nights_of_faults_all_is_as_if_there_had_been_none(world, tmp_path, seed, nights):
    rng, engineer = random.Random(seed), Engineer(world)
    for fault in [FAULTS[0], *rng.sample(FAULTS, nights)]:
        outside = fault.happen(world, rng)
        met = engineer.mend(dict.fromkeys(fault.kinds, fault.finding), outside)

        assert set(fault.kinds) <= set(met), f"{fault.name}: nobody was told of {fault.kinds}, but of {met}"
        assert fault.kinds or not met, f"{fault.name} needed a person for {met}"
        world.next_day()

    twin = twin_of(world, tmp_path / "twin")
    assert digests(world.home / "warehouse") == digests(twin.home / "warehouse")

from __future__ import annotations

import numpy as np
import pytest

from jobs.sample.geography import region
from jobs.sample.reference import place_lines, population_lines
from quality.contracts.errors import UsageError


@pytest.mark.parametrize("name", ["eu", "us"])
def test_a_place_is_the_inverse_of_its_coordinate(name):
    ground = region(name)
    places = np.array([ground.place(52.0, 5.0), ground.place(-33.87, 151.21)])
    assert ground.latitudes(places) == pytest.approx([52.0, -33.87])
    assert ground.longitudes(places) == pytest.approx([5.0, 151.21])


def test_a_degree_of_latitude_is_111_kilometers():
    assert abs(region("eu").place(53.099219, 5.12049)) == pytest.approx(111_195, abs=1)


def test_homes_are_dense_in_the_city_and_absent_from_the_far_town():
    ground = region("eu")
    homes = ground.homes(5_000, np.random.default_rng(1))
    in_city = np.mean(np.abs(homes) <= ground.settlements[0].radius_m)
    assert 0.25 < in_city < 0.45
    assert np.abs(homes - ground.settlements[-1].place).min() > 8_000


def test_an_unknown_region_is_refused():
    with pytest.raises(UsageError, match="no region"):
        region("atlantis")


def test_reference_lists_all_residents_and_every_named_place():
    grounds = [region("eu"), region("us")]
    residents = sum(int(line.split(",")[2]) for line in population_lines(grounds))
    assert residents == sum(s.residents for ground in grounds for s in ground.settlements)
    names = [line.split(",")[0] for line in place_lines(grounds)]
    assert len(names) == len(set(names)) == 20
    assert "Veldhaven" in names

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest

from quality.releases.places import SensitivePlaces
from tests.transforms.location.declared import TILES, cell_at, north
from transforms.location.h3_cells import ancestors, cells_at, centers, resolutions
from transforms.location.sensitive_regions import sensitive_regions


def rules(**changes):
    return SensitivePlaces.model_validate({"reads": "x", "classes": ["hospital"], **changes})


def regions(places, **changes):
    latitudes, longitudes = (np.array(each, float) for each in zip(*places, strict=True))
    return sensitive_regions(latitudes, longitudes, rules(**changes), TILES)


def test_a_region_is_coarser_than_the_finest_cell_and_around_the_place():
    assert regions([(40.7, -74.0)]).tolist() == [cell_at(40.7, -74.0, 6)]


def test_a_place_at_a_border_has_regions_on_both_sides():
    corner = h3.cell_to_boundary(int(cell_at(40.7, -74.0, 6)))[0]

    found = regions([corner])

    assert len(found) > 1
    assert set(resolutions(found)) <= {5, 6}


def test_places_that_cover_too_much_of_a_region_are_in_a_larger_one():
    crowded = [(north(10 * meters), -74.0) for meters in range(10)]

    assert resolutions(regions(crowded, share=0.001)).max() == 5


def test_places_cover_at_most_the_share_of_every_region_but_the_coarsest():
    random = np.random.default_rng(3)
    places = [(40.7 + up, -74.0 + right) for up, right in random.normal(0, 0.05, (300, 2))]

    for region in regions(places, share=0.02, radius_m=80).tolist():
        inside = sum(cell == region for cell in ancestors(cells_at(*np.array(places).T, 9), h3.get_resolution(region)))
        covered = inside * np.pi * 80**2 / h3.cell_area(region, "m^2")
        assert covered <= 0.02 or h3.get_resolution(region) == TILES.coarsest


def test_each_cell_within_the_radius_of_a_place_is_in_a_region():
    at = centers(np.array([cell_at(40.7, -74.0, 7)]))
    places = [(at[0][0], at[1][0])]
    found = regions(places, radius_m=3_000, share=1)

    near = [cell for cell in h3.grid_disk(h3.latlng_to_cell(*places[0], 7), 3)
            if h3.great_circle_distance(h3.cell_to_latlng(cell), places[0], "m") <= 3_000]  # fmt: skip
    for cell in near:
        assert {h3.cell_to_parent(cell, 6), h3.cell_to_parent(cell, 5)} & set(found.tolist())


@pytest.mark.parametrize("share", [0.001, 1.0])
def test_no_region_is_inside_another(share):
    found = regions([(40.7, -74.0), (40.72, -74.02), (40.75, -73.9)], share=share)

    for region in found.tolist():
        above = {h3.cell_to_parent(region, at) for at in range(5, h3.get_resolution(region))}
        assert not above & set(found.tolist())

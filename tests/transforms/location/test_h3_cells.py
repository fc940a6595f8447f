from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from h3 import average_hexagon_edge_length

from transforms.location.h3_cells import NOWHERE, ancestors, cell_texts, cells_at, centers, resolutions


def test_ancestors_and_resolutions_are_those_of_h3():
    random = np.random.default_rng(5)
    latitudes, longitudes = random.uniform(-90, 90, 300), random.uniform(-180, 180, 300)
    for fine in (0, 7, 11):
        cells = cells_at(latitudes, longitudes, fine)
        assert set(resolutions(cells)) == {fine}
        for coarse in range(fine + 1):
            assert ancestors(cells, coarse).tolist() == [h3.cell_to_parent(cell, coarse) for cell in cells.tolist()]


def test_an_ancestor_is_never_finer_than_the_cell():
    cells = cells_at(np.array([40.7]), np.array([-74.0]), 5)

    assert ancestors(cells, 9).tolist() == cells.tolist()
    assert ancestors(np.array([NOWHERE]), 3).tolist() == [0]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        pytest.param(np.nan, 0, id="no-latitude"),
        pytest.param(0, np.nan, id="no-longitude"),
        pytest.param(90.1, 0, id="beyond-the-pole"),
        pytest.param(0, 180.1, id="beyond-the-date-line"),
    ],
)
def test_what_is_no_position_on_earth_is_nowhere(latitude, longitude):
    cells = cells_at(np.array([latitude, 1.0]), np.array([longitude, 1.0]), 7)

    assert (cells != NOWHERE).tolist() == [False, True]
    assert cell_texts(cells)[0] is None
    assert np.isnan(centers(cells)[0]).tolist() == [True, False]


@pytest.mark.parametrize("resolution", [4, 7, 9])
@pytest.mark.parametrize("place", [(40.7, -74.0), (-33.9, 18.4), (0.0, 179.95), (64.7, 10.5), (74.9, 0.0), (89.9, 0.0)])
def test_many_positions_close_together_get_the_cells_that_each_has_alone(resolution, place):
    random = np.random.default_rng(9)
    edge = average_hexagon_edge_length(resolution, "m") / 111_195
    many = random.uniform(-edge, edge, (30_000, 2)) + place
    longitudes = (many[:, 1] + 180) % 360 - 180
    latitudes = np.clip(many[:, 0], -90, 90)

    cells = cells_at(latitudes, longitudes, resolution)

    alone = [h3.latlng_to_cell(*one, resolution) for one in zip(latitudes.tolist(), longitudes.tolist(), strict=True)]
    assert cells.tolist() == alone

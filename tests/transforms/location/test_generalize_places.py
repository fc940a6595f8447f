from __future__ import annotations

import h3
import pytest

from transforms.location.generalize_places import exceeds, finest_resolution, generalize_places

LIMITS = {"min_area_m2": 998_900, "min_radius_m": 563.9}


@pytest.mark.parametrize(
    ("area", "radius", "resolution"),
    [
        pytest.param(0, 0, 11, id="no-limit"),
        pytest.param(998_900, 563.9, 7, id="circle-of-1850-feet"),
        pytest.param(998_900, 1_000, 7, id="circle-of-1000-meters"),
        pytest.param(998_900, 1_500, 6, id="radius-decides"),
        pytest.param(6_000_000, 0, 6, id="area-decides"),
        pytest.param(1e13, 0, 0, id="nothing-is-large-enough"),
    ],
)
def test_the_finest_resolution_exceeds_both_limits_on_average(area, radius, resolution):
    assert finest_resolution(area, radius) == resolution


def test_a_cell_must_exceed_both_limits_by_its_own_geometry():
    cell = h3.latlng_to_cell(48.85, 2.35, 7)
    area = h3.cell_area(cell, "m^2")

    assert exceeds(cell, area * 0.99, 100)
    assert not exceeds(cell, area * 1.01, 100)
    assert not exceeds(cell, 100, 3_000)


PENTAGON = sorted(h3.get_pentagons(7))[0]


@pytest.mark.spark
def test_every_position_gets_a_cell_that_holds_it_and_exceeds_both_limits_even_where_cells_are_small(spark):
    places = [(48.85, 2.35), (0.0, 0.0), (-33.9, 151.2), (90.0, 0.0), (-90.0, 180.0), h3.cell_to_latlng(PENTAGON)]
    df = spark.createDataFrame([*places, (None, 2.0), (1.0, None)], "latitude double, longitude double")

    rows = generalize_places(df, **LIMITS).collect()

    assert [(row.cell, row.cell_area_m2) for row in rows[-2:]] == [(None, None)] * 2
    for (latitude, longitude), row in zip(places, rows[:-2], strict=True):
        assert h3.latlng_to_cell(latitude, longitude, h3.get_resolution(row.cell)) == row.cell
        assert exceeds(row.cell, *LIMITS.values())
        assert row.cell_area_m2 == pytest.approx(h3.cell_area(row.cell, "m^2"))


@pytest.mark.spark
def test_a_cell_that_fails_the_limit_is_replaced_by_its_parent(spark):
    area = h3.average_hexagon_area(7, "m^2") * 0.9  # an average cell passes, a pentagon is about half as large
    df = spark.createDataFrame([h3.cell_to_latlng(PENTAGON)], "latitude double, longitude double")

    [row] = generalize_places(df, min_area_m2=area, min_radius_m=0).collect()

    assert not exceeds(PENTAGON, area, 0)
    assert row.cell == h3.cell_to_parent(PENTAGON)

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest

from tests.transforms.location.declared import HOUR, TILES, Counted, cell_at, declared, north, rows
from transforms.location.h3_cells import centers
from transforms.location.prepare_fixes import in_regions, prepare_fixes, regions_of

PLACE = (40.7, -74.0)
SENSITIVE = {"reads": "pois.parquet", "classes": ["hospital"], "action": "suppress"}


def pois(*places):
    lat, lon, kind = zip(*places, strict=True)
    return pa.table({"lat": lat, "lon": lon, "fclass": kind})


def test_every_row_is_among_the_prepared_or_counted_under_a_reason():
    table = rows(
        ("a", 40.7, -74, 0), ("a", 40.7, -74, 30 * 60), ("a", 41.2, -74, 40 * 60), ("a", None, -74, 0),
        ("a", 40.7, -74, -HOUR), ("a", 40.7, -74, 90 * 24 * HOUR),
    )  # fmt: skip
    made = prepare_fixes(table, declared(stay_points={"minutes": 20}))

    assert made.withheld == {
        "no subject": 0, "no time": 0, "no place on earth": 1, "outside the epoch": 2, "on its way": 1
    }  # fmt: skip
    assert len(made.fixes.rows) == 2


def test_the_epoch_has_local_days():
    table = rows(("a", 40.7, -74, -HOUR))

    assert len(prepare_fixes(table, declared()).fixes.rows) == 0
    assert len(prepare_fixes(table, declared(slots={"utc_offset": 2})).fixes.rows) == 1


def test_trips_are_trimmed_and_home_is_left_out():
    nights = [("a", 40.7, -74.0, day * 24 * HOUR) for day in range(4)]
    ride = [("a", north(5_000 + 900 * step), -74.0, 20 * HOUR + step * 60) for step in range(5)]
    release = declared(home_and_work={"radius_m": 200}, trips={"trim_minutes": 1})

    made = prepare_fixes(rows(*nights, *ride), release)

    assert made.withheld["near home or work"] == 4
    assert made.withheld["at the end of a trip"] == 4
    assert made.fixes.latitudes.tolist() == [north(6_800)]


def test_noise_is_told_in_place_of_positions_and_needs_its_source():
    release = declared(noise={"epsilon_per_km": 1.0})
    table = rows(("a", 40.7, -74.0, 0))

    made = prepare_fixes(table, release, noise=Counted())

    assert made.spent is not None
    assert np.allclose([made.fixes.latitudes, made.fixes.longitudes], centers(made.fixes.cells))
    with pytest.raises(Exception, match="ValueError"):
        prepare_fixes(table, release)


def test_only_places_of_the_declared_classes_make_regions():
    release = declared(sensitive_places=SENSITIVE)

    assert regions_of(pois((*PLACE, "bench")), release.sensitive_places, TILES).tolist() == []
    assert regions_of(pois((*PLACE, "hospital")), release.sensitive_places, TILES).tolist() == [cell_at(*PLACE, 6)]


def walk(visits):
    """Walk over a hospital's region from end to end; the visitor is in it on its way, the other beside it."""
    region = int(cell_at(*PLACE, 6))
    beside = next(cell for cell in h3.cell_to_children(region, 7) if cell != cell_at(*PLACE, 7))
    inside = PLACE if visits else h3.cell_to_latlng(beside)
    ends = [h3.cell_to_latlng(cell) for cell in h3.grid_ring(region, 1)]
    return [("a", *ends[0], 0), ("a", *inside, 600), ("a", *ends[3], 1200)]


def test_the_gap_in_a_trip_is_the_same_for_who_visits_a_sensitive_place_and_who_passes_by():
    release = declared(sensitive_places=SENSITIVE, trips={"gap_minutes": 30})
    regions = regions_of(pois((*PLACE, "hospital")), release.sensitive_places, TILES)

    visitor, passer = (prepare_fixes(rows(*walk(visits)), release, regions=regions) for visits in (True, False))

    assert visitor.withheld == passer.withheld == {**passer.withheld, "in a sensitive region": 1}
    for name in ("seconds", "cells", "trips"):
        assert getattr(visitor.fixes, name).tolist() == getattr(passer.fixes, name).tolist()


def test_without_regions_the_trip_would_tell_who_visited():
    release = declared(trips={"gap_minutes": 30})
    visitor, passer = (prepare_fixes(rows(*walk(visits)), release).fixes.cells.tolist() for visits in (True, False))

    assert visitor != passer


def test_a_release_that_suppresses_sensitive_places_needs_their_regions():
    with pytest.raises(Exception, match="ValueError"):
        prepare_fixes(rows(("a", 40.7, -74.0, 0)), declared(sensitive_places=SENSITIVE))


def test_a_cell_is_in_a_region_whether_it_is_finer_or_the_region_itself():
    region = np.array([cell_at(*PLACE, 6)])
    cells = np.array([cell_at(*PLACE, 7), cell_at(*PLACE, 6), cell_at(10, 10, 7)])

    assert in_regions(cells, region, TILES).tolist() == [True, True, False]

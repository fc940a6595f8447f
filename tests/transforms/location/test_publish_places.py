from __future__ import annotations

import h3
import h3.api.basic_int as h3i
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality.checks.places.check_tiles import check_limits, check_tiling
from quality.checks.places.count_subjects import check_crowds, check_pairs, check_sequences, persons_of
from quality.contracts.errors import ConfigError
from quality.policies.read_yaml import read_yaml
from quality.releases.load_release import FOLDER
from quality.releases.places import PlacesRelease, Slots
from tests.transforms.location.declared import DAY, HOUR, TILES, cell_at, declared, north, rows, tiling_of
from transforms.location.adaptive_tiling import tile_by_subjects
from transforms.location.prepare_fixes import prepare_fixes, regions_of
from transforms.location.publish_places import cut_pseudonyms, hours_of, publish_places

HERE, THERE = (40.7, -74.0), (40.9, -74.0)
TRIPS = {"trips": {"gap_minutes": 90}, "sequences": {"m": 2, "points": 3}, "pseudonym": "trip"}


def published(table, release, historic=None, **options):
    tiling = tiling_of(table if historic is None else historic, release, **options)
    return publish_places(prepare_fixes(table, release).fixes, release, tiling, regions=options.get("regions"))


def test_a_row_tells_cell_and_slot_and_never_the_subject():
    made = published(rows(("a", *HERE, 0), ("b", *HERE, 60), ("b", *HERE, 70), ("c", *THERE, 0)), declared())

    told = {"cell": h3.latlng_to_cell(*HERE, 7), "slot": np.datetime64(DAY, "s").item(), "slot_hours": 1}
    assert made.table.to_pylist() == [told, told]
    assert made.suppressed == 1
    assert sorted(made.rows.tolist()) == [0, 1]


def test_fake_accounts_on_one_device_round_a_home_open_no_cell():
    table = rows(("victim", *HERE, 0), *[(f"fake {number}", *HERE, 0) for number in range(9)])
    apart = table.append_column("device", pa.array(["phone"] + [f"device {n}" for n in range(9)]))
    farm = table.append_column("device", pa.array(["phone"] + ["farm"] * 9))

    release = declared(k=10, links=["device"])

    assert published(apart, release).table.num_rows == 10
    assert published(farm, release).table.num_rows == 0


@pytest.mark.parametrize(
    ("slots", "hour"),
    [
        pytest.param(Slots(), DAY // HOUR + 5, id="since-1970"),
        pytest.param(Slots(utc_offset=-4), DAY // HOUR + 1, id="local"),
        pytest.param(Slots(time="hour_of_week"), 5, id="of-the-week"),
        pytest.param(Slots(time="hour_of_week", utc_offset=-6), 167, id="of-the-week-before"),
    ],
)
def test_an_hour_is_counted_as_declared(slots, hour):
    assert hours_of(np.array([DAY + 5 * HOUR + 7]), slots).tolist() == [hour]


def test_order_and_repeats_of_rows_change_nothing_that_is_published():
    fixes = [(who, north(1_300 * (place % 4)), -74.0, hour * HOUR) for who, place, hour in np.random.default_rng(2)
             .integers(0, [6, 9, 5], (80, 3)).tolist()]  # fmt: skip
    fixes = [(f"s{who}", *rest) for who, *rest in fixes]
    release = declared(slots={"hours": [1, 6]})

    one = published(rows(*fixes), release).table
    other = published(rows(*fixes[::-1], *fixes[:9]), release).table

    assert one.equals(other)


def test_trips_get_pseudonyms_that_neither_order_nor_name_ties_to_a_subject():
    paths = [[(north(3_000 * ((step * way) % 7)), -74.0, step * HOUR) for step in range(5)] for way in (1, 2, 3)]

    def made(order):
        path = [("abcdef"[who], *fix) for who in order for fix in paths[who // 2]]
        return published(rows(*path), declared(**TRIPS)).table

    table = made(range(6))
    assert set(table["trip"].to_pylist()) == set(range(12)), "a trip of five points goes on under another after three"
    assert set(table.column_names) == {"cell", "slot", "slot_hours", "trip"}
    assert table.equals(made([5, 4, 3, 2, 1, 0]))
    assert table.equals(made([2, 0, 4, 1, 5, 3]))


def test_how_often_somebody_was_there_in_a_slot_is_not_told():
    often = [("a", *HERE, hour * HOUR) for hour in range(5)]

    made = published(rows(*often, ("b", *HERE, 5 * HOUR)), declared(slots={"hours": [1, 6]}))

    assert made.table["slot_hours"].to_pylist() == [6, 6]


def test_a_trip_goes_on_under_another_pseudonym():
    assert cut_pseudonyms(np.array([0, 0, 0, 1, 3, 3], np.int32), 2).tolist() == [0, 0, 1, 2, 3, 3]


def test_linked_rows_pass_the_recount_that_unlinked_ones_would_fail():
    rng = np.random.default_rng(4)
    starts = rng.integers(0, 3, 300)
    path = [
        (f"s{who}", north(2_500 * ((start + rng.integers(0, 2) * step) % 5)), -74.0, step * HOUR)
        for who, start in enumerate(starts.tolist()) for step in range(4)
    ]  # fmt: skip
    table, release = rows(*path), declared(k=5, slots={"hours": [1, 6]}, **TRIPS)
    fixes, tiling = prepare_fixes(table, release).fixes, tiling_of(table, release)

    made = publish_places(fixes, release, tiling)
    persons = persons_of(table["who"], {}, made.rows)

    assert made.table.num_rows > 300
    assert check_crowds(made.table, persons, k=5).passed
    assert check_pairs(made.table, persons, k=5).passed
    assert check_sequences(made.table, persons, k=5, m=2, draws=500, seed=1).passed


SENSITIVE = {"reads": "pois.parquet", "classes": ["hospital"], "action": "coarsen"}


def test_who_is_in_a_sensitive_place_is_told_as_who_is_beside_it_even_in_a_crowd():
    region = int(cell_at(*HERE, 6))
    beside = h3i.cell_to_latlng(next(cell for cell in h3i.cell_to_children(region, 7) if cell != cell_at(*HERE, 7)))
    release = declared(sensitive_places=SENSITIVE)
    regions = regions_of(
        pa.table({"lat": [40.7], "lon": [-74.0], "fclass": ["hospital"]}), release.sensitive_places, TILES
    )
    crowd = [(who, *place, 0) for place in (HERE, beside) for who in ("x", "y", "z")]

    tables = [
        published(rows(*crowd, ("a", *place, 0)), release, rows(*crowd), regions=regions).table
        for place in (HERE, beside)
    ]

    assert tables[0].equals(tables[1])
    assert set(tables[0]["cell"].to_pylist()) == {h3i.int_to_str(region)}


def test_a_tiling_that_knows_no_sensitive_regions_is_refused():
    release = declared(sensitive_places=SENSITIVE)
    table = rows(("a", *HERE, 0))
    fixes = prepare_fixes(table, release).fixes

    with pytest.raises(ConfigError):
        publish_places(fixes, release, tiling_of(table, release), regions=np.array([cell_at(*HERE, 6)]))
    with pytest.raises(Exception, match="ValueError"):
        publish_places(fixes, release, tiling_of(table, release))


def test_nothing_comes_of_nothing():
    made = published(rows(), declared())

    assert (made.table.num_rows, made.suppressed) == (0, 0)
    assert published(rows(), declared(**TRIPS)).table.num_rows == 0


def shipped(name):
    return PlacesRelease.model_validate(read_yaml(FOLDER / f"{name}.yaml", what="release"))


SETS = {
    "cabspotting_hours": ("cabspotting/cabspotting_dev.parquet", "2008-05-17", "2008-05-23", 0.85),
    "geolife_weeks": ("geolife/geolife_1min_dev.parquet", "2007-01-01", "2008-10-31", 0.45),
}


@pytest.mark.realdata
@pytest.mark.long
@pytest.mark.parametrize("name", SETS)
def test_a_shipped_release_keeps_what_it_declares_and_holds_when_it_is_recounted(name, shared_data):
    """Tiles are of the days before the epoch, which starts the day after the last of them."""
    file, start, end, least = SETS[name]
    release = shipped(name)
    table = pq.read_table(shared_data / file, columns=[release.subject, "lat", "lon", release.time])
    epoch = release.epoch.model_validate({"start": start, "end": end})
    before = prepare_fixes(table, release.model_copy(update={"epoch": epoch})).fixes
    tiling = tile_by_subjects(before.cells, before.subjects, release.tiles, made_from=f"{start} to {end}")

    fixes = prepare_fixes(table, release).fixes
    made = publish_places(fixes, release, tiling)

    assert release.k >= 10
    assert 1 - made.suppressed / len(fixes.rows) >= max(least, release.gates.visits_kept)
    cells = made.table["cell"].unique().to_pylist()
    limits = {"min_area_m2": release.tiles.min_area_m2, "min_radius_m": release.tiles.min_radius_m}
    assert check_crowds(made.table, persons_of(table[release.subject], {}, made.rows), k=release.k).passed
    assert check_limits(cells, **limits).passed
    last = epoch_day(end)
    assert check_tiling(cells, tiling.to_json(), tiling.version, release, made_of_until=last).passed


def epoch_day(text):
    return np.datetime64(text).item()

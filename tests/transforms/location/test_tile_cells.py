from __future__ import annotations

import random

import h3
import pytest

from transforms.location.tile_cells import tile_by_residents, with_tiles

COARSE = h3.latlng_to_cell(48.85, 2.35, 5)
FINE = sorted(h3.cell_to_children(COARSE, 7))
SHAPE = {"finest": 7, "coarsest": 5, "tile_residents": 100}


def tiling(residents, places=()):
    return tile_by_residents(residents, places, **SHAPE)


def dense_town():
    """Most residents in a few cells: tiles of all three resolutions."""
    dice = random.Random(3)
    return {cell: dice.choice([0, 1, 5, 20, 500]) for cell in FINE[:30]}


def test_tiles_are_a_partition_and_their_areas_add_up():
    made = tiling(dense_town())

    tiles = {made.tile(cell) for cell in FINE}
    members = {tile.cell: [cell for cell in FINE if made.tile(cell) == tile] for tile in tiles}
    assert {h3.get_resolution(tile.cell) for tile in tiles} == {5, 6, 7}
    assert sum(map(len, members.values())) == len(FINE)
    assert sum(tile.area_m2 for tile in tiles) == pytest.approx(h3.cell_area(COARSE, "m^2"), rel=0.02)
    for tile in tiles:
        # The share is of equal children; real children differ in area by little.
        assert tile.area_m2 == pytest.approx(sum(h3.cell_area(c, "m^2") for c in members[tile.cell]), rel=0.35)


def test_a_cell_is_a_tile_of_its_own_only_with_enough_residents():
    made = tiling({FINE[0]: 100, FINE[1]: 99})

    assert made.tile(FINE[0]).cell == FINE[0]
    assert made.tile(FINE[1]).cell != FINE[1]


def test_without_residents_every_tile_is_coarsest_and_whole():
    made = tiling({})

    assert {made.tile(cell) for cell in FINE} == {made.coarse(FINE[0])}
    assert made.coarse(FINE[0]).area_m2 == h3.cell_area(COARSE, "m^2")


def test_a_cell_finer_or_coarser_than_the_tiles_belongs_to_one_too():
    made = tiling({FINE[0]: 100})

    assert made.tile(h3.cell_to_children(FINE[0], 9)[5]).cell == FINE[0]
    assert made.tile(h3.cell_to_parent(COARSE, 4)).cell == h3.cell_to_parent(COARSE, 4)
    assert made.coarse(h3.cell_to_parent(COARSE, 4)).cell == h3.cell_to_parent(COARSE, 4)


def test_a_tile_is_named_after_its_most_populous_place():
    made = tiling({FINE[0]: 100}, [(FINE[0], "Village", 10), (FINE[1], "City", 900), (FINE[2], "Town", 50)])

    assert made.tile(FINE[0]).place == "Village"
    assert made.coarse(FINE[0]).place == "City"
    assert tiling({}).coarse(FINE[0]).place == ""


def test_the_version_follows_residents_and_names_but_not_their_order():
    residents, places = {FINE[0]: 100.0, FINE[1]: 200.0}, [(FINE[0], "A", 1), (FINE[1], "B", 2)]
    made = tiling(residents, places).version

    assert tiling(dict(reversed(residents.items())), places[::-1]).version == made
    assert len({made, tiling(residents).version, tiling({FINE[0]: 100.0}, places).version}) == 3
    assert len(made) == 12


@pytest.mark.spark
def test_rows_get_both_tiles_and_no_cell_gives_no_tile(spark):
    made = tiling({FINE[0]: 100}, [(FINE[0], "A", 1)])
    df = spark.createDataFrame([(FINE[0],), (FINE[9],), (None,)], "cell string")

    rows = with_tiles(df, made).collect()

    assert [row.tile and row.tile.cell for row in rows] == [FINE[0], made.tile(FINE[9]).cell, None]
    assert [row.coarse and row.coarse.cell for row in rows] == [COARSE, COARSE, None]
    assert (rows[0].tile.place, rows[0].tile.area_m2) == ("A", h3.cell_area(FINE[0], "m^2"))

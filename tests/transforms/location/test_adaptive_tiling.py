from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import ConfigError
from quality.releases.places import Tiles
from tests.transforms.location.declared import TILES, cell_at
from transforms.location.adaptive_tiling import (
    NO_CELLS,
    expect_tiling,
    tile_by_population,
    tile_by_subjects,
    tiling_from_json,
)
from transforms.location.h3_cells import ancestors, cells_at, resolutions

CITY = cell_at(40.7, -74.0, 5)
FINE = np.array(sorted(h3.cell_to_children(int(CITY), 7)), np.uint64)


def made(cells, subjects, rules=TILES, **options):
    return tile_by_subjects(
        np.array(cells, np.uint64), np.array(subjects, np.int32), rules, made_from="before", **options
    )


def test_a_cell_is_a_tile_only_when_enough_distinct_subjects_were_in_it():
    busy, quiet = FINE[0], FINE[1]
    tiling = made([busy, busy, quiet, quiet], [1, 2, 3, 3])

    assert busy in tiling.cells
    assert quiet not in tiling.cells


def test_what_is_left_of_a_tile_beside_finer_ones_has_enough_subjects_of_its_own():
    busy, quiet, far = FINE[0], FINE[1], FINE[8]
    tiling = made([busy, busy, quiet, far, far], [1, 2, 1, 3, 4])
    parent = ancestors(np.array([quiet]), 6)[0]

    assert parent not in tiling.cells, "its only other visitors are in a tile of their own"
    assert tiling.tiles_of(np.array([quiet]))[0] == CITY


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 48), st.integers(0, 6)), min_size=1, max_size=60), st.integers(1, 4))
def test_every_tile_but_the_coarsest_holds_as_many_subjects_as_declared(visits, least):
    cells, subjects = FINE[[place for place, _ in visits]], [who for _, who in visits]
    tiling = made(cells, subjects, Tiles(finest=7, coarsest=5, least=least))
    tiles = tiling.tiles_of(cells)

    for tile in set(tiles.tolist()) - {int(CITY)}:
        assert len({who for who, one in zip(subjects, tiles.tolist(), strict=True) if one == tile}) >= least


def test_public_residents_make_tiles_too():
    tiling = tile_by_population(
        FINE[:3], np.array([5.0, 1.0, 1.0]), Tiles(finest=7, coarsest=5, least=5), made_from="x"
    )

    assert FINE[0] in tiling.cells
    assert tiling.tiles_of(FINE[1:2])[0] == CITY


def test_no_tile_is_smaller_than_the_statute_allows_however_many_are_in_it():
    strict = Tiles(finest=7, coarsest=5, least=1, min_area_m2=20e6)
    tiling = made(FINE, range(len(FINE)), strict)

    assert resolutions(tiling.tiles_of(FINE)).max() == 6


def test_a_place_is_not_told_where_even_the_coarsest_cell_is_too_small():
    tiling = made(FINE, range(len(FINE)), Tiles(finest=7, coarsest=6, least=1, min_area_m2=1e9))

    assert not tiling.tiles_of(FINE).any()


def test_a_tiling_comes_back_from_its_text_with_its_version():
    tiling = made([FINE[0], FINE[0]], [1, 2], regions=ancestors(FINE[8:9], 6))
    again = tiling_from_json(tiling.to_json())

    assert again.version == tiling.version
    assert again.tiles_of(FINE).tolist() == tiling.tiles_of(FINE).tolist()


def test_the_version_changes_with_a_tile_a_region_and_a_rule():
    versions = {
        made([FINE[0]] * 2, [1, 2]).version,
        made([FINE[1]] * 2, [1, 2]).version,
        made([FINE[0]] * 2, [1, 2], regions=ancestors(FINE[40:41], 6)).version,
        made([FINE[0]] * 2, [1, 2], Tiles(finest=7, coarsest=5, least=2, min_area_m2=1)).version,
    }

    assert len(versions) == 4


def test_no_tile_is_finer_than_the_region_it_is_in_though_many_are_there():
    region = ancestors(FINE[:1], 6)
    tiling = made([FINE[0]] * 3, [1, 2, 3], regions=region)

    assert tiling.tiles_of(FINE[:1]).tolist() == region.tolist()


def test_a_release_refuses_a_tiling_of_other_rules_or_without_its_regions():
    tiling = made([FINE[0]] * 2, [1, 2])

    expect_tiling(tiling, TILES, NO_CELLS)
    with pytest.raises(ConfigError, match="other rules"):
        expect_tiling(tiling, Tiles(finest=7, coarsest=5, least=3), NO_CELLS)
    with pytest.raises(ConfigError, match="sensitive places"):
        expect_tiling(tiling, TILES, ancestors(FINE[:1], 6))


def test_cells_that_nobody_was_in_before_are_told_as_the_coarsest_around_them():
    elsewhere = cells_at(np.array([10.0]), np.array([10.0]), 7)

    assert made([FINE[0]] * 2, [1, 2]).tiles_of(elsewhere).tolist() == ancestors(elsewhere, 5).tolist()

from __future__ import annotations

import h3
import pytest

from jobs.release.map_cells import map_cells

HERE = h3.latlng_to_cell(52.1, 5.1, 8)
AROUND = sorted(h3.grid_disk(HERE, 2))


def test_cells_keep_their_shape_and_place_beside_each_other():
    made = map_cells(dict.fromkeys(AROUND, 3))

    first, *others = made.shapes
    ends = {(round(x, 4), round(y, 4)) for x, y in first.corners}
    touching = [shape for shape in others if ends & {(round(x, 4), round(y, 4)) for x, y in shape.corners}]
    assert {shape.cell for shape in touching} == set(h3.grid_disk(first.cell, 1)) & set(AROUND) - {first.cell}
    assert abs(_area(first.corners) / h3.cell_area(first.cell, "km^2") - 1) < 0.01


def _area(corners):
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2


def test_north_is_up_and_east_is_right():
    north, east = h3.latlng_to_cell(52.2, 5.1, 8), h3.latlng_to_cell(52.1, 5.3, 8)

    made = {shape.cell: shape.corners[0] for shape in map_cells(dict.fromkeys([HERE, north, east], 1)).shapes}

    assert made[north][1] < made[HERE][1]
    assert made[east][0] > made[HERE][0]


def test_a_map_over_the_antimeridian_is_one_piece():
    cells = {h3.latlng_to_cell(-17, 179.95, 6), h3.latlng_to_cell(-17, -179.95, 6), h3.latlng_to_cell(-17, 180, 6)}

    made = map_cells(dict.fromkeys(cells, 1))

    east = [x for shape in made.shapes for x, _ in shape.corners]
    assert max(east) - min(east) < 30  # kilometers, not once around
    assert abs(abs(made.middle[1]) - 180) < 0.1


def test_a_cell_that_the_antimeridian_cuts_is_not_torn():
    cell = h3.latlng_to_cell(-17, 180, 3)
    assert {longitude > 0 for _, longitude in h3.cell_to_boundary(cell)} == {True, False}

    (shape,) = map_cells({cell: 1}).shapes

    assert _area(shape.corners) == pytest.approx(h3.cell_area(cell, "km^2"), rel=0.05)


def test_no_cell_is_torn_on_a_map_of_the_whole_world():
    around = {h3.latlng_to_cell(0, longitude, 1) for longitude in range(-180, 180, 5)}

    for shape in map_cells(dict.fromkeys(around, 1)).shapes:
        east = [x for x, _ in shape.corners]
        assert max(east) - min(east) < 1_500  # kilometers


def test_a_finer_cell_comes_after_the_coarser_one_around_it():
    made = map_cells({HERE: 1, h3.cell_to_parent(HERE, 6): 5})

    assert [h3.get_resolution(shape.cell) for shape in made.shapes] == [6, 8]


def test_too_many_cells_are_added_up_to_coarser_ones_and_no_row_is_lost():
    made = map_cells(dict.fromkeys(AROUND, 3), most=8)

    assert len(made.shapes) <= 8
    assert made.merged_to == 7
    assert sum(shape.rows for shape in made.shapes) == 3 * len(AROUND)


def test_cells_too_small_to_be_seen_are_added_up():
    made = map_cells({HERE: 3, h3.latlng_to_cell(40.0, -83.0, 8): 4})

    assert made.merged_to < 8
    assert sorted(shape.rows for shape in made.shapes) == [3, 4]


def test_what_lies_at_a_pole_is_counted_and_not_drawn():
    made = map_cells({HERE: 3, h3.latlng_to_cell(89.9, 0, 4): 4})

    assert [shape.cell for shape in made.shapes] == [HERE]
    assert made.left_out == 1


def test_a_release_of_nothing_has_a_map_of_nothing():
    assert map_cells({}).shapes == ()

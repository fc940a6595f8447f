"""H3 cells as arrays of numbers: positions to cells, cells to ancestors."""

from __future__ import annotations

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold
from transforms.location.count_distinct import numbered

Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

NOWHERE = np.uint64(0)
"""Stands for no cell."""
BOXES_IN_AN_EDGE, METERS_OF_A_DEGREE = 20, 111_195.0


@untold
def cells_at(latitudes: Floats, longitudes: Floats, resolution: int) -> Cells:
    """Return the cell (n,) of each position in degrees; ``NOWHERE`` where one is missing or no position on earth."""
    on_earth = (np.abs(latitudes) <= 90) & (np.abs(longitudes) <= 180)
    found = np.full(len(latitudes), NOWHERE, np.uint64)
    found[on_earth] = _by_boxes(latitudes[on_earth], longitudes[on_earth], resolution)
    return found


def _by_boxes(latitudes: Floats, longitudes: Floats, resolution: int) -> Cells:
    """Look at the corners of small boxes instead of all positions: where they are in one cell, so is what is between.

    A cell is convex but for a bend of few degrees where it crosses an edge of the icosahedron: corners are those of a
    box that is larger by a tenth on each side. Toward the poles boxes are no boxes, and each position is looked at.
    """
    import h3

    side = h3.average_hexagon_edge_length(resolution, "m") / BOXES_IN_AN_EDGE / METERS_OF_A_DEGREE
    rows, columns = (np.floor(each / side).astype(np.int64) for each in (latitudes, longitudes))
    boxes, box_of = numbered(rows * (1 << 31) + columns)
    if len(boxes) * 8 > len(latitudes):
        return _one_by_one(latitudes, longitudes, resolution)
    south, west = np.empty(len(boxes)), np.empty(len(boxes))
    south[box_of], west[box_of] = rows * side, columns * side
    ends = (-0.1 * side, 1.1 * side)
    corners = np.array([_one_by_one(south + up, west + right, resolution) for up in ends for right in ends])
    sure = (corners == corners[0]).all(axis=0) & (np.abs(south) < 75)
    found: Cells = corners[0][box_of]
    left = np.flatnonzero(~sure[box_of])
    found[left] = _one_by_one(latitudes[left], longitudes[left], resolution)
    return found


def _one_by_one(latitudes: Floats, longitudes: Floats, resolution: int) -> Cells:
    import h3.api.basic_int as h3

    places = map(h3.latlng_to_cell, latitudes.tolist(), longitudes.tolist(), repeat(resolution))
    return np.fromiter(places, np.uint64, len(latitudes))


@untold
def resolutions(cells: Cells) -> NDArray[np.int64]:
    """Return each cell's resolution (n,), from its bits 52 to 55."""
    return ((cells >> np.uint64(52)) & np.uint64(15)).astype(np.int64)


@untold
def ancestors(cells: Cells, resolution: int | NDArray[np.int64]) -> Cells:
    """Return each cell's ancestor (n,) at ``resolution``, or itself where it is no finer than that.

    A cell's number ends with three bits for each resolution to 15, all ones beyond its own (H3's index format).
    """
    wanted = np.minimum(resolutions(cells), resolution).astype(np.uint64)
    unused = (np.uint64(1) << (np.uint64(3) * (np.uint64(15) - wanted))) - np.uint64(1)
    made = (cells & ~(np.uint64(15) << np.uint64(52))) | (wanted << np.uint64(52)) | unused
    return np.where(cells == NOWHERE, NOWHERE, made)


@untold
def centers(cells: Cells) -> tuple[Floats, Floats]:
    """Return the latitudes and longitudes (n,) of the cells' centers in degrees; not a number where there is none."""
    import h3.api.basic_int as h3

    distinct, places = numbered(cells)
    found = [h3.cell_to_latlng(cell) if cell else (np.nan, np.nan) for cell in distinct.tolist()]
    both = np.array(found, float).reshape(-1, 2)[places]
    return both[:, 0], both[:, 1]


@untold
def cell_texts(cells: Cells) -> list[str | None]:
    """Return the cells' names, none for ``NOWHERE``."""
    import h3.api.basic_int as h3

    return [h3.int_to_str(cell) if cell else None for cell in cells.tolist()]

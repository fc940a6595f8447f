"""H3 cells as arrays of numbers: positions to cells, cells to ancestors."""

from __future__ import annotations

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from quality.contracts.untold import untold

Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

NOWHERE = np.uint64(0)
"""Stands for no cell."""


@untold
def cells_at(latitudes: Floats, longitudes: Floats, resolution: int) -> Cells:
    """Return the cell (n,) of each position in degrees; ``NOWHERE`` where one is missing or no position on earth."""
    import h3.api.basic_int as h3

    on_earth = (np.abs(latitudes) <= 90) & (np.abs(longitudes) <= 180)
    found = np.full(len(latitudes), NOWHERE, np.uint64)
    places = map(h3.latlng_to_cell, latitudes[on_earth].tolist(), longitudes[on_earth].tolist(), repeat(resolution))
    found[on_earth] = np.fromiter(places, np.uint64, int(on_earth.sum()))
    return found


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

    distinct, places = np.unique(cells, return_inverse=True)
    found = [h3.cell_to_latlng(cell) if cell else (np.nan, np.nan) for cell in distinct.tolist()]
    both = np.array(found, float).reshape(-1, 2)[places]
    return both[:, 0], both[:, 1]


@untold
def cell_texts(cells: Cells) -> list[str | None]:
    """Return the cells' names, none for ``NOWHERE``."""
    import h3.api.basic_int as h3

    return [h3.int_to_str(cell) if cell else None for cell in cells.tolist()]

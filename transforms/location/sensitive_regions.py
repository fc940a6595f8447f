"""Regions around sensitive places: decided by public places alone, so that no hole tells who went where."""

from __future__ import annotations

import math

import numpy as np

from quality.contracts.untold import untold
from quality.releases.places import SensitivePlaces, Tiles
from transforms.location.distances import EARTH_M
from transforms.location.fixes import Floats, Ints
from transforms.location.h3_cells import NOWHERE, Cells, ancestors, cells_at


@untold
def sensitive_regions(latitudes: Floats, longitudes: Floats, rules: SensitivePlaces, tiles: Tiles) -> Cells:
    """Return the cells inside which all are treated alike, for places at ``latitudes`` and ``longitudes`` (n,).

    A region is the smallest ancestor, coarser than ``tiles.finest``, of every cell that a place's circle touches, of
    which the circles cover at most ``rules.share`` (their areas added up, which is the most they can cover). Who is
    in it was in a place of it or passed by: the region is the same for both, and most of it is neither. A place
    whose coarsest cell is covered more than that has that cell as its region.
    """
    touched, places = _touched(latitudes, longitudes, rules.radius_m, tiles.finest)
    found, left = [], np.ones(len(touched), bool)
    for resolution in range(tiles.finest - 1, tiles.coarsest - 1, -1):
        distinct, at = np.unique(ancestors(touched, resolution), return_inverse=True)
        pairs = np.unique(at.astype(np.int64) * (len(latitudes) + 1) + places)
        circles = np.bincount(pairs // (len(latitudes) + 1), minlength=len(distinct))
        calm = _covered(distinct, circles, rules.radius_m) <= rules.share
        if resolution == tiles.coarsest:
            calm[:] = True
        found.append(distinct[calm & (np.bincount(at, left, len(distinct)) > 0)])
        left &= ~calm[at]
    regions = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)
    return _outermost(regions, tiles)


def _covered(cells: Cells, circles: Ints, radius_m: float) -> Floats:
    import h3.api.basic_int as h3

    areas = np.array([h3.cell_area(cell, "m^2") for cell in cells.tolist()], float)
    return np.asarray(circles * math.pi * radius_m**2 / areas)


def _touched(latitudes: Floats, longitudes: Floats, radius_m: float, finest: int) -> tuple[Cells, Ints]:
    """Return the finest cells that hold a point of a place's disc, and the places' numbers.

    Points are at most a third of an average cell's edge apart from ring to ring, and 12 or more in a ring.
    """
    import h3.api.basic_int as h3

    rings = math.ceil(3 * radius_m / h3.average_hexagon_edge_length(finest, "m"))
    many = 12 * rings
    turns = np.arange(many) * 2 * math.pi / many
    far = np.degrees(np.arange(1, rings + 1) * radius_m / rings / EARTH_M)[:, None]
    ups, rights = np.append(far * np.sin(turns), 0), np.append(far * np.cos(turns), 0)
    around = latitudes[:, None] + ups
    aside = longitudes[:, None] + rights / np.cos(np.radians(latitudes))[:, None]
    cells = cells_at(around.ravel(), (aside.ravel() + 180) % 360 - 180, finest)
    places = np.repeat(np.arange(len(latitudes)), len(ups))
    return cells[cells != NOWHERE], places[cells != NOWHERE]


def _outermost(regions: Cells, tiles: Tiles) -> Cells:
    """Leave out regions inside others, which the others decide."""
    kept = np.ones(len(regions), bool)
    for resolution in range(tiles.coarsest, tiles.finest):
        above = ancestors(regions, resolution)
        kept &= ~((above != regions) & np.isin(above, regions))
    return regions[kept]

"""Published cells as shapes on a plane, few and large enough to be seen: for the map in a release's report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

KM_OF_A_DEGREE = 111.195
MOST = 2_000
LEAST_PIXELS = 4.0
POLAR = 85.0
"""Degrees of latitude from which nothing is drawn: an equirectangular map is torn at the poles."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A cell, its published rows, and its corners: kilometers to the east and to the south of the map's middle."""

    cell: str
    rows: int
    corners: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CellMap:
    """``shapes`` with coarser cells first, so that finer ones lie upon them.

    ``middle`` is the latitude, at which the map is true to scale, and the longitude of (0, 0). ``merged_to`` is the
    resolution to which finer cells were added up, None if they were not; ``left_out`` cells lie at a pole.
    """

    shapes: tuple[Shape, ...]
    middle: Place
    merged_to: int | None
    left_out: int


def map_cells(shown: Mapping[str, int], *, most: int = MOST, pixels: float = 640.0) -> CellMap:
    """Return a map of the published cells, by the rows that each has; nothing else of the data is looked at.

    The projection is equirectangular, true to scale at its middle; a map over the antimeridian is one piece. Where
    there are more than ``most`` cells, or the finest are too small to be seen in ``pixels``, cells are added up to
    coarser ones.
    """
    import h3

    drawn = {cell: rows for cell, rows in shown.items() if abs(h3.cell_to_latlng(cell)[0]) < POLAR}
    finest = max(map(h3.get_resolution, drawn), default=0)
    kept, cells = finest, Counter(drawn)
    middle, width = _middle(cells)
    while kept and (len(cells) > most or _too_small(kept, pixels / width)):
        kept -= 1
        cells = _merged(cells, kept)
    order = sorted(cells, key=lambda cell: (h3.get_resolution(cell), cell))
    shapes = tuple(Shape(cell, cells[cell], _corners(cell, middle)) for cell in order)
    return CellMap(shapes, middle, kept if kept < finest else None, len(shown) - len(drawn))


def _too_small(resolution: int, pixels_of_a_km: float) -> bool:
    import h3

    edge: float = h3.average_hexagon_edge_length(resolution, "km")
    return 2 * edge * pixels_of_a_km < LEAST_PIXELS


def _merged(cells: Counter[str], resolution: int) -> Counter[str]:
    import h3

    made: Counter[str] = Counter()
    for cell, rows in cells.items():
        made[h3.cell_to_parent(cell, resolution) if h3.get_resolution(cell) > resolution else cell] += rows
    return made


def _middle(cells: Mapping[str, int]) -> tuple[Place, float]:
    """Return the middle, and how many kilometers the larger side of a square around all centers has.

    West begins after the widest gap between longitudes, wherever 180 degrees is.
    """
    import h3

    if not cells:
        return (0.0, 0.0), 1.0
    latitudes, longitudes = zip(*map(h3.cell_to_latlng, cells), strict=True)
    east = sorted(longitudes)
    gaps = [(after - before) % 360 for before, after in zip(east, [*east[1:], east[0] + 360], strict=True)]
    widest = max(range(len(gaps)), key=gaps.__getitem__) if len(east) > 1 else 0
    west, span = east[(widest + 1) % len(east)], (360 - gaps[widest]) if len(east) > 1 else 0.0
    latitude = (min(latitudes) + max(latitudes)) / 2
    sides = span * math.cos(math.radians(latitude)), max(latitudes) - min(latitudes)
    return (latitude, _wrapped(west + span / 2)), max(*sides, 1e-6) * KM_OF_A_DEGREE


def _corners(cell: str, middle: Place) -> tuple[Place, ...]:
    import h3

    narrow = math.cos(math.radians(middle[0])) * KM_OF_A_DEGREE
    center = h3.cell_to_latlng(cell)[1]
    east = _wrapped(center - middle[1])
    return tuple(
        ((east + _wrapped(longitude - center)) * narrow, (middle[0] - latitude) * KM_OF_A_DEGREE)
        for latitude, longitude in h3.cell_to_boundary(cell)
    )


def _wrapped(degrees: float) -> float:
    """Return the same longitude in [-180, 180)."""
    return (degrees + 180) % 360 - 180

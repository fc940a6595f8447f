"""Whether published cells are those of the epoch's tiling, and none is finer than the statute allows: by geometry."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from datetime import date

from quality.checks.verdict import Verdict
from quality.contracts.untold import untold
from quality.releases.places import PlacesRelease

EARTH_M = 6_371_007.2
"""The radius in meters of the sphere with the earth's area (authalic, WGS 84)."""


@untold
def check_limits(cells: Sequence[str], *, min_area_m2: float, min_radius_m: float) -> Verdict:
    """Return whether each cell exceeds both limits: area by spherical excess, radius from center to corner."""
    import h3

    small, least_area, least_radius = 0, math.inf, math.inf
    for cell in sorted(set(cells)):
        corners, center = h3.cell_to_boundary(cell), h3.cell_to_latlng(cell)
        area, radius = _area(corners), max(_angle(center, corner) for corner in corners) * EARTH_M
        small += area <= min_area_m2 or radius <= min_radius_m
        least_area, least_radius = min(least_area, area), min(least_radius, radius)
    measured: dict[str, int | float | str] = {"small": small, "cells": len(set(cells))}
    if cells:
        measured |= {"least_area_m2": round(least_area), "least_radius_m": round(least_radius)}
    text = f"Each cell has more than {min_area_m2:,.0f} m2 and a radius of more than {min_radius_m:,.1f} m."
    return Verdict("places_precision", not small, text, "Make a tiling under the release's limits.", measured)


@untold
def check_tiling(
    cells: Sequence[str], stated: str, version: str, release: PlacesRelease, *, made_of_until: date | None
) -> Verdict:
    """Return whether the cells are of the tiling ``stated`` as JSON, and it is the ``version``, made before the epoch.

    A published cell is one of the tiling's or of its sensitive regions, or around one, or a coarsest cell.
    ``made_of_until`` is the last day of the historic rows; None for public figures.
    """
    import h3

    tiling = json.loads(stated)
    told = tiling.pop("digest", "")
    digest = hashlib.sha256(json.dumps(tiling, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    coarsest, known = tiling["rules"]["coarsest"], {*tiling["cells"], *tiling["regions"]}
    around = {h3.cell_to_parent(one, at) for one in known for at in range(coarsest, h3.get_resolution(one) + 1)}
    stray = sum(h3.get_resolution(cell) > coarsest and cell not in around for cell in set(cells))
    faults = {
        "another version": digest[:16] != version or digest != told,
        "other rules": tiling["rules"] != release.tiles.model_dump(mode="json"),
        "made of rows of the epoch": made_of_until is not None and made_of_until >= release.epoch.start,
        "cells of no tile": stray > 0,
    }
    found = [name for name, fault in faults.items() if fault]
    measured: dict[str, int | float | str] = {"faults": ", ".join(found), "stray": stray, "tiles": len(tiling["cells"])}
    text = "Cells are tiles of one tiling, made before the epoch and never fitted to a day."
    return Verdict("places_tiling", not found, text, "Make a tiling of earlier rows or of public figures.", measured)


def _area(corners: Sequence[tuple[float, float]]) -> float:
    """Return the area in square meters: the sum of the excess of the triangles from the first corner (L'Huilier)."""
    total = 0.0
    for one, other in zip(corners[1:], corners[2:], strict=False):
        sides = _angle(corners[0], one), _angle(one, other), _angle(other, corners[0])
        half = sum(sides) / 2
        parts = math.tan(half / 2) * math.prod(math.tan(max(half - side, 0) / 2) for side in sides)
        total += 4 * math.atan(math.sqrt(max(parts, 0)))
    return total * EARTH_M**2


def _angle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle in radians between two positions in degrees, from their chord."""
    a, b = (_vector(*place) for place in (one, other))
    return 2 * math.asin(min(1.0, math.dist(a, b) / 2))


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)

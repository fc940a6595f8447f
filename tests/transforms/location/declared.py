"""Declarations, rows and tilings that tests of places start from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from quality.releases.places import PlacesRelease, Tiles
from transforms.location.adaptive_tiling import tile_by_subjects
from transforms.location.fixes import read_fixes
from transforms.location.h3_cells import cells_at

DAY = 1_209_340_800
"""Monday, 2008-04-28, 00:00 UTC."""
HOUR = 3_600
TILES = Tiles(finest=7, coarsest=5, least=2)


def declared(**changes):
    base = {
        "kind": "places", "name": "places", "description": "Places.", "purpose": "analytics", "reads": "rows.parquet",
        "subject": "who", "latitude": "lat", "longitude": "lon", "time": "at", "k": 2, "tiles": TILES,
        "epoch": {"start": "2008-04-28", "end": "2008-05-31"},
    }  # fmt: skip
    return PlacesRelease.model_validate({**base, **changes})


def rows(*fixes):
    """Make a table of (who, latitude, longitude, seconds after the first Monday)."""
    who, lat, lon, at = zip(*fixes, strict=True) if fixes else ((), (), (), ())
    columns = {
        "who": pa.array(who, pa.string()),
        "lat": pa.array(lat, pa.float64()),
        "lon": pa.array(lon, pa.float64()),
    }
    return pa.table({**columns, "at": pa.array([None if one is None else DAY + one for one in at], pa.int64())})


def fixes_of(*fixes, **changes):
    return read_fixes(rows(*fixes), declared(**changes))


def north(meters):
    """Return a latitude that many meters north of 40.7."""
    return 40.7 + meters / 111_195.08


def tiling_of(table, release, **options):
    fixes = read_fixes(table, release)
    return tile_by_subjects(fixes.cells, fixes.subjects, release.tiles, made_from="the week before", **options)


def cell_at(latitude, longitude, resolution):
    return cells_at(np.array([latitude]), np.array([longitude]), resolution)[0]


class Counted:
    """A noise source that counts what it is asked: each new key gets the next numbers of a generator with a seed."""

    def __init__(self, seed=7):
        self.random, self.known, self.asked = np.random.default_rng(seed), {}, 0

    def uniforms(self, keys):
        self.asked += len(keys)
        return np.array([self.known.setdefault(key, tuple(self.random.random(2))) for key in keys]).reshape(-1, 2)

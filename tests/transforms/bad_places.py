"""Bad input for the functions that releases of places are made of: each holds a value that must not be told."""

from __future__ import annotations

from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa

from quality.releases.places import Anchors, PlacesRelease, SensitivePlaces, Slots, Tiles, Trips
from tests.transforms.planted import NUMBER, PLANTED, Case
from transforms.location import (
    adaptive_tiling,
    count_distinct,
    crowd_levels,
    cut_trips,
    distances,
    fixes,
    h3_cells,
    home_and_work,
    planar_laplace,
    point_sets,
    prepare_fixes,
    publish_places,
    sensitive_regions,
    sequence_levels,
    stay_points,
)

TEXTS = np.array([PLANTED], object)
TILES = Tiles(finest=7, coarsest=5, least=2)
RELEASE = PlacesRelease.model_validate(
    {
        "kind": "places", "name": "x", "description": "x", "purpose": "x", "reads": "x", "subject": "who",
        "latitude": "lat", "longitude": "lon", "time": "at", "k": 2, "tiles": TILES, "noise": {"epsilon_per_km": 1},
        "epoch": {"start": date(2000, 1, 1), "end": date(2000, 1, 2)},
    }
)  # fmt: skip
TABLE = pa.table({name: [PLANTED] for name in ("who", "lat", "lon", "at")})
NONE = np.zeros(0, np.uint64)
TILING = adaptive_tiling.AdaptiveTiling(TILES, NONE, NONE, PLANTED)
FIXES = fixes.Fixes(*([TEXTS] * 7))
TWO = fixes.Fixes(*([np.array([PLANTED, NUMBER], object)] * 7))
POINTS = sequence_levels.Points(TEXTS, TEXTS, TEXTS, TEXTS)
LEVELS = (crowd_levels.Level(7, 1),)
ANCHORS, TRIPS = Anchors(radius_m=1), Trips(trim_m=1)
HOSPITALS = SensitivePlaces(reads="x", classes=("x",))


def _texts(of, function, *given, **options):
    return Case(f"location.{of}", "a-text", partial(function, *given, **options))


PLACES: list[Case] = [
    _texts("adaptive_tiling.AdaptiveTiling.tiles_of", TILING.tiles_of, TEXTS),
    Case("location.adaptive_tiling.AdaptiveTiling.to_json", "made-from", TILING.to_json, refused=False),
    _texts("adaptive_tiling.tile_by_subjects", adaptive_tiling.tile_by_subjects, TEXTS, TEXTS, TILES, made_from="x"),
    _texts(
        "adaptive_tiling.tile_by_population", adaptive_tiling.tile_by_population, TEXTS, TEXTS, TILES, made_from="x"
    ),
    _texts("adaptive_tiling.tiling_from_json", adaptive_tiling.tiling_from_json, PLANTED),
    Case(
        "location.adaptive_tiling.tiling_from_json",
        "a-number",
        partial(adaptive_tiling.tiling_from_json, f'{{"cells": ["{NUMBER}"], "regions": [], "rules": {{}}}}'),
    ),
    _texts("adaptive_tiling.expect_tiling", adaptive_tiling.expect_tiling, TILING, TILES, TEXTS),
    _texts("count_distinct.numbered", count_distinct.numbered, np.array([PLANTED, NUMBER], object)),
    _texts("count_distinct.first_of_each", count_distinct.first_of_each, TEXTS, 1),
    _texts("count_distinct.distinct_subjects", count_distinct.distinct_subjects, TEXTS, TEXTS, 1),
    _texts("crowd_levels.levels_of", crowd_levels.levels_of, PLANTED, Slots()),
    _texts("crowd_levels.at_level", crowd_levels.at_level, TEXTS, TEXTS, LEVELS[0]),
    _texts("crowd_levels.group_numbers", crowd_levels.group_numbers, TEXTS, TEXTS),
    _texts("crowd_levels.crowd_levels", crowd_levels.crowd_levels, TEXTS, TEXTS, TEXTS, k=2, levels=LEVELS),
    _texts("cut_trips.cut_trips", cut_trips.cut_trips, TWO, gap_minutes=1),
    _texts("cut_trips.trim_ends", cut_trips.trim_ends, FIXES, TRIPS),
    _texts("distances.meters_between", distances.meters_between, TEXTS, TEXTS, 0, 0),
    _texts("fixes.Fixes.where", FIXES.where, PLANTED),
    _texts("fixes.Fixes.at", FIXES.at, TEXTS),
    _texts("fixes.read_fixes", fixes.read_fixes, TABLE, RELEASE),
    _texts("fixes.count_fixes", fixes.count_fixes, TABLE, RELEASE),
    _texts("h3_cells.cells_at", h3_cells.cells_at, TEXTS, TEXTS, 7),
    _texts("h3_cells.resolutions", h3_cells.resolutions, TEXTS),
    _texts("h3_cells.ancestors", h3_cells.ancestors, TEXTS, 5),
    _texts("h3_cells.centers", h3_cells.centers, TEXTS),
    Case("location.h3_cells.centers", "no-cell", partial(h3_cells.centers, np.array([NUMBER], np.uint64))),
    _texts("h3_cells.cell_texts", h3_cells.cell_texts, TEXTS),
    _texts("home_and_work.home_and_work", home_and_work.home_and_work, FIXES, ANCHORS),
    _texts("home_and_work.away_from_anchors", home_and_work.away_from_anchors, FIXES, ANCHORS),
    _texts("planar_laplace.noisy_cells", planar_laplace.noisy_cells, FIXES, TABLE["who"], RELEASE, None),
    _texts("planar_laplace.moved_by", planar_laplace.moved_by, TEXTS, TEXTS, np.zeros((1, 2)), 1),
    _texts("planar_laplace.laplace_radius", planar_laplace.laplace_radius, TEXTS, 1),
    _texts("planar_laplace.lambert_w", planar_laplace.lambert_w, TEXTS),
    _texts("point_sets.rare_points", point_sets.rare_points, TEXTS, TEXTS, TEXTS, TEXTS, size=2, k=2),
    _texts("prepare_fixes.regions_of", prepare_fixes.regions_of, TABLE, HOSPITALS, TILES),
    _texts("prepare_fixes.prepare_fixes", prepare_fixes.prepare_fixes, TABLE, RELEASE),
    _texts("prepare_fixes.in_regions", prepare_fixes.in_regions, TEXTS, NONE, TILES),
    _texts("publish_places.publish_places", publish_places.publish_places, FIXES, RELEASE, TILING),
    _texts("publish_places.hours_of", publish_places.hours_of, TEXTS, Slots()),
    _texts("publish_places.cut_pseudonyms", publish_places.cut_pseudonyms, TEXTS, 2),
    _texts("sensitive_regions.sensitive_regions", sensitive_regions.sensitive_regions, TEXTS, TEXTS, HOSPITALS, TILES),
    _texts("sequence_levels.sequence_levels", sequence_levels.sequence_levels, POINTS, k=2, m=2, levels=LEVELS),
    _texts("sequence_levels.item_numbers", sequence_levels.item_numbers, POINTS, LEVELS),
    _texts("stay_points.stay_points", stay_points.stay_points, FIXES, radius_m=1, minutes=1),
]

from __future__ import annotations

import hashlib
import json
import math
from datetime import date

import h3
import pytest

from quality.checks.places.check_tiles import check_limits, check_tiling
from tests.transforms.location.declared import TILES, declared

CELLS = [h3.latlng_to_cell(40.7, -74.0, at) for at in range(8)]


def test_area_and_radius_are_measured_cell_by_cell():
    for cell in [*CELLS, "8009fffffffffff"]:  # the last is a pentagon
        measured = check_limits([cell], min_area_m2=0, min_radius_m=0).measured
        assert measured["least_area_m2"] == pytest.approx(h3.cell_area(cell, "m^2"), rel=1e-3)


@pytest.mark.parametrize(
    ("area", "radius", "passed"),
    [
        pytest.param(998_900, 1_000, True, id="within"),
        pytest.param(6e6, 0, False, id="area"),
        pytest.param(0, 2_000, False, id="radius"),
    ],
)
def test_a_cell_must_exceed_both_limits(area, radius, passed):
    assert check_limits([CELLS[5], CELLS[7]], min_area_m2=area, min_radius_m=radius).passed is passed


def test_no_cells_break_no_limit():
    assert check_limits([], min_area_m2=math.inf, min_radius_m=0).passed


STATED = {"rules": TILES.model_dump(mode="json"), "cells": [CELLS[7]], "regions": [], "made_from": "x"}


def judged(cells=(), stated=STATED, version=None, until=date(2008, 4, 27), told=None):
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    text = json.dumps({**stated, "digest": told or digest})
    return check_tiling(cells, text, version or digest[:16], declared(), made_of_until=until).measured["faults"]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        pytest.param({"cells": CELLS[5:]}, "", id="its-cells-and-those-around"),
        pytest.param({"until": None}, "", id="public-figures"),
        pytest.param({"version": "0" * 16}, "another version", id="version"),
        pytest.param({"told": "0" * 64}, "another version", id="a-digest-of-something-else"),
        pytest.param({"until": date(2008, 4, 28)}, "made of rows of the epoch", id="refitted"),
        pytest.param({"cells": [h3.latlng_to_cell(41.7, -74, 7)]}, "cells of no tile", id="stray"),
        pytest.param({"stated": {**STATED, "rules": {"coarsest": 5}}}, "other rules", id="rules"),
    ],
)
def test_a_tiling_is_the_one_declared_and_older_than_the_epoch(given, faults):
    assert judged(**given) == faults

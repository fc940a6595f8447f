"""Tiles that adapt to the population: cells coarsened until enough distinct subjects are in each, for an epoch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import ConfigError
from quality.contracts.untold import untold
from quality.releases.places import Tiles
from transforms.location.count_distinct import distinct_subjects
from transforms.location.generalize_places import exceeds
from transforms.location.h3_cells import NOWHERE, Cells, ancestors, cell_texts, resolutions

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveTiling:
    """Which tile a cell belongs to: its finest ancestor (or itself) among ``cells``, less the finer tiles in it.

    ``cells`` (T,) rise. ``regions`` (R,) are cells inside which no finer tile is told: those of sensitive places.
    """

    rules: Tiles
    cells: Cells
    regions: Cells
    made_from: str

    @property
    def version(self) -> str:
        """A digest of all that decides which tile a cell belongs to: it changes only if some tile could."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return the tiling as text; ``tiling_from_json`` reads it."""
        stated = {
            "rules": self.rules.model_dump(mode="json"),
            "cells": cell_texts(self.cells),
            "regions": cell_texts(self.regions),
            "made_from": self.made_from,
        }
        return json.dumps(stated, sort_keys=True, separators=(",", ":"))

    @untold
    def tiles_of(self, cells: Cells) -> Cells:
        """Return the tile (n,) of each cell; ``NOWHERE`` where even the coarsest cell is below the statute's limits."""
        distinct, places = np.unique(cells, return_inverse=True)
        found = np.full(len(distinct), NOWHERE, np.uint64)
        for resolution in range(self.rules.coarsest, self.rules.finest + 1):
            at = ancestors(distinct, resolution)
            found = np.where(np.isin(at, self.cells) & (resolutions(at) == resolution), at, found)
        coarsest = ancestors(distinct, self.rules.coarsest)
        found = np.where(found == NOWHERE, _allowed(coarsest, self.rules), found)
        for resolution in range(self.rules.finest, self.rules.coarsest - 1, -1):
            at = ancestors(distinct, resolution)
            hidden = np.isin(at, self.regions) & (resolutions(found) > resolution)
            found = np.where(hidden, at, found)
        return np.asarray(found[places], np.uint64)


@untold
def tile_by_subjects(cells: Cells, subjects: Codes, rules: Tiles, *, made_from: str) -> AdaptiveTiling:
    """Make a tiling of historic rows: where subject ``subjects[i]`` (n,), numbered after uniting, was in ``cells[i]``.

    From the finest resolution up, a cell with at least ``rules.least`` distinct subjects among the rows that have no
    tile yet is a tile; so a tile less the finer ones cut out of it still holds as many. Never made of the rows that
    are released: ``made_from`` says of which.
    """
    left = cells != NOWHERE
    tiles: list[Cells] = []
    for resolution in range(rules.finest, rules.coarsest - 1, -1):
        rows = np.flatnonzero(left)
        distinct, places = np.unique(ancestors(cells[rows], resolution), return_inverse=True)
        crowded = distinct_subjects(places.astype(np.int64), subjects[rows], len(distinct)) >= rules.least
        crowded &= _allowed(distinct, rules) != NOWHERE
        tiles.append(distinct[crowded])
        left[rows[crowded[places]]] = False
    return _tiling(tiles, rules, made_from)


@untold
def tile_by_population(residents: Mapping[int, float], rules: Tiles, *, made_from: str) -> AdaptiveTiling:
    """Make a tiling of public figures: ``residents`` by cell, none coarser than ``rules.finest``."""
    cells = np.fromiter(residents, np.uint64, len(residents))
    counts = np.fromiter(residents.values(), float, len(residents))
    tiles: list[Cells] = []
    for resolution in range(rules.finest, rules.coarsest - 1, -1):
        distinct, places = np.unique(ancestors(cells, resolution), return_inverse=True)
        crowded = np.bincount(places, counts, len(distinct)) >= rules.least
        crowded &= _allowed(distinct, rules) != NOWHERE
        tiles.append(distinct[crowded])
        cells, counts = cells[~crowded[places]], counts[~crowded[places]]
    return _tiling(tiles, rules, made_from)


@untold
def with_regions(tiling: AdaptiveTiling, regions: Cells) -> AdaptiveTiling:
    """Return the tiling with no tile finer than ``regions`` inside them."""
    return replace(tiling, regions=np.unique(np.concatenate([tiling.regions, regions])))


@untold
def tiling_from_json(text: str) -> AdaptiveTiling:
    """Return the tiling that ``to_json`` wrote."""
    stated = json.loads(text)
    cells, regions = (
        np.array(sorted(int(one, 16) for one in stated[name]), np.uint64) for name in ("cells", "regions")
    )
    return AdaptiveTiling(Tiles.model_validate(stated["rules"]), cells, regions, stated["made_from"])


@untold
def expect_tiling(tiling: AdaptiveTiling, rules: Tiles) -> None:
    """Raise ``ConfigError`` unless the tiling was made under ``rules``: no release is fitted by another's tiles."""
    if tiling.rules != rules:
        raise ConfigError(
            f"Tiling {tiling.version} was made under other rules than the release states.",
            mend="Make a tiling under the release's `tiles`, for a new epoch.",
        )


def _tiling(tiles: list[Cells], rules: Tiles, made_from: str) -> AdaptiveTiling:
    return AdaptiveTiling(rules, np.unique(np.concatenate(tiles)), np.array([], np.uint64), made_from)


def _allowed(cells: Cells, rules: Tiles) -> Cells:
    """Return the cells that exceed the statute's limits, ``NOWHERE`` in place of others."""
    distinct, places = np.unique(cells, return_inverse=True)
    texts = cell_texts(distinct)
    kept = [text is not None and exceeds(text, rules.min_area_m2, rules.min_radius_m) for text in texts]
    return np.asarray(np.where(np.array(kept, bool), distinct, NOWHERE)[places], np.uint64)

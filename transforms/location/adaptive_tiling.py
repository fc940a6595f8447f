"""Tiles that adapt to the population: cells coarsened until enough distinct subjects are in each, for an epoch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.contracts.errors import ConfigError
from quality.contracts.untold import untold
from quality.releases.places import Tiles
from transforms.location.count_distinct import distinct_subjects, numbered
from transforms.location.generalize_places import exceeds
from transforms.location.h3_cells import NOWHERE, Cells, ancestors, cell_texts, resolutions

Codes = NDArray[np.int32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_CELLS: Cells = np.array([], np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveTiling:
    """Which tile a cell belongs to: its finest ancestor (or itself) among ``cells``, less the finer tiles in it.

    ``cells`` (T,) and ``regions`` (R,) rise; inside a region, which sensitive places make, no finer tile is told.
    """

    rules: Tiles
    cells: Cells
    regions: Cells
    made_from: str

    @property
    def version(self) -> str:
        """A digest of all that decides which tile a cell belongs to: it changes only if some tile could."""
        return _digest(self._stated())[:16]

    def to_json(self) -> str:
        """Return the tiling as text with its digest, by which ``tiling_from_json`` tells that it was not changed."""
        stated = self._stated()
        return _canonical({**stated, "digest": _digest(stated)})

    def _stated(self) -> dict[str, Any]:
        return {
            "rules": self.rules.model_dump(mode="json"),
            "cells": cell_texts(self.cells),
            "regions": cell_texts(self.regions),
            "made_from": self.made_from,
        }

    @untold
    def tiles_of(self, cells: Cells) -> Cells:
        """Return the tile (n,) of each cell; ``NOWHERE`` where even the coarsest cell is below the statute's limits."""
        distinct, places = numbered(cells)
        found = _allowed(ancestors(distinct, self.rules.coarsest), self.rules)
        for resolution in range(self.rules.coarsest, self.rules.finest + 1):
            at = ancestors(distinct, resolution)
            tile = np.isin(at, self.cells) & (resolutions(at) == resolution)
            found = np.where(tile, at, found)
        return np.asarray(found[places], np.uint64)


@untold
def tile_by_subjects(
    cells: Cells, subjects: Codes, rules: Tiles, *, made_from: str, regions: Cells = NO_CELLS
) -> AdaptiveTiling:
    """Make a tiling of historic rows: where subject ``subjects[i]`` (n,), numbered after uniting, was in ``cells[i]``.

    From the finest resolution up, a cell with at least ``rules.least`` distinct subjects among the rows that have no
    tile yet is a tile; so a tile less the finer ones cut out of it still holds as many. Never made of the rows that
    are released: ``made_from`` says of which.
    """

    def count(places: Ints, left: Ints, size: int) -> Ints:
        return distinct_subjects(places, subjects[left], size)

    return _tile(cells, count, rules, regions, made_from)


@untold
def tile_by_population(
    cells: Cells, residents: Floats, rules: Tiles, *, made_from: str, regions: Cells = NO_CELLS
) -> AdaptiveTiling:
    """Make a tiling of public figures: ``residents`` (n,) of ``cells`` (n,), none coarser than ``rules.finest``."""

    def count(places: Ints, left: Ints, size: int) -> Floats:
        return np.bincount(places, residents[left], size).astype(np.float64)

    return _tile(cells, count, rules, regions, made_from)


@untold
def tiling_from_json(text: str, *, name: str = "This") -> AdaptiveTiling:
    """Return the tiling that ``to_json`` wrote to a file called ``name``.

    Raises ``ConfigError`` for what is none, and for one that was changed since by whoever left its digest as it was: a
    digest is no signature, so who can write the file can make another one.
    """
    try:
        stated = json.loads(text)
        digest = stated.pop("digest")
        if _digest(stated) != digest:
            mend = "Restore it: an epoch's tiles stay as they were made. A new epoch has new ones."
            raise ConfigError(f"{name} was changed after it was made: its digest is another.", mend=mend)
        cells, regions = (
            np.array(sorted(int(one, 16) for one in stated[of]), np.uint64) for of in ("cells", "regions")
        )
        return AdaptiveTiling(Tiles.model_validate(stated["rules"]), cells, regions, str(stated["made_from"]))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):  # pydantic's and JSON's are ValueErrors
        mend = "Make it once for the epoch: `geoward release tile NAME --historic FILE --output TILING.json`."
        raise ConfigError(f"{name} is no tiling.", mend=mend) from None


def _canonical(stated: object) -> str:
    return json.dumps(stated, sort_keys=True, separators=(",", ":"))


def _digest(stated: object) -> str:
    return hashlib.sha256(_canonical(stated).encode()).hexdigest()


@untold
def expect_tiling(tiling: AdaptiveTiling, rules: Tiles, regions: Cells) -> None:
    """Raise ``ConfigError`` unless the tiling was made under ``rules`` and tells ``regions`` whole."""
    if tiling.rules != rules or not np.isin(regions, tiling.regions).all():
        raise ConfigError(
            f"Tiling {tiling.version} was made under other rules, or other sensitive places, than the release states.",
            mend="Make a tiling under the release's `tiles` and `sensitive_places`, for a new epoch.",
        )


def _tile(
    cells: Cells,
    count: Callable[[Ints, Ints, int], NDArray[Any]],
    rules: Tiles,
    regions: Cells,
    made_from: str,
) -> AdaptiveTiling:
    left, deepest = np.flatnonzero(cells != NOWHERE), _deepest(cells, regions, rules)
    tiles: list[Cells] = []
    for resolution in range(rules.finest, rules.coarsest - 1, -1):
        rows = left[deepest[left] >= resolution]
        distinct, places = numbered(ancestors(cells[rows], resolution))
        crowded = count(places, rows, len(distinct)) >= rules.least
        crowded &= _allowed(distinct, rules) != NOWHERE
        tiles.append(distinct[crowded])
        left = np.setdiff1d(left, rows[crowded[places]], assume_unique=True)
    return AdaptiveTiling(rules, np.unique(np.concatenate(tiles)), np.unique(regions), made_from)


def _deepest(cells: Cells, regions: Cells, rules: Tiles) -> Ints:
    """Return the finest resolution (n,) at which each cell may be told: its region's, if it is in one."""
    found = np.full(len(cells), rules.finest, np.int64)
    for resolution in range(rules.finest - 1, rules.coarsest - 1, -1):
        found[np.isin(ancestors(cells, resolution), regions)] = resolution
    return found


def _allowed(cells: Cells, rules: Tiles) -> Cells:
    """Return the cells that exceed the statute's limits, ``NOWHERE`` in place of others."""
    distinct, places = np.unique(cells, return_inverse=True)
    texts = cell_texts(distinct)
    kept = [text is not None and exceeds(text, rules.min_area_m2, rules.min_radius_m) for text in texts]
    return np.asarray(np.where(np.array(kept, bool), distinct, NOWHERE)[places], np.uint64)

"""Tiles of a release: cells coarsened until enough people live in them, from public figures and fixed for an epoch."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from quality.contracts.untold import untold
from transforms.arrow_function import arrow_function


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell without the finer tiles cut out of it; area in square meters, ``place`` maybe empty."""

    cell: str
    area_m2: float
    place: str


@dataclass(frozen=True, slots=True)
class Tiling:
    """Which tile each cell belongs to. Made from residents and places only, never from the rows that are released.

    Cells are H3's numbers inside, three times as fast as their texts, and texts to everybody else.
    """

    dense: frozenset[int]
    cut: Mapping[int, int]
    places: Mapping[int, str]
    finest: int
    coarsest: int
    version: str

    @untold
    def tile(self, cell: str) -> Tile:
        """Return the cell's finest ancestor (or itself) with enough residents, else its coarsest ancestor."""
        import h3.api.basic_int as h3

        index = h3.str_to_int(cell)
        start = min(h3.get_resolution(index), self.finest)
        for resolution in range(start, self.coarsest - 1, -1):
            ancestor = h3.cell_to_parent(index, resolution)
            if ancestor in self.dense:
                return self._tile(ancestor)
        return self._tile(h3.cell_to_parent(index, min(start, self.coarsest)))

    @untold
    def coarse(self, cell: str) -> Tile:
        """Return the coarsest cell around ``cell``, whole."""
        import h3.api.basic_int as h3

        index = h3.str_to_int(cell)
        ancestor = h3.cell_to_parent(index, min(h3.get_resolution(index), self.coarsest))
        return Tile(h3.int_to_str(ancestor), h3.cell_area(ancestor, "m^2"), self.places.get(ancestor, ""))

    def _tile(self, cell: int) -> Tile:
        import h3.api.basic_int as h3

        inside = h3.cell_to_children_size(cell, max(self.finest, h3.get_resolution(cell)))
        left = (inside - self.cut.get(cell, 0)) / inside
        return Tile(h3.int_to_str(cell), h3.cell_area(cell, "m^2") * left, self.places.get(cell, ""))


@untold
def tile_by_residents(
    residents: Mapping[str, float],
    places: Iterable[tuple[str, str, int]],
    *,
    finest: int,
    coarsest: int,
    tile_residents: int,
) -> Tiling:
    """Build the tiling. ``residents`` by cell of resolution ``finest``; ``places`` as (cell, name, population).

    A cell is a tile of its own when it holds at least ``tile_residents``. Without residents every tile is coarsest.
    """
    import h3.api.basic_int as h3

    totals: defaultdict[int, float] = defaultdict(float)
    for cell, count in residents.items():
        index = h3.str_to_int(cell)
        for resolution in range(coarsest, finest + 1):
            totals[h3.cell_to_parent(index, resolution)] += count
    dense = frozenset(index for index, count in totals.items() if count >= tile_residents)
    cut: defaultdict[int, int] = defaultdict(int)
    for index in dense:
        above = _next_tile(index, dense, coarsest)
        if above:
            cut[above] += h3.cell_to_children_size(index, finest)
    named = _names(places, finest, coarsest)
    texts = sorted(map(h3.int_to_str, dense))
    stated = json.dumps([texts, finest, coarsest, sorted((h3.int_to_str(i), name) for i, name in named.items())])
    version = hashlib.sha256(stated.encode()).hexdigest()[:12]
    return Tiling(dense, dict(cut), named, finest, coarsest, version)


def with_tiles(df: DataFrame, tiling: Tiling, *, cell: str = "cell") -> DataFrame:
    """Add ``tile`` and ``coarse``: structs of cell, area_m2 (square meters) and place, from the ``cell`` column."""
    found = df.withColumn("_tiles", _tiles_udf(tiling)(F.col(cell)))
    return found.withColumns({"tile": F.col("_tiles.tile"), "coarse": F.col("_tiles.coarse")}).drop("_tiles")


def _next_tile(cell: int, dense: frozenset[int], coarsest: int) -> int:
    import h3.api.basic_int as h3

    for resolution in range(h3.get_resolution(cell) - 1, coarsest - 1, -1):
        ancestor = h3.cell_to_parent(cell, resolution)
        if ancestor in dense or resolution == coarsest:
            return int(ancestor)
    return 0


def _names(places: Iterable[tuple[str, str, int]], finest: int, coarsest: int) -> dict[int, str]:
    import h3.api.basic_int as h3

    best: dict[int, tuple[int, str]] = {}
    for cell, name, population in places:
        for resolution in range(coarsest, finest + 1):
            ancestor = h3.cell_to_parent(h3.str_to_int(cell), resolution)
            best[ancestor] = max(best.get(ancestor, (-1, "")), (population, name))
    return {cell: name for cell, (_, name) in best.items()}


_TILE = "struct<cell:string,area_m2:double,place:string>"


def _tiles_udf(tiling: Tiling) -> Callable[..., Column]:
    """Return both tiles by one function: the tiling is sent to each worker with each of them."""

    def tiles(cells: pa.Array) -> pa.Array:
        encoded = cells.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        both = [_structs(map(find, distinct)).take(encoded.indices) for find in (tiling.tile, tiling.coarse)]
        return pa.StructArray.from_arrays(both, ["tile", "coarse"])

    return arrow_function(tiles, f"struct<tile:{_TILE},coarse:{_TILE}>")


def _structs(tiles: Iterable[Tile]) -> pa.StructArray:
    found = list(tiles)
    arrays: list[Any] = [
        pa.array([t.cell for t in found], pa.string()),
        pa.array([t.area_m2 for t in found], pa.float64()),
        pa.array([t.place or None for t in found], pa.string()),
    ]
    return pa.StructArray.from_arrays(arrays, ["cell", "area_m2", "place"])

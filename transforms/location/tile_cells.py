"""Tiles of a release: cells coarsened until enough people live in them, from public figures and fixed for an epoch."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.arrow_function import arrow_function


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell without the finer tiles cut out of it; area in square meters, ``place`` maybe empty."""

    cell: str
    area_m2: float
    place: str


@dataclass(frozen=True, slots=True)
class Tiling:
    """Which tile each cell belongs to. Made from residents and places only, never from the rows that are released."""

    dense: frozenset[str]
    cut: Mapping[str, int]
    places: Mapping[str, str]
    finest: int
    coarsest: int
    version: str

    def tile(self, cell: str) -> Tile:
        """Return the cell's finest ancestor (or itself) with enough residents, else its coarsest ancestor."""
        import h3

        start = min(h3.get_resolution(cell), self.finest)
        for resolution in range(start, self.coarsest - 1, -1):
            ancestor = h3.cell_to_parent(cell, resolution)
            if ancestor in self.dense:
                return self._tile(ancestor)
        return self._tile(h3.cell_to_parent(cell, min(start, self.coarsest)))

    def coarse(self, cell: str) -> Tile:
        """Return the coarsest cell around ``cell``, whole."""
        import h3

        ancestor = h3.cell_to_parent(cell, min(h3.get_resolution(cell), self.coarsest))
        return Tile(ancestor, h3.cell_area(ancestor, "m^2"), self.places.get(ancestor, ""))

    def _tile(self, cell: str) -> Tile:
        import h3

        inside = h3.cell_to_children_size(cell, max(self.finest, h3.get_resolution(cell)))
        left = (inside - self.cut.get(cell, 0)) / inside
        return Tile(cell, h3.cell_area(cell, "m^2") * left, self.places.get(cell, ""))


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
    import h3

    totals: Counter[str] = Counter()
    for cell, count in residents.items():
        for resolution in range(coarsest, finest + 1):
            totals[h3.cell_to_parent(cell, resolution)] += count  # type: ignore[assignment]
    dense = frozenset(cell for cell, count in totals.items() if count >= tile_residents)
    cut: Counter[str] = Counter()
    for cell in dense:
        above = _next_tile(cell, dense, coarsest)
        if above:
            cut[above] += h3.cell_to_children_size(cell, finest)
    named = _names(places, finest, coarsest)
    stated = json.dumps([sorted(dense), finest, coarsest, sorted(named.items())])
    version = hashlib.sha256(stated.encode()).hexdigest()[:12]
    return Tiling(dense, dict(cut), named, finest, coarsest, version)


def with_tiles(df: DataFrame, tiling: Tiling, *, cell: str = "cell") -> DataFrame:
    """Add ``tile`` and ``coarse``: structs of cell, area_m2 (square meters) and place, from the ``cell`` column."""
    return df.withColumn("tile", _tile_udf(tiling, "tile")(F.col(cell))).withColumn(
        "coarse", _tile_udf(tiling, "coarse")(F.col(cell))
    )


def _next_tile(cell: str, dense: frozenset[str], coarsest: int) -> str:
    import h3

    for resolution in range(h3.get_resolution(cell) - 1, coarsest - 1, -1):
        ancestor = h3.cell_to_parent(cell, resolution)
        if ancestor in dense or resolution == coarsest:
            return str(ancestor)
    return ""


def _names(places: Iterable[tuple[str, str, int]], finest: int, coarsest: int) -> dict[str, str]:
    import h3

    best: dict[str, tuple[int, str]] = {}
    for cell, name, population in places:
        for resolution in range(coarsest, finest + 1):
            ancestor = h3.cell_to_parent(cell, resolution)
            best[ancestor] = max(best.get(ancestor, (-1, "")), (population, name))
    return {cell: name for cell, (_, name) in best.items()}


def _tile_udf(tiling: Tiling, kind: str) -> Callable[..., Column]:
    def tiles(cells: pa.Array) -> pa.Array:
        encoded = cells.dictionary_encode()
        find = tiling.tile if kind == "tile" else tiling.coarse
        found = [find(cell) for cell in encoded.dictionary.to_pylist()]
        fields = [pa.field("cell", pa.string()), pa.field("area_m2", pa.float64()), pa.field("place", pa.string())]
        arrays: list[Any] = [
            pa.array([t.cell for t in found], pa.string()),
            pa.array([t.area_m2 for t in found], pa.float64()),
            pa.array([t.place or None for t in found], pa.string()),
        ]
        return pa.StructArray.from_arrays(arrays, fields=fields).take(encoded.indices)

    return arrow_function(tiles, "struct<cell:string,area_m2:double,place:string>")

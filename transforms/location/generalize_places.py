"""A position becomes the finest grid cell that the precision ceiling allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from quality.contracts.untold import untold
from transforms.arrow_function import arrow_function

FINEST, COARSEST = 11, 0


def generalize_places(
    df: DataFrame, *, min_area_m2: float, min_radius_m: float, latitude: str = "latitude", longitude: str = "longitude"
) -> DataFrame:
    """Add ``cell`` (H3) and ``cell_area_m2``: the finest cell larger than both limits.

    The limits are geometry, tested cell by cell: area in square meters and circumradius in meters. A pentagon or a
    small cell that fails is replaced by its parent. Decimals or a fixed resolution would not hold everywhere.
    """
    place = _place_udf(min_area_m2, min_radius_m)(F.col(latitude), F.col(longitude))
    placed = df.withColumn("_place", place)
    return placed.withColumns({"cell": F.col("_place.cell"), "cell_area_m2": F.col("_place.area_m2")}).drop("_place")


@untold
def exceeds(cell: str, min_area_m2: float, min_radius_m: float) -> bool:
    """Return whether the cell is larger than both limits."""
    import h3

    center = h3.cell_to_latlng(cell)
    radius = max(h3.great_circle_distance(center, corner, "m") for corner in h3.cell_to_boundary(cell))
    return bool(h3.cell_area(cell, "m^2") > min_area_m2 and radius > min_radius_m)


def finest_resolution(min_area_m2: float, min_radius_m: float) -> int:
    """Return the finest H3 resolution of which an average cell exceeds both limits."""
    import h3

    for resolution in range(FINEST, COARSEST, -1):
        edge = h3.average_hexagon_edge_length(resolution, "m")  # circumradius of a regular hexagon is its edge
        if h3.average_hexagon_area(resolution, "m^2") > min_area_m2 and edge > min_radius_m:
            return resolution
    return COARSEST


def _place_udf(min_area_m2: float, min_radius_m: float) -> Callable[..., Column]:
    def places(latitudes: pa.Array, longitudes: pa.Array) -> pa.Array:
        import h3.api.basic_int as h3i

        start, find = finest_resolution(min_area_m2, min_radius_m), h3i.latlng_to_cell
        pairs = zip(latitudes.to_pylist(), longitudes.to_pylist(), strict=True)
        found = pa.array([None if y is None or x is None else find(y, x, start) for y, x in pairs], pa.uint64())
        encoded = found.dictionary_encode()
        cells = [allowed_cell(cell, min_area_m2, min_radius_m) for cell in encoded.dictionary.to_pylist()]
        arrays = [pa.array([cell for cell, _ in cells], pa.string()), pa.array([a for _, a in cells], pa.float64())]
        return pa.StructArray.from_arrays([array.take(encoded.indices) for array in arrays], ["cell", "area_m2"])

    return arrow_function(places, "struct<cell:string,area_m2:double>")


@lru_cache(maxsize=1 << 16)
@untold
def allowed_cell(cell: int, min_area_m2: float, min_radius_m: float) -> tuple[str, float]:
    """Return the cell, or its finest ancestor that exceeds both limits, and its geodesic area in square meters.

    A worker asks again and again for the same cells.
    """
    import h3

    name: str = h3.int_to_str(cell)
    while h3.get_resolution(name) > COARSEST and not exceeds(name, min_area_m2, min_radius_m):
        name = h3.cell_to_parent(name)
    return name, float(h3.cell_area(name, "m^2"))

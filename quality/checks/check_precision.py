"""Whether places and times are as coarse as the policy's ceiling, measured cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quality.checks.row_check import count_where
from quality.checks.verdict import Verdict
from quality.contracts.untold import untold
from quality.policies import Precision

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

AREA = "cell_area_m2"
AREA_TOLERANCE = 0.001
"""How much larger than its cell a stated area may be, as a share: H3 builds differ by less."""

_GEOMETRY = (
    "cell string, rows bigint, fine_times bigint, least_stated double, most_stated double, "
    "valid boolean, area double, radius double"
)


def check_precision(df: DataFrame, precision: Precision, *, cell: str = "cell", time: str | None = None) -> Verdict:
    """Return ``precision_ceiling``: every cell exceeds both limits and ``time`` is floored to the policy's step.

    Geometry is computed for each distinct cell and never assumed from its resolution: H3 cells of one resolution
    differ twofold in area. A column ``cell_area_m2``, where there is one, must exceed the area limit too (a tile with
    finer tiles cut out is smaller than its cell) and must not claim more than the cell has. Null cells are invalid.
    """
    from pyspark.sql import functions as F

    distinct = _distinct_cells(df, cell, time, precision.time_minutes).mapInPandas(_with_geometry, _GEOMETRY)
    valid = F.col("valid")
    row = distinct.agg(
        F.count(F.lit(1)).alias("cells"),
        count_where(~valid).alias("invalid_cells"),
        count_where(valid & (F.col("area") <= precision.min_area_m2)).alias("too_small"),
        count_where(valid & (F.col("radius") <= precision.min_radius_m)).alias("too_narrow"),
        count_where(F.col("least_stated") <= precision.min_area_m2).alias("stated_too_small"),
        count_where(valid & (F.col("most_stated") > F.col("area") * (1 + AREA_TOLERANCE))).alias("overstated"),
        F.coalesce(F.sum("fine_times"), F.lit(0)).alias("times_too_fine"),
        F.coalesce(F.min("area"), F.lit(0.0)).alias("least_area_m2"),
        F.coalesce(F.min("radius"), F.lit(0.0)).alias("least_radius_m"),
    ).collect()[0]
    measured = {name: round(value, 1) if isinstance(value, float) else value for name, value in row.asDict().items()}
    limits = {"min_area_m2": precision.min_area_m2, "min_radius_m": precision.min_radius_m}
    faults = ("invalid_cells", "too_small", "too_narrow", "stated_too_small", "overstated", "times_too_fine")
    return Verdict(
        "precision_ceiling",
        not any(measured[fault] for fault in faults),
        f"No place or time is finer than the policy allows ({precision.citation}).",
        "Generalize to a coarser cell or time step; the ceiling is `precision` in the policy.",
        {**measured, **limits, "time_minutes": precision.time_minutes},
    )


def circumradius_m(cell: str) -> float:
    """Return the greatest great-circle distance in meters from a cell's centroid to one of its vertices."""
    import h3

    center = h3.cell_to_latlng(cell)
    return max(float(h3.great_circle_distance(center, vertex, unit="m")) for vertex in h3.cell_to_boundary(cell))


def _distinct_cells(df: DataFrame, cell: str, time: str | None, minutes: int) -> DataFrame:
    from pyspark.sql import functions as F

    step = minutes * 60_000_000
    fine = F.unix_micros(df[time]) % step != 0 if time else F.lit(False)
    stated = df[AREA] if AREA in df.columns else F.lit(None).cast("double")
    # NaN compares as the greatest double, so a stated NaN would pass as a large area.
    stated = F.when(F.isnan(stated), F.lit(0.0)).otherwise(stated)
    return df.groupBy(df[cell].alias("cell")).agg(
        F.count(F.lit(1)).alias("rows"),
        count_where(fine).alias("fine_times"),
        F.min(stated).alias("least_stated"),
        F.max(stated).alias("most_stated"),
    )


def _with_geometry(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    yield from map(with_geometry, frames)


@untold
def with_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    """Add to ``cell`` whether it is ``valid``, its ``area`` (m²) and its ``radius`` (m), NaN if it is not."""
    import h3

    valid = [isinstance(cell, str) and h3.is_valid_cell(cell) for cell in frame["cell"]]
    pairs = list(zip(frame["cell"], valid, strict=True))
    return frame.assign(
        valid=valid,
        area=[h3.cell_area(cell, unit="m^2") if good else float("nan") for cell, good in pairs],
        radius=[circumradius_m(cell) if good else float("nan") for cell, good in pairs],
    )

"""Publish how many persons were in a named place on a day."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

ELSEWHERE = "elsewhere"


def count_places(df: DataFrame, *, k: int, window: str = "event_date") -> DataFrame:
    """Count distinct persons by the tile's place name; below ``k`` the count is null and the status suppressed.

    ``df`` holds ``person``, ``tile`` (struct of cell, area_m2, place) and ``_rows``, how many rows a line stands for.
    Tiles without a name are one place, `elsewhere`. Adds ``_rows``, the rows behind each line.
    """
    place = F.coalesce("tile.place", F.lit(ELSEWHERE)).alias("place")
    visits = df.groupBy(F.col(window), place, "tile", "person").agg(F.sum("_rows").alias("_rows"))
    groups = visits.groupBy(window, "place").agg(
        F.collect_set("tile").alias("_tiles"),
        F.countDistinct("person").alias("persons"),
        F.sum("_rows").alias("_rows"),
    )
    area = F.aggregate("_tiles", F.lit(0.0), lambda total, tile: total + tile["area_m2"])
    enough = F.col("persons") >= k
    return groups.select(
        "place",
        area.alias("area_m2"),
        F.when(enough, F.col("persons")).alias("persons"),
        F.when(enough, "published").otherwise("suppressed").alias("status"),
        F.lit(k).cast("int").alias("k"),
        F.col(window).alias("event_date"),
        "_rows",
    )

"""Publish how many persons were in a named place on a day."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from transforms.privacy.release_crowds import levels_of

ELSEWHERE = "elsewhere"
TOO_FEW = "too few to place"


def count_places(df: DataFrame, *, k: int, slot_hours: Sequence[int], window: str = "event_date") -> DataFrame:
    """Count distinct persons by the tile's place name; below ``k`` the count is null and the status suppressed.

    ``df`` is what ``with_level`` returns. Only visits that the mobility release publishes by tile count: otherwise this
    count less that one would tell of a lone visitor. The other visits make a line of their own, suppressed:
    `too few to place`. Tiles without a name are one place, `elsewhere`. Adds ``_rows``, the rows behind each line.
    """
    finer = len(levels_of(slot_hours)) - 1
    by_tile = F.coalesce(F.col("_level") < finer, F.lit(False))
    place = F.when(by_tile, F.coalesce("tile.place", F.lit(ELSEWHERE))).otherwise(F.lit(TOO_FEW)).alias("place")
    counted = F.countDistinct(F.when(by_tile, F.col("person")))
    groups = df.groupBy(window, place, by_tile.alias("_counted")).agg(
        counted.alias("persons"), F.sum("_rows").alias("_rows")
    )
    enough = F.col("persons") >= k
    return groups.select(
        "place",
        F.when(enough, F.col("persons")).alias("persons"),
        F.when(enough, "published").otherwise("suppressed").alias("status"),
        F.lit(k).cast("int").alias("k"),
        F.col(window).alias("event_date"),
        "_rows",
    )

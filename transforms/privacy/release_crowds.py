"""Publish how many persons were in a tile and slot; coarsen slot and tile before suppressing anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from transforms.typed import typed

TILE_KEY = "_tile_key"
"""Stands for window and tile: rows are brought together by it once, which serves every slot of the tile."""


def release_crowds(
    df: DataFrame,
    *,
    k: int,
    slot_hours: Sequence[int],
    time: Literal["hour", "hour_of_week"],
    window: str = "event_date",
) -> DataFrame:
    """Count distinct persons by tile and slot, at the finest level that has ``k`` of them.

    ``df`` is what ``with_level`` returns for the same ``k``, slots, time and window. A row counts at exactly one
    level; what reaches none is suppressed, shown by one row per coarsest cell and longest slot. Adds ``_rows``, the
    rows behind each line.
    """
    levels = levels_of(slot_hours)
    return _shape(_count(df, levels, window), k, levels, time, window)


def levels_of(slot_hours: Sequence[int]) -> list[tuple[str, int]]:
    """Return the levels, finest first: the tile at each of ``slot_hours``, then the coarsest cell at the longest."""
    return [("tile", hours) for hours in slot_hours] + [("coarse", slot_hours[-1])]


def with_level(df: DataFrame, *, k: int, slot_hours: Sequence[int], time: str, window: str = "event_date") -> DataFrame:
    """Return visits (one line per person, tile and hour) with ``_level``: where each is published, null if nowhere.

    ``df`` holds ``person``, ``tile`` and ``coarse`` (structs of cell, area_m2, place), ``event_time``, the date column
    ``window`` and ``_rows``, how many rows a line stands for. ``_level`` is the place in ``levels_of``. Persons are
    counted, never rows.
    """
    rows = _visits(df, time, window).withColumn("_level", F.lit(None).cast("int"))
    for level, (place, hours) in enumerate(levels_of(slot_hours)):
        rows = _with_crowd(rows, window, place, hours)
        rows = rows.withColumn("_level", F.coalesce("_level", F.when(F.col("_crowd") >= k, F.lit(level))))
    return rows.drop("_rank", "_crowd", TILE_KEY)


def _visits(df: DataFrame, time: str, window: str) -> DataFrame:
    typed(df, event_time=T.TimestampType, _rows=T.IntegralType)
    hour = F.floor(F.unix_timestamp("event_time") / 3600)
    if time == "hour_of_week":
        hour = (hour + 72) % 168  # 1970-01-01 was a Thursday; 0 is Monday 00:00
    keys = [F.col(window), F.col("tile"), F.col("coarse"), hour.cast("bigint").alias("_hour"), F.col("person")]
    together = df.withColumn(TILE_KEY, F.xxhash64(window, "tile.cell")).repartition(TILE_KEY)
    return together.groupBy(TILE_KEY, *keys).agg(F.sum("_rows").alias("_rows"))


def _slot(hours: int) -> Column:
    return (F.floor(F.col("_hour") / hours) * hours).cast("bigint")


def _with_crowd(rows: DataFrame, window: str, place: str, hours: int) -> DataFrame:
    """Add ``_crowd``: the distinct persons among a group's visits, published or not apart.

    A window cannot count distinct values, but the last dense rank does, from one sort. Ranks count a null person, the
    release does not.
    """
    keys = [F.col(window), F.col(f"{place}.cell"), _slot(hours), F.col("_level").isNull()]
    crowd = Window.partitionBy(*([F.col(TILE_KEY)] if place == "tile" else []), *keys)
    ranked = rows.withColumn("_rank", F.dense_rank().over(crowd.orderBy("person")))
    nobody = F.max(F.col("person").isNull().cast("int")).over(crowd)
    return ranked.withColumn("_crowd", F.max("_rank").over(crowd) - nobody)


def _count(rows: DataFrame, levels: Sequence[tuple[str, int]], window: str) -> DataFrame:
    last = len(levels)
    at = F.coalesce("_level", F.lit(last))
    place, slot, length = F.col("coarse"), _slot(levels[-1][1]), F.lit(levels[-1][1])
    for level, (kind, hours) in reversed(list(enumerate(levels))):
        place = F.when(at == level, F.col(kind)).otherwise(place)
        slot = F.when(at == level, _slot(hours)).otherwise(slot)
        length = F.when(at == level, F.lit(hours)).otherwise(length)
    keys = [
        F.col(window), F.col("coarse.cell").alias("_coarse"), at.alias("_at"), place.alias("_place"),
        slot.alias("_slot"), length.cast("int").alias("slot_hours"),
    ]  # fmt: skip
    return rows.groupBy(*keys).agg(F.countDistinct("person").alias("persons"), F.sum("_rows").alias("_rows"))


def _size(area: str) -> Column:
    """Name the order of magnitude of an area in square meters."""
    small = F.when(F.col(area) <= 1e7, "10 km2").when(F.col(area) <= 1e8, "100 km2")
    return small.when(F.col(area) <= 1e9, "1,000 km2").otherwise("larger")


def _shape(groups: DataFrame, k: int, levels: Sequence[tuple[str, int]], time: str, window: str) -> DataFrame:
    published = F.col("_at") < len(levels)
    around = Window.partitionBy(window)
    share = F.sum(F.when(published, F.col("_rows")).otherwise(0)).over(around) / F.sum("_rows").over(around)
    hourly = time == "hour"
    return groups.select(
        F.col("_place.cell").alias("cell"),
        F.col("_place.area_m2").alias("cell_area_m2"),
        F.col("_place.place").alias("place"),
        (F.timestamp_seconds(F.col("_slot") * 3600) if hourly else F.lit(None).cast("timestamp")).alias("slot_start"),
        (F.lit(None).cast("int") if hourly else F.col("_slot").cast("int")).alias("hour_of_week"),
        "slot_hours",
        F.when(published, F.col("persons")).alias("persons"),
        F.when(published, "published").otherwise("suppressed").alias("status"),
        F.lit(k).cast("int").alias("k"),
        (F.round(share * 20) / 20).alias("coverage"),
        F.col(window).alias("event_date"),
        "_rows",
        F.concat_ws(" h, up to ", "slot_hours", _size("_place.area_m2")).alias("_level"),
    )

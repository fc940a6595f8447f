"""What each pseudonymous actor did in a day, as numbers for risk control."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.contracts.untold import untold
from transforms.arrow_function import arrow_function
from transforms.redaction.operators import TRACE
from transforms.typed import typed

_KEYS = ["actor_key", "event_date"]


def summarize_actor_days(actions: DataFrame, pings: DataFrame) -> DataFrame:
    """Return curated.actor_features' columns and ``_rows``, the rows behind each line.

    A row serves one actor and day; an actor seen only in ``actions`` or only in ``pings`` has zeros for the other.
    ``retain_until`` is the earliest of the rows behind it: features do not outlive what they tell of.
    """
    typed(actions, event_time=T.TimestampType)
    typed(pings, event_time=T.TimestampType)
    joined = _of_actions(actions).join(_of_pings(pings), on=_KEYS, how="full")
    counts = {name: F.coalesce(name, F.lit(0)) for name in joined.columns if name not in (*_KEYS, "_keep_a", "_keep_p")}
    keep = F.least("_keep_a", "_keep_p")  # least skips nulls
    joined = joined.withColumns(counts).withColumn("retain_until", keep)
    return joined.withColumn("_rows", F.col("actions") + F.col("pings")).drop("_keep_a", "_keep_p")


def _of_actions(actions: DataFrame) -> DataFrame:
    crowd = actions.groupBy("event_date", "device_key").agg(F.countDistinct("actor_key").alias("_crowd"))
    crowd = crowd.where(F.col("device_key").isNotNull())
    actions = actions.join(crowd, on=["event_date", "device_key"], how="left")
    clicks = _count("ad_click")
    hours = F.countDistinct(F.when(F.col("action") == "ad_click", F.date_trunc("hour", "event_time")))
    return actions.groupBy(*_KEYS).agg(
        F.count("*").alias("actions"),
        _count("log_in").alias("log_ins"),
        _count("post", "comment").alias("posts"),
        _count("report").alias("reports_made"),
        clicks.alias("ad_clicks"),
        _count("conversion").alias("conversions"),
        F.coalesce(F.try_divide(clicks, hours), F.lit(0.0)).alias("clicks_per_active_hour"),
        F.countDistinct("device_key").alias("devices"),
        F.countDistinct("ip_key").alias("addresses"),
        F.countDistinct("country").alias("countries"),
        F.coalesce(F.max("_crowd"), F.lit(0)).cast("bigint").alias("actors_on_device"),
        F.count_if(F.col("text").rlike(TRACE)).alias("redacted_texts"),
        F.min("retain_until").alias("_keep_a"),
    )


def _count(*actions: str) -> Column:
    return F.count_if(F.col("action").isin(*actions))


def _of_pings(pings: DataFrame) -> DataFrame:
    path = Window.partitionBy(*_KEYS).orderBy("event_time", "cell")
    steps = pings.withColumn("_cell", F.lag("cell").over(path)).withColumn("_time", F.lag("event_time").over(path))
    seconds = F.unix_timestamp("event_time") - F.unix_timestamp("_time")
    moves = (seconds > 0) & (F.col("cell") != F.col("_cell"))  # Python sees every row, so others are nulls there
    moved = _gap_udf()(F.when(moves, F.col("_cell")), F.when(moves, F.col("cell")))
    return (
        steps.withColumn("_speed", F.try_divide(moved, seconds))
        .groupBy(*_KEYS)
        .agg(
            F.count("*").alias("pings"),
            F.countDistinct("cell").alias("cells"),
            F.coalesce(F.max("_speed"), F.lit(0.0)).alias("fastest_mps"),
            F.min("retain_until").alias("_keep_p"),
        )
    )


def _gap_udf() -> Callable[..., Column]:
    def gaps(ones: pa.Array, others: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        pairs = pc.binary_join_element_wise(ones, others, " ").dictionary_encode()
        found = [None if pair is None else gap_m(*pair.split(" ")) for pair in pairs.dictionary.to_pylist()]
        return pa.array(found, pa.float64()).take(pairs.indices)

    return arrow_function(gaps, "double")


@lru_cache(maxsize=1 << 16)
@untold
def gap_m(one: str, other: str) -> float:
    """Return the least distance in meters between points of two cells: of their centers, less both edges.

    A worker asks again and again for the same neighbors.
    """
    import h3

    centers = h3.cell_to_latlng(one), h3.cell_to_latlng(other)
    edges = sum(h3.average_hexagon_edge_length(h3.get_resolution(cell), "m") for cell in (one, other))
    return float(max(0.0, h3.great_circle_distance(*centers, "m") - edges))

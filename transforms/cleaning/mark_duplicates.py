"""Which rows repeat an event that another row already tells."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

BUCKETS = 1 << 20
"""Into so many buckets events are cast to tell the few that may repeat: the most that is ever sent to all tasks."""


def mark_duplicates(df: DataFrame, *, content: Sequence[str], apart: bool = False) -> DataFrame:
    """Add ``_duplicate``: ``duplicate_exact``, ``duplicate_event_id`` or null for the row to keep.

    Rows of one source, date and event id tell one event. The earliest landed is kept; among equals the choice is
    by content, so that a rerun keeps the same. Exact means that all ``content`` columns are equal. ``apart`` first
    looks which events may repeat and sorts only their rows: right for many rows, of which few repeat.
    """
    keyed = df.withColumn("_event", F.xxhash64("event_date", "source", "event_id"))
    if not apart:
        return _mark(keyed, content).drop("_event")
    bucket = F.pmod("_event", F.lit(BUCKETS))
    repeated = keyed.groupBy("_event").count().where(F.col("count") > 1).select(bucket.alias("_bucket")).distinct()
    may_repeat = bucket == F.col("_bucket")
    once = keyed.join(F.broadcast(repeated), on=may_repeat, how="left_anti")
    rest = keyed.join(F.broadcast(repeated), on=may_repeat, how="left_semi")
    once = once.withColumn("_duplicate", F.lit(None).cast("string"))
    return once.unionByName(_mark(rest, content)).drop("_event")


def _mark(keyed: DataFrame, content: Sequence[str]) -> DataFrame:
    digest = F.xxhash64(*[F.col(name) for name in content])
    # the hash comes first, so that the sort compares numbers and seldom texts
    event = Window.partitionBy("_event", "event_date", "source", "event_id").orderBy("landed_at", "file_id", "_content")
    kept = F.first("_content").over(event.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    marked = keyed.withColumn("_content", digest).withColumn("_nth", F.row_number().over(event))
    return marked.withColumn("_kept", kept).withColumn("_duplicate", _reason()).drop("_content", "_nth", "_kept")


def _reason() -> Column:
    same = F.col("_content") == F.col("_kept")
    repeated = F.when(same, F.lit("duplicate_exact")).otherwise(F.lit("duplicate_event_id"))
    return F.when(F.col("_nth") > 1, repeated)

"""Which rows repeat an event that another row already tells."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def mark_duplicates(df: DataFrame, *, content: Sequence[str]) -> DataFrame:
    """Add ``_duplicate``: ``duplicate_exact``, ``duplicate_event_id`` or null for the row to keep.

    Rows of one source, date and event id tell one event. The earliest landed is kept; among equals the choice is
    by content, so that a rerun keeps the same. Exact means that all ``content`` columns are equal.
    """
    digest = F.xxhash64(*[F.col(name) for name in content])
    event = Window.partitionBy("event_date", "source", "event_id").orderBy("landed_at", "file_id", "_content")
    kept = F.first("_content").over(event.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    marked = df.withColumn("_content", digest).withColumn("_nth", F.row_number().over(event)).withColumn("_kept", kept)
    return marked.withColumn("_duplicate", _reason()).drop("_content", "_nth", "_kept")


def _reason() -> Column:
    same = F.col("_content") == F.col("_kept")
    repeated = F.when(same, F.lit("duplicate_exact")).otherwise(F.lit("duplicate_event_id"))
    return F.when(F.col("_nth") > 1, repeated)

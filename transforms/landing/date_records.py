"""Which rows of landed files belong to which event, and to which date."""

from __future__ import annotations

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from quality.contracts import DATE
from quality.sources.mapping import Emit, Mapping
from transforms.landing.parse_rule import equals, parse_rule, source_column
from transforms.utc_date import utc_date

EARLIEST = "2000-01-01 00:00:00"
"""No phone or account log is older; a moment before it is a reset clock."""

AHEAD = 86_400_000_000
"""How many microseconds past its landing a moment may lie, for clocks and time zones that are off: a day."""


def applies(records: DataFrame, mapping: Mapping, emit: Emit) -> SparkColumn:
    """Return which records are expected to become this event; never null.

    A malformed record cannot be asked what it holds, so it belongs to the mapping's first emit alone.
    """
    malformed = F.col("_corrupt").isNotNull()
    if emit.when is None:
        holds = F.lit(True)
    elif emit.when.is_:
        holds = source_column(emit.when.column, records.schema).isNotNull()
    else:
        type_ = records.schema[emit.when.column].dataType
        holds = equals(source_column(emit.when.column, records.schema), type_, str(emit.when.equals))
    return F.when(malformed, F.lit(emit == mapping.emits[0])).otherwise(F.coalesce(holds, F.lit(False)))


def event_time(records: DataFrame, mapping: Mapping, emit: Emit) -> SparkColumn:
    """Return the event's moment; null where unreadable, malformed, or where the contract has no event time."""
    if "event_time" not in emit.columns:
        return F.lit(None).cast("timestamp")
    rule, column = emit.columns["event_time"], emit.contract["event_time"]
    value = parse_rule(rule, column, source=mapping.name, schema=records.schema).value
    return F.when(F.col("_corrupt").isNull(), value)


def in_bounds(time: SparkColumn) -> SparkColumn:
    """Return whether a moment is neither before 2000 nor more than a day past landing; null for null."""
    early_enough = F.unix_micros(time) <= F.unix_micros("_landed_at") + AHEAD  # not calendars: a third of the cost
    return (time >= F.lit(EARLIEST).cast("timestamp")) & early_enough


def event_date(time: SparkColumn) -> SparkColumn:
    """Return the UTC date of the moment, or ``_stand_in`` when it is null or out of bounds; never null."""
    return F.when(in_bounds(time), utc_date(time)).otherwise(F.col("_stand_in"))


def date_records(records: DataFrame, mapping: Mapping, emit: Emit) -> DataFrame:
    """Count the rows ``map_records`` gives, by ``_file_id`` and ``event_date``, reading only what decides dates.

    Columns: ``_file_id`` string, ``event_date`` date, ``rows`` bigint. The date is null for rows without a usable
    time: they have no date of their own and will be quarantined under the file's stand-in.
    """
    rows = records.where(applies(records, mapping, emit))
    time = event_time(records, mapping, emit)
    dated = rows.select("_file_id", F.when(in_bounds(time), utc_date(time)).alias(DATE))
    return dated.groupBy("_file_id", DATE).agg(F.count(F.lit(1)).alias("rows"))

"""Moments from what sources write. Every result is UTC, given a session in UTC, or null when it cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.sources.rules import Modifiers

_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800
"""Seconds from 1970 between which a timestamp can be printed with four digits of year."""

_PLAIN = "yyyy-MM-dd HH:mm:ss"
"""A pattern so common that it is read by a cast, which is several times faster than a formatter."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_time(rule: Modifiers, raw: SparkColumn, type_: T.DataType) -> SparkColumn:
    """Read ``raw`` by the rule's pattern, ISO 8601 or count since 1970; null where that fails.

    A type that is a moment in itself is taken as it is, whatever the rule says of text and numbers. By the clocks of
    a zone, an hour that is skipped in spring is read as if it were not yet; of one that comes twice in autumn, the
    first is meant.
    """
    if isinstance(type_, T.TimestampType):
        return raw
    if rule.epoch and not isinstance(type_, T.NumericType | T.StringType):
        return F.lit(None).cast("timestamp")
    if rule.epoch:
        return _from_epoch(raw, type_, per_second=1 if rule.epoch == "seconds" else 1000)
    text = raw.cast("string")
    if rule.iso:
        return F.when(_has_offset(text), text.try_cast("timestamp"))
    moment = _plain(text) if rule.time == _PLAIN else F.try_to_timestamp(text, F.lit(rule.time))
    return F.to_utc_timestamp(moment, rule.zone) if rule.zone else moment


def week_hour(day: SparkColumn, hour: SparkColumn, *, week_of: date, zone: str) -> SparkColumn:
    """Return the moment of that weekday and hour in the week of ``week_of``, by the clocks of ``zone``."""
    name = F.lower(day)
    since_monday = F.lit(None).cast("int")
    for index, full in enumerate(_DAYS):
        since_monday = F.when(name.isin(full, full[:3], str(index + 1)), F.lit(index)).otherwise(since_monday)
    whole = hour.try_cast("int")
    fits = (whole.cast("double") == hour.try_cast("double")) & whole.between(0, 23)
    monday = int(datetime.combine(week_of, time(), UTC).timestamp())
    local = F.timestamp_seconds(F.lit(monday) + (since_monday * 24 + whole) * 3600)
    return F.when(fits, F.to_utc_timestamp(local, zone))


def _from_epoch(raw: SparkColumn, type_: T.DataType, *, per_second: int) -> SparkColumn:
    low, high = _YEAR_1 * per_second, _YEAR_10000 * per_second
    if isinstance(type_, T.IntegralType):
        count = raw.cast("bigint")
        moment = F.timestamp_seconds(count) if per_second == 1 else F.timestamp_millis(count)
    else:
        count = raw.try_cast("decimal(21,6)")
        moment = F.timestamp_micros((count * (1_000_000 // per_second)).try_cast("bigint"))
    return F.when((count >= low) & (count < high), moment)


def _plain(text: SparkColumn) -> SparkColumn:
    """The cast takes other forms too; of 19 characters with a blank and no colon before it, only this one."""
    shaped = (F.length(text) == 19) & (F.substring(text, 11, 1) == " ")
    return F.when(shaped, text.try_cast("timestamp"))


def _has_offset(text: SparkColumn) -> SparkColumn:
    """Z at the end, or a sign where +hh:mm has it; a date alone also has a hyphen there, but is shorter."""
    sign = F.substring(text, -6, 1).isin("+", "-")
    return F.endswith(text, F.lit("Z")) | (sign & (F.length(text) >= 22))

"""The UTC date of a moment."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_DAY = 86_400


def utc_date(time: Column) -> Column:
    """Return the date as a cast in a session in UTC does, without a calendar for each row; null for null."""
    return F.date_from_unix_date(F.floor(F.unix_seconds(time) / _DAY).cast("int"))

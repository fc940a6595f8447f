from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from transforms.utc_date import utc_date

pytestmark = pytest.mark.spark

MICRO = timedelta(microseconds=1)


def test_it_is_the_date_that_a_cast_gives_to_the_microsecond(spark):
    midnights = [
        datetime(year, month, 1, tzinfo=UTC) for year in (2, 1582, 1969, 2000, 2024, 9999) for month in (2, 3, 10)
    ]
    moments = [moment + off for moment in midnights for off in (-MICRO, MICRO * 0, MICRO)]
    df = spark.createDataFrame(
        [((moment - datetime(1970, 1, 1, tzinfo=UTC)) // MICRO,) for moment in moments], "t bigint"
    )

    rows = df.select(F.timestamp_micros("t").alias("t")).select(
        F.col("t").cast("date").alias("cast"), utc_date(F.col("t")).alias("fast")
    )

    assert rows.where("cast <=> fast").count() == len(moments)


def test_no_moment_has_no_date(spark):
    assert (
        spark.sql("SELECT CAST(NULL AS timestamp) AS t").select(utc_date(F.col("t")).alias("day")).collect()[0].day
        is None
    )

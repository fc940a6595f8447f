"""Parquet files of one layout, whatever types their writers chose."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from jobs.landing.parquet_types import LOCAL_NANOSECONDS, NANOSECONDS, spark_type
from jobs.landing.read_text import quoted
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    Shape = tuple[str, ...]

_BELIEVE_NO_STATISTICS = {f"parquet.filter.{kind}.enabled": "false" for kind in ("stats", "columnindex", "dictionary")}
"""No checksum guards them: a flipped bit in a column's minimum would make rows vanish unseen."""


def read_parquet(spark: SparkSession, paths: Sequence[str], mapping: Mapping) -> list[DataFrame]:
    """Return one frame for each set of types: source columns, ``_corrupt`` (always null) and ``_name``.

    Frames are not brought to common types: a file's values must not depend on which files it is read with. A column
    that a file lacks is null text.
    """
    from pyspark.sql import functions as F

    shaped = sorted((_shape(path, mapping), path) for path in paths)
    frames = []
    for shape, pairs in groupby(shaped, key=lambda pair: pair[0]):
        columns = list(zip(mapping.source_columns, shape, strict=True))
        schema = ", ".join(f"{quoted(name)} {_stored_as(ddl)}" for name, ddl in columns if ddl)
        reader = spark.read.schema(schema).options(**_BELIEVE_NO_STATISTICS)
        frame = reader.parquet(*[path for _, path in pairs])
        typed = [_typed(name, ddl).alias(name) for name, ddl in columns]
        none = F.lit(None).cast("string").alias("_corrupt")
        frames.append(frame.select(*typed, none, F.col("_metadata.file_name").alias("_name")))
    return frames


def _shape(path: str, mapping: Mapping) -> Shape:
    """Return the Spark type of each source column in the file, empty where it lacks one."""
    file = pq.ParquetFile(path)
    leaves = (file.schema.column(index) for index in range(len(file.schema)))
    old = {leaf.path for leaf in leaves if leaf.physical_type == "INT96"}  # moments, which Spark reads by itself
    types = {field.name: "timestamp" if field.name in old else spark_type(field.type) for field in file.schema_arrow}
    return tuple(types.get(name, "") for name in mapping.source_columns)


def _stored_as(ddl: str) -> str:
    return "bigint" if ddl in (NANOSECONDS, LOCAL_NANOSECONDS) else ddl


def _typed(name: str, ddl: str) -> Column:
    from pyspark.sql import functions as F

    if not ddl:
        return F.lit(None).cast("string")
    column = F.col(quoted(name))
    if ddl not in (NANOSECONDS, LOCAL_NANOSECONDS):
        return column
    moment = F.timestamp_micros(F.floor(column / F.lit(1000).cast("decimal(4,0)")).cast("bigint"))
    return moment if ddl == NANOSECONDS else moment.cast("timestamp_ntz")

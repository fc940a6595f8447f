"""Parquet files of one layout, whatever types their writers chose."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from jobs.landing.parquet_types import NANOSECONDS, spark_type
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    Shape = tuple[str, ...]

_WHOLE = {"tinyint", "smallint", "int", "bigint"}


def read_parquet(spark: SparkSession, paths: Sequence[str], mapping: Mapping) -> list[DataFrame]:
    """Return one frame for each set of types: source columns, ``_corrupt`` (always null) and ``_name``.

    A column that differs between files is text in all of them, unless all hold whole numbers: a union would cast,
    and a cast that fails prints the value. A column that a file lacks is null.
    """
    from pyspark.sql import functions as F

    shaped = sorted((_shape(path, mapping), path) for path in paths)
    shapes = [shape for shape, _ in groupby(shaped, key=lambda pair: pair[0])]
    frames = []
    for shape, pairs in groupby(shaped, key=lambda pair: pair[0]):
        columns = [(name, ddl) for name, ddl in zip(mapping.source_columns, shape, strict=True) if ddl]
        schema = ", ".join(f"{_quoted(name)} {'bigint' if ddl == NANOSECONDS else ddl}" for name, ddl in columns)
        frame = spark.read.schema(schema).parquet(*[path for _, path in pairs])
        typed = [
            _typed(name, ddl, {other[index] for other in shapes} - {""})
            for index, (name, ddl) in enumerate(zip(mapping.source_columns, shape, strict=True))
        ]
        none = F.lit(None).cast("string").alias("_corrupt")
        frames.append(frame.select(*typed, none, F.col("_metadata.file_name").alias("_name")))
    return frames


def _shape(path: str, mapping: Mapping) -> Shape:
    """Return the Spark type of each source column in the file, empty where it lacks one."""
    schema = pq.read_schema(path)
    return tuple(spark_type(schema.field(n).type) if n in schema.names else "" for n in mapping.source_columns)


def _typed(name: str, ddl: str, types: set[str]) -> Column:
    from pyspark.sql import functions as F
    from pyspark.sql import types as T

    from transforms.landing.parse_rule import as_text

    common = _common({_read_as(other) for other in types})
    if not ddl:
        return F.lit(None).cast(common).alias(name)
    column = F.col(_quoted(name))
    if ddl == NANOSECONDS:
        column = F.timestamp_micros(F.floor(column / F.lit(1000).cast("decimal(4,0)")).cast("bigint"))
    if common == "string" and ddl != "string":
        fractional = ddl in ("double", "float")
        return as_text(column, T.DoubleType() if fractional else T.NullType()).alias(name)
    return column.cast(common).alias(name)


def _read_as(ddl: str) -> str:
    return "timestamp" if ddl == NANOSECONDS else ddl


def _common(types: set[str]) -> str:
    if len(types) == 1:
        return next(iter(types))
    return "bigint" if types <= _WHOLE and types else "string"


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

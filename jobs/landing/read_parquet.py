"""Parquet files of one layout, whatever types their writers chose."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.bounded_parquet import LANDED_ROWS, rows_at_once
from jobs.landing.file_opening import Content
from jobs.landing.parquet_types import LOCAL_NANOSECONDS, NANOSECONDS, arrow_type, spark_type
from jobs.landing.read_text import Numbered, quoted
from jobs.landing.spread_files import Part, Rows, cut, spread
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

Shape = tuple[str, ...]
"""The Spark type of each source column in a file, empty where it lacks one."""

Groups = tuple[Content, tuple[int, ...]]
"""Some row groups of a file."""


def read_parquet(
    spark: SparkSession, files: Sequence[Numbered], mapping: Mapping, only: Collection[str]
) -> list[DataFrame]:
    """Return one frame for each set of types: source columns, ``_corrupt`` (always null) and ``_of``.

    Frames are not brought to common types: a file's values must not depend on which files it is read with. A column
    that a file lacks, or that is none of ``only``, is null text.
    """
    from pyspark.sql import functions as F

    cores = spark.sparkContext.defaultParallelism
    looked_at = [_look(*file, mapping, cores) for file in files]
    shaped = sorted(looked_at, key=lambda one: one[0])
    frames = []
    for shape, alike in groupby(shaped, key=lambda one: one[0]):
        columns = [(name, ddl if name in only else "") for name, ddl in zip(mapping.source_columns, shape, strict=True)]
        held = {name: _stored_as(ddl) for name, ddl in columns if ddl}
        schema = [f"{quoted(name)} {ddl}" for name, ddl in held.items()]
        frame = spread(spark, [part for _, parts in alike for part in parts], partial(_batches, held), schema)
        typed = [_typed(name, ddl).alias(name) for name, ddl in columns]
        frames.append(frame.select(*typed, F.lit(None).cast("string").alias("_corrupt"), "_of"))
    return frames


def _look(number: int, content: Content, mapping: Mapping, cores: int) -> tuple[Shape, list[Part[Groups]]]:
    """Return a file's shape, and its parts, of one row group each or more."""
    with content.open() as opened:
        file = pq.ParquetFile(opened)
        leaves = (file.schema.column(index) for index in range(len(file.schema)))
        old = {leaf.path for leaf in leaves if leaf.physical_type == "INT96"}  # moments, whatever Arrow makes of them
        types = {f.name: "timestamp" if f.name in old else spark_type(f.type) for f in file.schema_arrow}
        count, size = file.metadata.num_row_groups, content.size
    pieces = max(1, min(count, cut(size, cores)))
    groups = [tuple(range(count * index // pieces, count * (index + 1) // pieces)) for index in range(pieces)]
    shape = tuple(types.get(name, "") for name in mapping.source_columns)
    return shape, [Part(number, size // pieces, (content, some)) for some in groups]


def _batches(held: dict[str, str], place: Groups) -> Iterator[Rows]:
    """Yield the row groups' rows, in a worker, of the types that Spark was told."""
    content, groups = place
    with content.open() as opened:
        file = pq.ParquetFile(opened, coerce_int96_timestamp_unit="us")
        rows = rows_at_once(opened, file, content.size, LANDED_ROWS)
        for batch in file.iter_batches(rows, row_groups=list(groups), columns=list(held), use_threads=False):
            yield {name: _as(batch.column(name), ddl) for name, ddl in held.items()}, batch.num_rows


def _as(values: pa.Array, ddl: str) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_timestamp(values.type) and ddl == "bigint":
        return values.view(pa.int64())
    return values.cast(arrow_type(ddl))


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

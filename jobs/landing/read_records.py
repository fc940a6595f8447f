"""Landed files as one frame of records, each with its file, its landing time and whether it is well-formed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.landing.read_parquet import read_parquet
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

LANDED = ("_file_id", "_landed_at", "_stand_in", "_corrupt")
"""What every record carries beside the source's columns."""


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file that was probed and kept as ``<file_id>.<extension>``; ``file_id`` is its SHA-256 in hex.

    ``landed_at`` must be aware of its zone. ``columns`` are those the probe found. ``stand_in`` is the date of its
    rows that have no usable time.
    """

    path: Path
    file_id: str
    landed_at: datetime
    columns: tuple[str, ...]
    stand_in: date


def read_records(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> DataFrame:
    """Read all files: the mapping's source columns, then ``_file_id``, ``_landed_at``, ``_stand_in`` and ``_corrupt``.

    Text formats give text; a JSON fraction as its shortest double, nested values as JSON. Parquet gives its types. A
    column that a file lacks is null. ``_corrupt`` holds the original text of a record that cannot be split into fields.
    """
    from pyspark.sql import functions as F

    if mapping.format == "parquet":
        groups = read_parquet(spark, _paths(files), mapping)
    else:
        read = _read_lines if mapping.format == "jsonl" else _read_separated
        groups = [read(spark, group, mapping) for group in _groups(files, mapping)]
    groups = groups or [_nothing(spark, mapping)]
    records = reduce(lambda left, right: left.unionByName(right), groups)
    table = [(file.path.name, file.file_id, file.landed_at, file.stand_in) for file in files]
    landed = spark.createDataFrame(table, "_name string, _file_id string, _landed_at timestamp, _stand_in date")
    records = records.join(F.broadcast(landed), on="_name", how="left")
    return records.select(*(_quoted(name) for name in mapping.source_columns), *LANDED)


def _groups(files: Sequence[LandedFile], mapping: Mapping) -> list[list[LandedFile]]:
    """Group files that one reader can take: all JSON lines, or those with the same header."""
    if mapping.format == "jsonl":
        return [list(files)] if files else []
    shaped = sorted(files, key=lambda file: (file.columns, file.path.name))
    return [list(group) for _, group in groupby(shaped, key=lambda file: file.columns)]


def _read_lines(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> DataFrame:
    """Read lines as text first: Spark's JSON source drops what follows the first object of a line."""
    from pyspark.sql import functions as F
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    lines = spark.read.text(_paths(files)).select("value", F.col("_metadata.file_name").alias("_name"))
    lines = lines.where(F.trim("value") != "")
    parsed = lines.withColumn("_parsed", F.from_json("value", schema, options))
    one = F.json_array_length(F.concat(F.lit("["), "value", F.lit("]"))) == 1
    whole = one & F.startswith(F.ltrim("value"), F.lit("{")) & F.col("_parsed._corrupt").isNull()
    return parsed.select(
        *(F.col("_parsed." + _quoted(name)).alias(name) for name in mapping.source_columns),
        F.when(~F.coalesce(whole, F.lit(False)), F.col("value")).alias("_corrupt"),
        "_name",
    )


def _read_separated(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> DataFrame:
    """Read by position, so that no header can confuse; a record of another length is malformed."""
    from pyspark.sql import functions as F

    header = files[0].columns
    schema = ", ".join(f"_{index} string" for index in range(len(header))) + ", _corrupt string"
    options = {
        "sep": "\t" if mapping.format == "tsv" else ",",
        "quote": "" if mapping.format == "tsv" else '"',  # a quote in tab-separated values is just a quote
        "escape": '"',
        "header": str(not mapping.columns).lower(),
        "multiLine": "true",
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": "_corrupt",
        "columnPruning": "false",  # a parser that skips columns does not count them
    }
    records = spark.read.schema(schema).options(**options).csv(_paths(files))
    # Spark refuses to read the malformed text alone, so it is tied to a field without being changed by it.
    corrupt = F.concat("_corrupt", F.coalesce(F.substring("_0", 1, 0), F.lit("")))
    return records.select(
        *(_field(header, name).alias(name) for name in mapping.source_columns),
        corrupt.alias("_corrupt"),
        F.col("_metadata.file_name").alias("_name"),
    )


def _field(header: tuple[str, ...], name: str) -> Column:
    from pyspark.sql import functions as F

    return F.col(f"_{header.index(name)}") if name in header else F.lit(None).cast("string")


def _nothing(spark: SparkSession, mapping: Mapping) -> DataFrame:
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt", "_name")
    return spark.createDataFrame([], T.StructType([T.StructField(name, T.StringType()) for name in names]))


def _paths(files: Iterable[LandedFile]) -> list[str]:
    return [str(file.path) for file in files]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

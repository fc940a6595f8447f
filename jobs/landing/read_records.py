"""Landed files as one frame of records, each with its file, its landing time and whether it is well-formed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.landing.probe_text import ends_with_cr
from jobs.landing.read_parquet import read_parquet
from jobs.landing.read_text import quoted, read_lines, read_separated
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

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


def read_records(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> list[DataFrame]:
    """Read all files: the mapping's source columns, then ``_file_id``, ``_landed_at``, ``_stand_in`` and ``_corrupt``.

    Text formats give one frame of text; a JSON fraction as its shortest double, nested values as JSON. Parquet gives
    its types, a frame for each set of them: what a file becomes must not depend on which others land with it. A
    column that a file lacks is null. ``_corrupt`` holds the original text of a record that cannot be split into
    fields.
    """
    from pyspark.sql import functions as F

    if mapping.format == "parquet":
        groups = read_parquet(spark, _paths(files), mapping)
    else:
        read = _lines if mapping.format == "jsonl" else _separated
        groups = read(spark, files, mapping) if files else [_nothing(spark, mapping)]
    table = [(file.path.name, file.file_id, file.landed_at, file.stand_in) for file in files]
    landed = spark.createDataFrame(table, "_name string, _file_id string, _landed_at timestamp, _stand_in date")
    names = [quoted(name) for name in mapping.source_columns]
    return [records.join(F.broadcast(landed), on="_name", how="left").select(*names, *LANDED) for records in groups]


def _lines(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> list[DataFrame]:
    return [read_lines(spark, _paths(files), mapping)]


def _separated(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> list[DataFrame]:
    """Read the files by header and line ends, each group as one, into one frame."""

    def shape(file: LandedFile) -> tuple[bool, tuple[str, ...]]:
        return ends_with_cr(file.path), file.columns

    shaped = sorted([(shape(file), file.path.name, file) for file in files], key=lambda entry: entry[:2])
    frames = [
        read_separated(spark, _paths(file for *_, file in group), mapping, columns=columns, ends_with_cr=cr)
        for (cr, columns), group in groupby(shaped, key=lambda entry: entry[0])
    ]
    return [reduce(lambda left, right: left.unionByName(right), frames)]


def _nothing(spark: SparkSession, mapping: Mapping) -> DataFrame:
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt", "_name")
    return spark.createDataFrame([], T.StructType([T.StructField(name, T.StringType()) for name in names]))


def _paths(files: Iterable[LandedFile]) -> list[str]:
    return [str(file.path) for file in files]

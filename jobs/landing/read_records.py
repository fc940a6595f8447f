"""Landed files as one frame of records, each with its file, its landing time and whether it is well-formed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING

from jobs.landing.file_opening import Content
from jobs.landing.probe_text import ends_with_cr
from jobs.landing.read_parquet import read_parquet
from jobs.landing.read_text import Numbered, quoted, read_lines, read_separated
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LANDED = ("_file_id", "_landed_at", "_stand_in", "_corrupt")
"""What every record carries beside the source's columns."""


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file that was probed, wherever its bytes are; ``file_id`` is its SHA-256 in hex.

    ``landed_at`` must be aware of its zone. ``columns`` are those the probe found. ``stand_in`` is the date of its
    rows that have no usable time.
    """

    content: Content
    file_id: str
    landed_at: datetime
    columns: tuple[str, ...]
    stand_in: date


def read_records(
    spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping, only: Collection[str] | None = None
) -> list[DataFrame]:
    """Read all files: the mapping's source columns, then ``_file_id``, ``_landed_at``, ``_stand_in`` and ``_corrupt``.

    Text formats give one frame of text; a JSON fraction as its shortest double, nested values as JSON. Parquet gives
    its types, a frame for each set of them: what a file becomes must not depend on which others land with it. A
    column that a file lacks is null, and one that is none of ``only`` may be. ``_corrupt`` holds the original text of
    a record that cannot be split into fields.
    """
    from pyspark.sql import functions as F

    if mapping.format == "parquet":
        groups = read_parquet(spark, _numbered(files), mapping, mapping.source_columns if only is None else only)
    elif mapping.format == "jsonl":
        groups = [read_lines(spark, _numbered(files), mapping)]
    else:
        groups = [_separated(spark, files, mapping) if files else _nothing(spark, mapping)]
    table = [(number, file.file_id, file.landed_at, file.stand_in) for number, file in enumerate(files)]
    landed = spark.createDataFrame(table, "_of int, _file_id string, _landed_at timestamp, _stand_in date")
    names = [quoted(name) for name in mapping.source_columns]
    return [records.join(F.broadcast(landed), on="_of", how="left").select(*names, *LANDED) for records in groups]


def _separated(spark: SparkSession, files: Sequence[LandedFile], mapping: Mapping) -> DataFrame:
    """Read the files by header and line ends, each group as one, into one frame."""

    def shape(file: LandedFile) -> tuple[bool, tuple[str, ...]]:
        return ends_with_cr(file.content), file.columns

    shaped = sorted([(shape(file), number, file.content) for number, file in enumerate(files)], key=lambda one: one[:2])
    frames = [
        read_separated(spark, [one[1:] for one in group], mapping, columns=columns, ends_with_cr=cr)
        for (cr, columns), group in groupby(shaped, key=lambda one: one[0])
    ]
    return reduce(lambda left, right: left.unionByName(right), frames)


def _nothing(spark: SparkSession, mapping: Mapping) -> DataFrame:
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt")
    fields = [T.StructField(name, T.StringType()) for name in names]
    return spark.createDataFrame([], T.StructType([*fields, T.StructField("_of", T.IntegerType())]))


def _numbered(files: Sequence[LandedFile]) -> list[Numbered]:
    return [(number, file.content) for number, file in enumerate(files)]

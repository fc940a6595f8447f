"""Text files as records: JSON lines, comma- and tab-separated values. One bad record never takes others with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_LONE_SURROGATE = (
    r"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!(?<!\\)\\u[dD][89abAB]..)\\u[dD][c-fC-F])"
)
"""An escaped half of a character. Java would make a question mark of it: of two persons, one."""

_OVERFLOWN = ('"Infinity"', '"-Infinity"', '"NaN"')
"""As what Spark writes a JSON number that is none, or beyond all doubles."""

_NO_QUOTE = "\uffff"
"""No character, so that no value begins with it. An empty ``quote`` would make a quote of NUL."""

_MOST_FIELDS = 1 << 18
"""Fields of one record; by default Spark refuses the whole file for a line of 20,480 commas."""


def read_lines(spark: SparkSession, paths: Sequence[str], mapping: Mapping) -> DataFrame:
    """Read lines as text first: Spark's JSON source drops what follows the first object of a line."""
    from pyspark.sql import functions as F
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    lines = spark.read.text(list(paths)).select("value", F.col("_metadata.file_name").alias("_name"))
    lines = lines.where(F.trim("value") != "")
    parsed = lines.withColumn("_parsed", F.from_json("value", schema, options))
    fields = {name: F.col("_parsed." + quoted(name)) for name in mapping.source_columns}
    one = F.json_array_length(F.concat(F.lit("["), "value", F.lit("]"))) == 1
    whole = (
        one & F.startswith(F.ltrim("value"), F.lit("{")) & F.col("_parsed._corrupt").isNull() & ~_halved(F.col("value"))
    )
    for value in fields.values():
        whole = whole & F.coalesce(~value.isin(*_OVERFLOWN), F.lit(True))
    return parsed.select(
        *(value.alias(name) for name, value in fields.items()),
        F.when(~F.coalesce(whole, F.lit(False)), F.col("value")).alias("_corrupt"),
        "_name",
    )


def read_separated(
    spark: SparkSession, paths: Sequence[str], mapping: Mapping, *, columns: tuple[str, ...], ends_with_cr: bool
) -> DataFrame:
    """Read files of one header by position, so that no header can confuse; a record of another length is malformed.

    Lines end with a line feed, before which a carriage return is no part of the last value, or with that alone.
    """
    from pyspark.sql import functions as F

    tabs = mapping.format == "tsv"
    places = [f"_{index}" for index in range(len(columns))]
    options = {
        "sep": "\t" if tabs else ",",
        "quote": _NO_QUOTE if tabs else '"',  # a quote in tab-separated values is just a quote
        "escape": _NO_QUOTE if tabs else '"',
        "lineSep": "\r" if ends_with_cr else "\n",
        "header": str(not mapping.columns).lower(),
        "multiLine": "true",
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": "_corrupt",
        "columnPruning": "false",  # a parser that skips columns does not count them
        "maxColumns": str(_MOST_FIELDS),
    }
    schema = ", ".join(f"{place} string" for place in [*places, "_corrupt"])
    records = spark.read.schema(schema).options(**options).csv(list(paths))
    fields = {name: F.col(places[columns.index(name)]) for name in mapping.source_columns if name in columns}
    if columns[-1] in fields:
        fields[columns[-1]] = F.regexp_replace(places[-1], r"\r\z", "")
    return records.where(~_blank(places)).select(
        *(fields.get(name, F.lit(None).cast("string")).alias(name) for name in mapping.source_columns),
        _malformed(places, tabs).alias("_corrupt"),
        F.col("_metadata.file_name").alias("_name"),
    )


def quoted(name: str) -> str:
    """Return the name so that Spark takes it as it is."""
    return "`" + name.replace("`", "``") + "`"


def _halved(value: Column) -> Column:
    from pyspark.sql import functions as F

    escaped = F.contains(value, F.lit("\\ud")) | F.contains(value, F.lit("\\uD"))
    return escaped & value.rlike(_LONE_SURROGATE)


def _malformed(places: Sequence[str], tabs: bool) -> Column:
    """Return the text of a record that cannot be split, or null.

    A quote that is not closed where a field ends takes up the lines that follow, up to the next quote: that is no
    record, though it may have as many fields as one.
    """
    from pyspark.sql import functions as F

    # Spark refuses to read the malformed text alone, so it is tied to a field without being changed by it.
    corrupt = F.concat("_corrupt", F.coalesce(F.substring("_0", 1, 0), F.lit("")))
    if tabs:
        return corrupt
    torn = reduce(
        or_, (F.startswith(place, F.lit('"')) & F.contains(place, F.lit("\n")) for place in map(F.col, places))
    )
    return F.coalesce(corrupt, F.when(torn, F.concat_ws(",", *places)))


def _blank(places: Sequence[str]) -> Column:
    """Return whether a record is but the carriage return of an empty line."""
    from pyspark.sql import functions as F

    alone = F.col(places[0]) == "\r"
    if len(places) > 1:
        alone = alone & F.col(places[1]).isNull()
    return F.coalesce(alone, F.lit(False))

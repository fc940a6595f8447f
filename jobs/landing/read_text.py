"""Text files as records: JSON lines, comma- and tab-separated values. One bad record never takes others with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING

from jobs.landing.file_opening import Content, is_gzip, open_bytes
from jobs.landing.split_fields import FieldSplitter
from jobs.landing.split_records import LEAST, WHOLE, Span, Splitter
from jobs.landing.spread_files import Part, Rows, cut, spread
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


Numbered = tuple[int, Content]
"""A file, and the number that tells it in what is read."""


def read_lines(spark: SparkSession, files: Sequence[Numbered], mapping: Mapping) -> DataFrame:
    """Read lines as text first: Spark's JSON source drops what follows the first object of a line."""
    return fields_of_lines(_read(spark, files, partial(_lines, Splitter(b"")), ["value string"]), mapping)


def fields_of_lines(lines: DataFrame, mapping: Mapping) -> DataFrame:
    """Return what lines of JSON hold, ``value``, with ``_corrupt`` and ``_of`` as it is."""
    from pyspark.sql import functions as F
    from pyspark.sql import types as T

    names = (*mapping.source_columns, "_corrupt")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
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
        "_of",
    )


def read_separated(
    spark: SparkSession, files: Sequence[Numbered], mapping: Mapping, *, columns: tuple[str, ...], ends_with_cr: bool
) -> DataFrame:
    """Read files of one header by position, so that no header can confuse; a record of another length is malformed.

    Lines end with a line feed, before which a carriage return is no part of the last value, or with that alone.
    """
    from pyspark.sql import functions as F

    tabs, places = mapping.format == "tsv", [f"_{index}" for index in range(len(columns))]
    options = csv_options(tabs=tabs, ends_with_cr=ends_with_cr)
    schema = ", ".join(f"{place} string" for place in [*places, "_none", "_corrupt"])
    wanted = tuple(place for place, name in enumerate(columns) if name in mapping.source_columns)
    lines = Splitter(options["lineSep"].encode(), quoted=not tabs, header=not mapping.columns, least=LEAST)
    splitter = FieldSplitter(lines, options["sep"], len(columns), wanted)
    held = [*(f"plain_{place} string" for place in wanted), "value string"]
    found = _read(spark, files, partial(_fields, splitter), held)
    # where a text ends, univocity closes an odd quote once more; so each record is given an empty field at its end
    found = found.withColumn("_parsed", F.from_csv(F.concat("value", F.lit(options["sep"])), schema, options))
    torn = F.col("_parsed._corrupt").isNotNull() | F.col("_parsed._none").isNotNull()
    plain = {f"_{place}": F.coalesce(f"plain_{place}", f"_parsed._{place}") for place in wanted}
    split = [plain.get(place, F.col(f"_parsed.{place}")).alias(place) for place in places]
    records = found.select("_of", *split, F.when(torn, F.col("value")).alias("_corrupt"))
    return fields_of_records(records, mapping, columns, options["lineSep"])


def fields_of_records(records: DataFrame, mapping: Mapping, columns: tuple[str, ...], ends: str = "\n") -> DataFrame:
    """Return the mapping's columns of records that are split by place, with ``_corrupt`` and ``_of`` as it is."""
    from pyspark.sql import functions as F

    places = [f"_{index}" for index in range(len(columns))]
    fields = {name: F.col(places[columns.index(name)]) for name in mapping.source_columns if name in columns}
    if columns[-1] in fields:
        fields[columns[-1]] = F.regexp_replace(places[-1], r"\r\z", "")
    return records.where(~_blank(places)).select(
        *(fields.get(name, F.lit(None).cast("string")).alias(name) for name in mapping.source_columns),
        _malformed(places, ends, mapping.format == "tsv").alias("_corrupt"),
        "_of",
    )


def _read(
    spark: SparkSession, files: Sequence[Numbered], read: Callable[[tuple[Content, Span]], Iterator[Rows]],
    schema: Sequence[str],
) -> DataFrame:  # fmt: skip
    """Return what is read of the files, or of the parts of a large one, with the file's number, ``_of``."""
    cores, parts = spark.sparkContext.defaultParallelism, list[Part[tuple[Content, Span]]]()
    for number, content in files:
        size, spans = content.size, [WHOLE]
        if (count := cut(size, cores)) > 1 and not is_gzip(content):
            starts = [size * index // count for index in range(count)]
            spans = [Span(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]
        parts += [Part(number, size // len(spans), (content, span)) for span in spans]
    return spread(spark, parts, read, schema)


def _fields(splitter: FieldSplitter, place: tuple[Content, Span]) -> Iterator[Rows]:
    content, span = place
    with open_bytes(content) as file:
        yield from splitter.rows(file, span)


def _lines(splitter: Splitter, place: tuple[Content, Span]) -> Iterator[Rows]:
    content, span = place
    with open_bytes(content) as file:
        for records in splitter.records(file, span):
            yield {"value": records}, len(records)


def csv_options(*, tabs: bool, ends_with_cr: bool) -> dict[str, str]:
    """Return how Spark splits a record into fields. Where records end, ``split_records`` says as Spark would."""
    return {
        "sep": "\t" if tabs else ",",
        "quote": _NO_QUOTE if tabs else '"',  # a quote in tab-separated values is just a quote
        "escape": _NO_QUOTE if tabs else '"',
        "charToEscapeQuoteEscaping": _NO_QUOTE,  # by default NUL, which would go
        "lineSep": "\r" if ends_with_cr else "\n",
        "multiLine": "true",
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": "_corrupt",
        "columnPruning": "false",  # a parser that skips columns does not count them
        "maxColumns": str(_MOST_FIELDS),
    }


def quoted(name: str) -> str:
    """Return the name so that Spark takes it as it is."""
    return "`" + name.replace("`", "``") + "`"


def _halved(value: Column) -> Column:
    from pyspark.sql import functions as F

    escaped = F.contains(value, F.lit("\\ud")) | F.contains(value, F.lit("\\uD"))
    return escaped & value.rlike(_LONE_SURROGATE)


def _malformed(places: Sequence[str], ends: str, tabs: bool) -> Column:
    """Return the text of a record that cannot be split, or null.

    A quote that is not closed where a field ends takes up the lines that follow, up to the next quote: that is no
    record, though it may have as many fields as one.
    """
    from pyspark.sql import functions as F

    corrupt = F.regexp_replace("_corrupt", r"(?:\r\n|\n|\r)\z", "")
    if tabs:
        return corrupt
    torn = reduce(or_, (F.startswith(p, F.lit('"')) & F.contains(p, F.lit(ends)) for p in map(F.col, places)))
    return F.coalesce(corrupt, F.when(torn, F.concat_ws(",", *places)))


def _blank(places: Sequence[str]) -> Column:
    """Return whether a record is but the carriage return of an empty line."""
    from pyspark.sql import functions as F

    alone = F.col(places[0]) == "\r"
    if len(places) > 1:
        alone = alone & F.col(places[1]).isNull()
    return F.coalesce(alone, F.lit(False))

"""One rule of a source mapping as Spark expressions."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.contracts import Column
from quality.sources.rules import Constant, Derive, From, Join, Key, Modifiers, Rule, WeekHour
from transforms.landing.parse_time import parse_time, week_hour

_WHOLE = ("int", "bigint")

_TELLS = r"(?U)[^\s\p{Cc}\p{Cf}]"
"""A character that is neither blank nor invisible: a text without one tells nothing."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The typed ``value``; whether the source holds one (``present``); whether an enum lacks it (``unmapped``).

    ``certain`` values are never null and keep every rule, so nobody need compute them to find out.
    """

    value: SparkColumn
    present: SparkColumn
    unmapped: SparkColumn | None = None
    certain: bool = False


def parse_rule(rule: Rule, column: Column, *, source: str, schema: T.StructType) -> Parsed:
    """Return the expressions of ``rule`` for the contract's ``column``; no expression raises on any value.

    ``source`` is the mapping's name; ``schema`` is that of the records. An empty or blank text is no value.
    """
    match rule:
        case Constant():
            return Parsed(F.lit(rule.constant).cast(column.type), F.lit(True))
        case Key():
            key = _joined([_escaped(text(name, schema), rule.with_) for name in rule.key], rule.with_)
            return Parsed(key, key.isNotNull())
        case Derive():
            plain = column.type == "string" and not column.allowed and not column.pattern
            return Parsed(_digest(source, rule, schema), F.lit(True), certain=plain)
        case WeekHour():
            week = rule.week_hour
            numbers = isinstance(schema[week.hour].dataType, T.NumericType)
            day, hour = text(week.weekday, schema), (source_column if numbers else text)(week.hour, schema)
            return Parsed(
                week_hour(day, hour, week_of=week.week_of, zone=week.zone), day.isNotNull() & hour.isNotNull()
            )
        case From():
            return _modified(rule, source_column(rule.from_, schema), schema[rule.from_].dataType, column)
        case Join():
            joined = _joined([text(name, schema) for name in rule.join], rule.with_)
            return _modified(rule, joined, T.StringType(), column)


def source_column(name: str, schema: T.StructType) -> SparkColumn:
    """Return the column of that name, null where its text is empty or blank or its number is not a number."""
    column = F.col("`" + name.replace("`", "``") + "`")
    type_ = schema[name].dataType
    if isinstance(type_, T.StringType):
        return F.when(_tells(column), column)
    if isinstance(type_, T.DoubleType | T.FloatType):  # pandas writes a missing number as NaN
        return F.when(~F.isnan(column), column)
    return column


def _tells(column: SparkColumn) -> SparkColumn:
    """Return whether the text tells something. Nearly all begin with a visible ASCII character: two comparisons."""
    visible = (column >= F.lit("!")) & (column < F.lit("\x7f"))
    return F.when(visible, F.lit(True)).otherwise(column.rlike(_TELLS))


def text(name: str, schema: T.StructType) -> SparkColumn:
    """Return the column as text, as ``as_text`` writes it."""
    return as_text(source_column(name, schema), schema[name].dataType)


def as_text(column: SparkColumn, type_: T.DataType) -> SparkColumn:
    """Return the value as text; a whole number the same, whether the file holds it as an integer or a fraction."""
    if isinstance(type_, T.StringType):
        return column
    if isinstance(type_, T.DoubleType | T.FloatType):
        whole = column.try_cast("bigint")
        return F.when(column == whole, whole.cast("string")).otherwise(column.cast("string"))
    return column.cast("string")


def equals(column: SparkColumn, type_: T.DataType, wanted: str) -> SparkColumn:
    """Compare as numbers where the source holds numbers, so that -777 equals -777.0; else as text."""
    if isinstance(type_, T.NumericType):
        return column.cast("double") == F.lit(wanted).try_cast("double")
    return column.cast("string") == F.lit(wanted)


def _modified(rule: Modifiers, raw: SparkColumn, type_: T.DataType, column: Column) -> Parsed:
    for sentinel in rule.null_if:
        raw = F.when(~F.coalesce(equals(raw, type_, sentinel), F.lit(False)), raw)
    if rule.reads_time:
        return Parsed(parse_time(rule, raw, type_), raw.isNotNull())
    if rule.enum:
        mapped = F.lit(None).cast("string")
        for key, meaning in rule.enum.items():
            mapped = F.when(equals(raw, type_, key), F.lit(meaning)).otherwise(mapped)
        return Parsed(mapped.try_cast(column.type), raw.isNotNull(), raw.isNotNull() & mapped.isNull())
    value = _cast(raw, type_, column.type)
    return Parsed(value * rule.unit.factor if rule.unit else value, raw.isNotNull())


def _cast(raw: SparkColumn, type_: T.DataType, to: str) -> SparkColumn:
    """Cast without loss or surprise; null where the source's type cannot mean the column's.

    Spark would cut a fraction off, count a moment's seconds, and make 1 of true.
    """
    if to == "string":
        return as_text(raw, type_)
    if not isinstance(type_, T.StringType) and not isinstance(type_, _MEANT_BY[to]):
        return F.lit(None).cast(to)
    if to in _WHOLE and isinstance(type_, T.StringType):  # pandas writes whole numbers so beside a missing one
        raw = F.regexp_replace(raw, r"^(\s*[-+]?\d+)\.0*\s*$", "$1")
    cast = raw.try_cast(to)
    if to in _WHOLE and isinstance(type_, T.FractionalType):
        return F.when(raw == cast, cast)
    return cast


_MOMENTS = (T.TimestampType, T.TimestampNTZType, T.DateType)
_MEANT_BY: dict[str, tuple[type[T.DataType], ...]] = {
    "double": (T.NumericType,), "int": (T.NumericType,), "bigint": (T.NumericType,), "boolean": (T.BooleanType,),
    "timestamp": _MOMENTS, "date": _MOMENTS,
}  # fmt: skip
"""Types besides text that a column of a contract's type may be read from."""


def _joined(parts: list[SparkColumn], separator: str) -> SparkColumn:
    between = [piece for part in parts for piece in (F.lit(separator), part)]
    return F.concat(*between[1:])


def _escaped(part: SparkColumn, separator: str) -> SparkColumn:
    backslash = F.replace(part, F.lit("\\"), F.lit("\\\\"))
    return F.replace(backslash, F.lit(separator), F.lit("\\" + separator))


def _digest(source: str, rule: Derive, schema: T.StructType) -> SparkColumn:
    """Each part is written as its length, a colon and itself; a null as ``-``: no two rows give the same text."""
    parts = [text(name, schema) for name in rule.derive]
    sized = [F.coalesce(F.concat(F.length(p).cast("string"), F.lit(":"), p), F.lit("-")) for p in parts]
    head = F.lit(f"{len(source)}:{source}{len(rule.tag)}:{rule.tag}")
    return F.sha2(F.concat(head, *sized), 256)

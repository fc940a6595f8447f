"""Which Parquet columns can be landed, and as which Spark types."""

from __future__ import annotations

import re

import pyarrow as pa
from pyarrow import types

_SIMPLE: tuple[tuple[object, str], ...] = (
    (types.is_boolean, "boolean"),
    (types.is_int8, "tinyint"),
    (types.is_int16, "smallint"),
    (types.is_int32, "int"),
    (types.is_int64, "bigint"),
    (types.is_uint8, "smallint"),
    (types.is_uint16, "int"),
    (types.is_uint32, "bigint"),
    (types.is_uint64, "decimal(20,0)"),
    (types.is_float32, "float"),
    (types.is_float64, "double"),
    (types.is_string, "string"),
    (types.is_large_string, "string"),
    (types.is_date32, "date"),
)

NANOSECONDS, LOCAL_NANOSECONDS = "nanoseconds", "local nanoseconds"
"""Not Spark types: such a column, which pandas writes, is read as bigint and brought to microseconds.

The first are moments; the second have no zone, as a clock on the wall.
"""


def spark_type(type_: pa.DataType) -> str:
    """Return the DDL type as which Spark reads a Parquet column of that Arrow type; empty when it cannot."""
    if types.is_dictionary(type_):
        return spark_type(type_.value_type)
    if types.is_decimal128(type_):
        return f"decimal({type_.precision},{type_.scale})"
    if types.is_timestamp(type_):
        if type_.unit == "ns":
            return NANOSECONDS if type_.tz else LOCAL_NANOSECONDS
        return "timestamp" if type_.tz else "timestamp_ntz"
    return next((ddl for is_type, ddl in _SIMPLE if is_type(type_)), "")  # type: ignore[operator]


_IN_ARROW = {
    "boolean": pa.bool_(), "tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(),
    "float": pa.float32(), "double": pa.float64(), "string": pa.string(), "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"), "timestamp_ntz": pa.timestamp("us"),
}  # fmt: skip


def arrow_type(ddl: str) -> pa.DataType:
    """Return the Arrow type as which Spark takes a column of one of these DDL types from a worker."""
    if decimal := re.fullmatch(r"decimal\((\d+),(\d+)\)", ddl):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    return _IN_ARROW[ddl]

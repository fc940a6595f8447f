"""Contracts as Spark sees them. Kept apart so that reading a contract does not import Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.contracts.errors import ContractViolation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from quality.contracts.contract import Contract

SPARK_TYPES: dict[str, T.DataType] = {
    "string": T.StringType(),
    "timestamp": T.TimestampType(),
    "date": T.DateType(),
    "double": T.DoubleType(),
    "int": T.IntegerType(),
    "bigint": T.LongType(),
    "boolean": T.BooleanType(),
    "binary": T.BinaryType(),
    "array<string>": T.ArrayType(T.StringType()),
}


def spark_schema(contract: Contract) -> T.StructType:
    """Return the contract's columns as a Spark schema, all nullable."""
    return T.StructType([T.StructField(c.name, SPARK_TYPES[c.type], True) for c in contract])


def conform(contract: Contract, df: DataFrame) -> DataFrame:
    """Select exactly the contract's columns in order; raise ``ContractViolation`` if one is absent or mistyped.

    Nothing is cast here: a failing ANSI cast would put the value into the error's message.
    """
    absent = tuple(name for name in contract.column_names if name not in df.columns)
    if absent:
        raise ContractViolation(contract.name, "was built without columns", absent)
    built = {field.name: field.dataType for field in df.schema.fields}
    other = tuple(c.name for c in contract if built[c.name].simpleString() != c.type)
    if other:
        raise ContractViolation(contract.name, "was built with another type in columns", other)
    return df.select([F.col(name) for name in contract.column_names])

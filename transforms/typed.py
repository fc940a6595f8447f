"""Columns of the types that a transform needs: of another, Spark would cast each value, and tell one that it cannot."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import types as T

from quality.contracts.errors import GeowardError


def typed(df: DataFrame, **types: type[T.DataType]) -> DataFrame:
    """Return ``df``; raise ``GeowardError`` naming the columns that are not of these types."""
    wrong = [name for name, type_ in types.items() if not isinstance(df.schema[name].dataType, type_)]
    if wrong:
        raise GeowardError(
            f"Columns are not of the type that is needed: {', '.join(wrong)}.",
            mend="Bring them to their contract's types first.",
        )
    return df

"""A column of texts in Spark loses what points at a person."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql import DataFrame

from quality.policies.redaction import KINDS
from transforms.arrow_function import arrow_function
from transforms.redaction.engine import findings
from transforms.redaction.operators import Operator, redact


def redact_column(
    df: DataFrame, column: str, *, operator: Operator, kinds: Sequence[str] = KINDS, whole: bool = False, into: str = ""
) -> DataFrame:
    """Replace ``column``, or add ``into``, with what ``operator`` leaves of its texts; null stays null.

    ``whole`` texts are one finding each. Rows come in Arrow batches; the recognizers are made once in a Python worker,
    and equal texts of a batch are looked at once. A key is opened in the worker, so no plan holds it.
    """

    def redacted(values: pa.Array) -> pa.Array:
        repeated = values.dictionary_encode()
        texts = [
            redact(text, findings(text, kinds=kinds, whole=whole), operator) for text in repeated.dictionary.to_pylist()
        ]
        return pa.array(texts, pa.string()).take(repeated.indices)

    redacted.__annotations__ = {"values": pa.Array, "return": pa.Array}
    return df.withColumn(into or column, arrow_function(redacted, "string")(df[column]))

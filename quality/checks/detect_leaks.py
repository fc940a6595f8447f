"""Whether a protected or curated table still holds an identifier or an exact place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from quality.checks.column_shapes import shape_row_check
from quality.checks.row_check import judge_together
from quality.checks.sample_texts import sample_size, sample_texts
from quality.checks.scan_texts import scan_texts
from quality.checks.verdict import Measured, Verdict
from quality.contracts import Contract

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RATE, CONFIDENCE = 0.001, 0.999
"""A leak in one text of a thousand is found with 99.9% probability: 6,905 texts."""

_TEXT_TYPES = ("string", "array<string>")


def find_leaks(df: DataFrame, contract: Contract, *, shapes: Verdict | None = None, seed: int = 0) -> Verdict:
    """Return ``no_direct_identifier``. ``shapes`` is the verdict of ``shape_row_check``, when it was judged before.

    Every value of a structured string column must match its pattern or allowed set. All other texts, free or not, are
    scanned for identifiers and places: all distinct values, or a sample in the order of a seeded hash when there are
    more than ``sample_size(RATE, CONFIDENCE)``. Two columns of numbers may not look like coordinates. That bounded
    sample is scanned in the driver; nothing else leaves Spark but counts.
    """
    limit = sample_size(RATE, CONFIDENCE)
    shapes = shapes or judge_together(df, [shape_row_check(df, contract)])[0]
    sample = sample_texts(df, loose_columns(df, contract), limit=limit, seed=seed)
    hits = {name: scan_texts(texts) for name, texts in sample.texts.items()}
    failed = [f"{name}: {entity}" for name, found in sorted(hits.items()) for entity in sorted(found)]
    failed = [str(shapes.measured["failed_on"]), *failed] if not shapes.passed else failed
    measured: Measured = {
        "distinct": sum(sample.distinct.values()),
        "scanned": sum(len(texts) for texts in sample.texts.values()),
        "seed": seed,
        "mismatched": shapes.measured["mismatched"],
        "failed_on": ", ".join(failed),
    }
    totals = sum(hits.values(), Counter[str]())
    return Verdict(
        "no_direct_identifier",
        not failed,
        "No column holds an identifier, an address or an exact place.",
        "Redact or pseudonymize the columns named in failed_on, then build the table again from clean.",
        {**measured, **dict(sorted(totals.items()))},
    )


def loose_columns(df: DataFrame, contract: Contract) -> list[str]:
    """Return the text columns for which the contract has neither a pattern nor an allowed set."""
    strict = {column.name for column in contract if column.pattern or column.allowed}
    return [f.name for f in df.schema.fields if f.dataType.simpleString() in _TEXT_TYPES and f.name not in strict]

"""A contract's rules for single values, as one Spark expression."""

from __future__ import annotations

from collections.abc import Collection

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from quality.contracts import Column, Contract


def violation(contract: Contract, columns: Collection[str] | None = None, *, prefix: str = "") -> SparkColumn:
    """Return the first reason why a row breaks the contract, or null.

    Reasons in order: ``missing:<column>`` for a required null, then ``out_of_bounds:<column>`` for a value beyond
    minimum or maximum (inclusive), not among ``allowed``, off the ``pattern``, or not a finite number; each in the
    contract's column order. ``columns`` limits the rules to some columns; ``prefix`` is how the frame's names begin.
    """
    checked = [c for c in contract if columns is None or c.name in columns]
    missing = [F.when(F.col(prefix + c.name).isNull(), F.lit(f"missing:{c.name}")) for c in checked if c.required]
    outside = [
        F.when(broken, F.lit(f"out_of_bounds:{c.name}"))
        for c in checked
        if (broken := _outside(c, F.col(prefix + c.name))) is not None
    ]
    return F.coalesce(*missing, *outside, F.lit(None).cast("string"))


def _outside(column: Column, value: SparkColumn) -> SparkColumn | None:
    """Return a condition that is true for a value off the rules, false or null for others; None without rules."""
    low, high = column.minimum, column.maximum
    broken: list[SparkColumn] = []
    if column.type == "double":  # Spark orders NaN above every number, so a minimum alone would let it pass
        infinity = F.lit(float("inf"))
        broken += [F.isnan(value), value == infinity, value == -infinity]
    if low is not None:
        broken.append(value < F.lit(low))
    if high is not None:
        broken.append(value > F.lit(high))
    if column.allowed:
        broken.append(~value.isin(*column.allowed))
    if column.pattern:
        broken.append(~value.rlike(_whole(column.pattern)))
    if not broken:
        return None
    condition = broken[0]
    for other in broken[1:]:
        condition = condition | other
    return condition


def _whole(pattern: str) -> str:
    r"""Java's ``$`` also matches before a final line break; ``\z`` does not."""
    return pattern[:-1] + r"\z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern

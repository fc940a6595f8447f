"""Checks made of aggregates, so that many of them cost one pass over a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quality.checks.verdict import Verdict

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Numbers = dict[str, float]
"""Aggregates by name; a null (no rows) is 0."""


@dataclass(frozen=True)
class RowCheck:
    """Numeric aggregates by name, and what they mean."""

    aggregates: dict[str, Column]
    judge: Callable[[Numbers], Verdict]


def count_where(condition: Column) -> Column:
    """Return an aggregate that counts the rows where ``condition`` holds; a null condition does not."""
    from pyspark.sql import functions as F

    return F.count_if(F.coalesce(condition, F.lit(False)))


def judge_together(df: DataFrame, checks: Sequence[RowCheck]) -> list[Verdict]:
    """Measure all checks in one Spark job and return their verdicts in order."""
    columns = [
        column.alias(f"c{place}.{name}")
        for place, check in enumerate(checks)
        for name, column in check.aggregates.items()
    ]
    row = df.agg(*columns).collect()[0].asDict() if columns else {}
    return [
        check.judge({name: row[f"c{place}.{name}"] or 0 for name in check.aggregates})
        for place, check in enumerate(checks)
    ]

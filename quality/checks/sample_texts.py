"""The texts a leak check reads: every distinct one, or a stated deterministic sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Sample:
    """Texts by column, and how many distinct texts each column has."""

    texts: dict[str, list[str]]
    distinct: dict[str, int]


def sample_size(rate: float, confidence: float) -> int:
    """Return how many texts to read to see, with ``confidence``, one of a kind that makes up ``rate`` of all.

    The least n with 1 - (1 - rate)^n >= confidence. ``ValueError`` unless both lie between 0 and 1, exclusive.
    """
    if not (0 < rate < 1 and 0 < confidence < 1):
        raise ValueError("rate and confidence must lie between 0 and 1, exclusive")
    return math.ceil(math.log1p(-confidence) / math.log1p(-rate))


def sample_texts(df: DataFrame, columns: Sequence[str], *, limit: int, seed: int) -> Sample:
    """Return at most ``limit`` distinct texts of each column (string or array of strings), in order of a seeded hash.

    The bounded sample is brought to the driver; nothing else is. The same rows and seed give the same sample.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    if not columns:
        return Sample({}, {})
    unique = reduce(lambda one, other: one.union(other), [_texts(df, name) for name in columns]).distinct()
    order = Window.partitionBy("column").orderBy(F.xxhash64(F.lit(seed), "text"), "text")
    ranked = unique.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= limit + 1)
    texts: dict[str, list[str]] = {name: [] for name in columns}
    for row in sorted(ranked.collect(), key=lambda row: int(row["rank"])):
        texts[row["column"]].append(row["text"])
    distinct = {name: len(found) for name, found in texts.items()}
    if any(count > limit for count in distinct.values()):
        distinct |= {row["column"]: row["n"] for row in unique.groupBy("column").agg(F.count("*").alias("n")).collect()}
    return Sample({name: found[:limit] for name, found in texts.items()}, distinct)


def _texts(df: DataFrame, name: str) -> DataFrame:
    """Return the column's texts as (column, text), reading no other column; an array's are told once an array."""
    from pyspark.sql import functions as F

    texts = df.select(df[name].alias("text"))
    if df.schema[name].dataType.simpleString().startswith("array"):
        texts = texts.distinct().select(F.explode("text").alias("text"))
    return texts.where(F.col("text").isNotNull()).select(F.lit(name).alias("column"), "text")

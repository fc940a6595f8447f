"""Rows that two tables do not share, as bags: a row that is there twice in one and once in the other is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def differing_rows(one: DataFrame, other: DataFrame, columns: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """Return the rows of ``one`` that ``other`` does not have, and the other way round, in ``columns``."""
    mine, theirs = one.select(*columns), other.select(*columns)
    return mine.exceptAll(theirs), theirs.exceptAll(mine)

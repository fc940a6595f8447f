"""Arrow functions as Spark columns, with types that a checker can follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pyspark.sql import Column
from pyspark.sql import functions as F


def arrow_function(function: Callable[..., object], returns: str) -> Callable[..., Column]:
    """Return ``function`` of Arrow arrays to an Arrow array, annotated as such, as a function of Spark columns.

    ``returns`` is Spark DDL. It runs in the Python worker, a batch of rows at a time.
    """
    made = F.arrow_udf(function, returns)  # type: ignore[attr-defined]
    return cast(Callable[..., Column], made)

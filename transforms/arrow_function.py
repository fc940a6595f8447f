"""Arrow functions as Spark columns, with types that a checker can follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pyspark.sql import Column
from pyspark.sql import functions as F

from quality.contracts.untold import untold


def arrow_function(function: Callable[..., object], returns: str, *, once: bool = False) -> Callable[..., Column]:
    """Return ``function`` of Arrow arrays to an Arrow array, annotated as such, as a function of Spark columns.

    ``returns`` is Spark DDL. It runs in the Python worker, a batch of rows at a time. What breaks there is told without
    a value, since Spark repeats a worker's error wherever it can. With ``once`` the plan does not compute a column of
    it twice, in a filter and in what is selected.
    """
    made: Any = F.arrow_udf(untold(function), returns)  # type: ignore[attr-defined]
    return cast(Callable[..., Column], made.asNondeterministic() if once else made)

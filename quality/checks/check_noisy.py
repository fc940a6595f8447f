"""Check published noisy figures: each is paid for, of a public partition, and of the rows of now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from quality.checks.differing_rows import differing_rows
from quality.checks.verdict import Verdict
from quality.contracts import DATE

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def check_paid(df: DataFrame, paid: DataFrame) -> Verdict:
    """Return whether the published rows are those that the ledger holds figures of: all of them, and no other."""
    columns = [name for name in df.columns if name in paid.columns]
    others, absent = (rows.count() for rows in differing_rows(df, paid, columns))
    return Verdict(
        "figures_paid", others == absent == 0, "Every published figure is one that a privacy budget paid for.",
        "Do not publish. Make the table again: `geoward run TABLE --force`; figures that were paid for come back.",
        {"not_paid_for": others, "not_published": absent},
    )  # fmt: skip


def check_partitions(df: DataFrame, public: pa.Table | None, *, unchanged: Sequence[date]) -> Verdict:
    """Return whether each day has a figure for every public partition, and for no other: none shows who was there.

    Days that keep their figures have the partitions of then. Without a public table there is nothing to compare.
    """
    from pyspark.sql import functions as F

    wrong = 0
    if public is not None and public.num_rows:
        days = df.where(F.col(DATE).isin(list(unchanged)))
        keys = df.sparkSession.createDataFrame(public)
        due = days.select(DATE).distinct().crossJoin(keys)
        wrong = sum(rows.count() for rows in differing_rows(days, due, [DATE, *public.column_names]))
    return Verdict(
        "partitions_public", wrong == 0, "Which partitions are published does not hang on who is in the data.",
        "Do not publish: report it as a defect.", {"partitions_wrong": wrong},
    )  # fmt: skip


def check_changed(days: Sequence[date], release: str) -> Verdict:
    """Warn of days whose rows changed since their figures were made: new less old figures would tell who came."""
    return Verdict(
        "figures_of_these_rows", not days, "The figures are of the rows as they are now.",
        f"Nothing need be done: release {release} makes the figures of a day once.",
        {"days_changed": len(days)}, "warn",
    )  # fmt: skip

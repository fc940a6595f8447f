"""Publish the ledger of privacy budgets: what each noisy release of the lake has cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from jobs.job import Built, Inputs, Job, Read
from quality.contracts import DATE, Contract, contract

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "curated.privacy_spends"
COLUMNS = ("release", "dataset", "unit", "consumer", "accounting", "loss", "delta", "declaration", "spent_at")


def build_curated_privacy_spends(inputs: Inputs) -> Built:
    """Copy the ledger's entries of the region and these days, each with the published figures that it paid for.

    A published figure that no entry paid for is missing from the count, and the run fails.
    """
    from pyspark.sql import functions as F

    figures: Counter[tuple[str, date]] = Counter()
    for table, df in inputs.tables.items():
        for row in df.groupBy(DATE).count().collect():
            figures[table.rpartition(".")[2], row[DATE]] += row["count"]
    entries = inputs.noisy.spends().to_pylist() if inputs.noisy else []
    mine = [entry for entry in entries if entry["first"] in inputs.dates]
    newest = {(entry["release"], entry["first"]): entry["id"] for entry in mine if entry["published"]}
    rows = [_row(entry, newest, figures) for entry in mine]
    nothing = inputs.nothing(contract(TABLE)).drop("_reason", "_payload").withColumn("_rows", F.lit(0).cast("long"))
    return Built(_frame(nothing, rows))


def _row(
    entry: dict[str, Any], newest: dict[tuple[str, date], int], figures: Counter[tuple[str, date]]
) -> dict[str, Any]:
    made_for = entry["release"], entry["first"]
    published = newest.get(made_for) == entry["id"]
    told = {name: entry[name] for name in COLUMNS}
    return {**told, "published": published, DATE: entry["first"], "_rows": figures[made_for] if published else 0}


def _frame(nothing: DataFrame, rows: list[dict[str, Any]]) -> DataFrame:
    if not rows:
        return nothing
    ordered = [tuple(row[name] for name in nothing.columns) for row in rows]
    return nothing.sparkSession.createDataFrame(ordered, nothing.schema)


def job_after(releases: Sequence[Contract]) -> Job:
    """Return the job: its rows in are the figures of the releases, of which each must have been paid for."""
    reads = tuple(Read(release.name, counted=True) for release in releases)
    return Job(contract(TABLE), reads, build_curated_privacy_spends, "aggregate")

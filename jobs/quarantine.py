"""Rows that could not be used: kept in their region under raw's rules, with a reason code, open to jobs only."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jobs.job import Inputs, Job
from quality.contracts import DATE, Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE, LANDING, RETAIN_UNTIL

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LAYER = "quarantine"


@lru_cache
def quarantine_contract(table: str) -> Contract:
    """Return the contract of the rows that ``table`` could not use."""
    name = table.replace(".", "_")
    return Contract(
        name=f"{LAYER}.{name}",
        description=f"Rows that {table} could not use.",
        grain="one row",
        columns=(
            Column("reason", "string", "Reason code; it names a column, never a value.", required=True),
            Column("payload", "string", "The row as JSON.", Sensitivity.DIRECT_ID, "user", required=True),
            LANDING[0],
            RETAIN_UNTIL,
            EVENT_DATE,
        ),
        caveats=("Held under raw's rules: it may hold anything that landed.",),
    )


def quarantined_rows(frame: DataFrame, job: Job, inputs: Inputs) -> DataFrame:
    """Return the rows that were not kept: reason, payload (null for rejected rows), source, retain_until, date."""
    from pyspark.sql import functions as F

    from jobs.report import REJECTIONS

    bad = frame.where(F.col("_reason").isNotNull())
    helpers = [name for name in frame.columns if name.startswith("_")]
    whole = F.to_json(F.struct(*[F.col(name) for name in frame.columns if name not in helpers]))
    payload = F.coalesce(F.col("_payload"), whole) if "_payload" in helpers else whole
    kept = ~F.col("_reason").isin(*REJECTIONS)
    rule = inputs.policy.retention["quarantine"]
    return bad.select(
        F.col("_reason").alias("reason"),
        F.when(kept, payload).alias("payload"),
        "source",
        F.date_add(F.lit(inputs.today), rule.days).alias("retain_until"),
        F.col(DATE),
    )

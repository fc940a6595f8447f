"""Rows that could not be used: kept in their region under raw's rules, with a reason code, open to jobs only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from jobs.job import Inputs, Job
from quality.contracts import DATE, Column, Contract, Sensitivity
from quality.contracts.at_rest import ERASED, at_rest
from quality.contracts.shared_columns import EVENT_DATE, LANDING, RETAIN_UNTIL

if TYPE_CHECKING:
    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

LAYER = "quarantine"
_SUBJECT, _FILE = "_subject", "_file"


@lru_cache
def quarantine_contract(table: str) -> Contract:
    """Return the contract of the rows that ``table`` could not use."""
    name = table.replace(".", "_")
    return Contract(
        name=f"{LAYER}.{name}",
        description=f"Rows that {table} could not use.",
        grain="one row",
        columns=(
            Column(
                "reason", "string", "Reason code; it names a column, never a value.", Sensitivity.NONE, required=True
            ),
            Column("payload", "string", "The row as JSON.", Sensitivity.DIRECT_ID, "user", required=True),
            LANDING[0],
            RETAIN_UNTIL,
            EVENT_DATE,
        ),
        caveats=("Held under raw's rules: it may hold anything that landed.",),
    )


FILE = "file"
"""What is taken for the subject of a row that names none: the file it came in."""


def quarantined_rows(frame: DataFrame, job: Job, inputs: Inputs, seal: Callable[..., DataFrame]) -> DataFrame:
    """Return the rows that were not kept, sealed; of rejected ones, and of erased subjects, only why, when and whence.

    Where a row names its subject, that one's key seals it, else a key of the file that it came in.
    """
    from pyspark.sql import functions as F

    rows, contract = _rows(frame, job, inputs), quarantine_contract(job.name)
    named = F.col(_SUBJECT).isNotNull()
    sealed = seal(rows.where(named), contract, subject=_SUBJECT, kind=job.writes.erasure_kind)
    sealed = sealed.unionByName(seal(rows.where(~named), contract, subject=_FILE, kind=FILE))
    reason = F.when(F.col(ERASED), "erased").otherwise(F.col("reason")).alias("reason")
    return sealed.select(reason, *[F.col(c.name) for c in at_rest(contract) if c.name != "reason"])


def _rows(frame: DataFrame, job: Job, inputs: Inputs) -> DataFrame:
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
        *[F.when(kept, column.cast("string")).alias(name) for name, column in _subjects(bad, job.writes).items()],
        "source",
        F.date_add(F.lit(inputs.today), rule.days).alias("retain_until"),
        F.col(DATE),
    )


def _subjects(df: DataFrame, contract: Contract) -> dict[str, SparkColumn]:
    """Return whose each row is, and of which file, as far as the rows tell."""
    from pyspark.sql import functions as F

    names = {_SUBJECT: contract.erasure_key, _FILE: "file_id"}
    return {name: df[column] if column in df.columns else F.lit(None) for name, column in names.items()}

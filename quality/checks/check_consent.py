"""Whether every row that rests on consent has one, told another way than the rows were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.checks.row_check import count_where
from quality.checks.verdict import Verdict

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def check_consent(
    clean: DataFrame,
    consents: DataFrame,
    sources_on_consent: dict[str, frozenset[str]],
    *,
    purpose: str,
    subject: str = "actor_id",
) -> Verdict:
    """Return ``consent_present``: rows listing ``purpose`` have consent as of ``event_time``; all rows have a purpose.

    ``sources_on_consent`` names, for each source mapping, the purposes for which its rows rest on consent; other rows
    have another legal basis and are not asked. The latest statement at or before the event holds; of statements at
    one moment a refusal holds; no statement means no.
    """
    from pyspark.sql import functions as F

    sources = sorted(source for source, purposes in sources_on_consent.items() if purpose in purposes)
    on_consent = F.array_contains("purposes", purpose) & F.col("source").isin(sources)
    asked = clean.where(on_consent).select(F.col(subject).alias("subject"), F.col("event_time").alias("moment"))
    unlisted = count_where(F.coalesce(F.size("purposes") < 1, F.lit(True)) | F.col("purposes").isNull())
    told = clean.agg(F.count(F.lit(1)).alias("rows"), unlisted.alias("bad"), F.lit("purpose").alias("of"))
    held = _as_of(asked, _statements(consents, purpose)).agg(
        F.count(F.lit(1)).alias("rows"), count_where(~F.col("given")).alias("bad"), F.lit("consent").alias("of")
    )
    found = {row["of"]: (row["rows"], row["bad"]) for row in told.unionByName(held).collect()}
    (rows, without_purpose), (on, without_consent) = found["purpose"], found["consent"]
    return Verdict(
        "consent_present",
        not without_purpose and not without_consent,
        f"Every row used for {purpose} on consent had consent when it happened, and every row has a purpose.",
        "Land the missing consents, or build the clean table again: rows without a purpose belong in quarantine.",
        {
            "purpose": purpose, "rows": rows, "without_purpose": without_purpose,
            "on_consent": on, "without_consent": without_consent,
        },
    )  # fmt: skip


def _statements(consents: DataFrame, purpose: str) -> DataFrame:
    from pyspark.sql import functions as F

    return consents.where((F.col("purpose") == purpose) & F.col("event_time").isNotNull()).select(
        F.col("subject_id").alias("subject"),
        F.col("event_time").alias("moment"),
        F.coalesce("given", F.lit(False)).alias("said"),
    )


def _as_of(asked: DataFrame, statements: DataFrame) -> DataFrame:
    """Return each asked row with ``given``: both kinds in one timeline, the last statement carried forward."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    rows = asked.select("subject", "moment", F.lit(None).cast("boolean").alias("said"), F.lit(1).alias("kind"))
    said = statements.where(F.col("subject").isNotNull()).select("subject", "moment", "said", F.lit(0).alias("kind"))
    order: list[Column] = [F.col("moment").asc_nulls_first(), F.col("kind"), F.col("said").desc()]
    timeline = Window.partitionBy("subject").orderBy(*order)
    so_far = timeline.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    last = F.last("said", ignorenulls=True).over(so_far)
    return said.unionByName(rows).withColumn("given", F.coalesce(last, F.lit(False))).where(F.col("kind") == 1)

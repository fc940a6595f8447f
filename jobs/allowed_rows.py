"""Which rows a release may use now, and why the others may not: purpose, legal basis, and consent as of this use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from jobs.job import Inputs
from quality.contracts import DATE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from quality.releases.declaration import TableRelease
    from quality.releases.noisy import NoisyRelease

WHY = "_why"


def with_reason(inputs: Inputs, table: str, purpose: str) -> DataFrame:
    """Add ``_why``: why a row may not serve the purpose now, or null. Consent is the latest statement of all."""
    from pyspark.sql import functions as F

    rows, now = inputs.tables[table], _consenting(inputs, purpose)
    joined = rows.join(now, on=rows["actor_key"] == now["_subject"], how="left")
    free = F.col("source").isin(*sorted(inputs.sources_on(False, purpose)))
    on_consent = F.col("source").isin(*sorted(inputs.sources_on(True, purpose)))
    why = F.when(~F.array_contains("purposes", purpose), "no_purpose")
    why = why.when(~free & ~on_consent, "no_legal_basis_now")
    return joined.withColumn(WHY, why.when(on_consent & F.col("_subject").isNull(), "no_consent_now")).drop("_subject")


def reasoned_rows(inputs: Inputs, release: NoisyRelease | TableRelease) -> DataFrame:
    """Return the rows that a release of the lake reads, with ``_why``; made once for the build and its checks."""
    return inputs.keep("reasons", lambda: with_reason(inputs, release.reads, release.purpose))


def count_by_reason(rows: DataFrame) -> dict[tuple[date, str | None], int]:
    """Return how many of ``reasoned_rows`` there are, by day and by why they may not be used; None may be."""
    return {(row[DATE], row[WHY]): row["count"] for row in rows.groupBy(DATE, WHY).count().collect()}


def _consenting(inputs: Inputs, purpose: str) -> DataFrame:
    """Return the pseudonyms, as ``_subject``, of those who consent to the purpose now."""
    from pyspark.sql import functions as F

    from jobs.build_protected_pings import domain
    from transforms.privacy.pseudonymize_columns import pseudonymize_columns

    said = inputs.tables["raw.consents"].where(F.col("purpose") == purpose)
    latest = said.groupBy("subject_id").agg(F.max_by("given", F.struct("event_time", ~F.col("given"))).alias("_given"))
    epochs = F.array(*[F.lit(day).cast("timestamp") for day in sorted({day.replace(day=1) for day in inputs.dates})])
    now = latest.where("_given").withColumn("event_time", F.explode(epochs))  # a pseudonym for each month, if monthly
    named = pseudonymize_columns(
        now, columns={"_subject": ("subject_id", "actor")}, keys=inputs.keys, domain=domain(inputs)
    )
    return named.select("_subject").distinct()

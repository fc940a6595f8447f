"""Clean: rows within bounds, each event once, with the purposes that were allowed when it happened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jobs.job import Built, Inputs, Job, Read
from quality.checks.check_consent import check_consent
from quality.checks.verdict import Verdict
from quality.contracts import Contract, contract

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from transforms.privacy.allow_purposes import Grant


def build_clean(writes: Contract, raw: str, inputs: Inputs) -> Built:
    """Keep rows within the contract's bounds, each event once, if a purpose was allowed as of the event.

    Rows out of bounds are quarantined. Duplicates, rows past retention, minors' rows and rows without consent or
    another legal basis are rejected: counted by reason and not kept.
    """
    from pyspark.sql import functions as F

    from transforms.cleaning.mark_duplicates import mark_duplicates
    from transforms.landing.find_violations import violation
    from transforms.privacy.allow_purposes import allow_purposes

    content = [name for name in writes.column_names if name not in ("purposes", "retain_until")]
    rows = inputs.tables[raw]
    adaptive = rows.sparkSession.conf.get("spark.sql.adaptive.enabled") == "true"  # off where a run is small
    df = mark_duplicates(rows, content=content, apart=adaptive)
    df = allow_purposes(
        df, consents=inputs.tables["raw.consents"], actors=inputs.tables["raw.actors"],
        grants=_grants(inputs, raw), minor_below=inputs.rules.minor_below,
    )  # fmt: skip
    df = df.withColumn("retain_until", _retain_until(inputs))
    past = F.when(F.col("retain_until") < F.lit(inputs.today), F.lit("past_retention"))
    reasons = (violation(writes, content), F.col("_duplicate"), past, F.col("_denied"))
    return Built(df.withColumn("_reason", F.coalesce(*reasons)))


def clean_job(kind: str) -> Job:
    """Return the job that cleans pings or actions."""
    writes, raw = contract(f"clean.{kind}"), f"raw.{kind}"
    reads = (Read(raw, counted=True), Read("raw.consents", "up_to_date"), Read("raw.actors", "up_to_date"))
    return Job(
        writes, reads, partial(build_clean, writes, raw), "row", checks=(_consent_held,), verifies=("consent_present",)
    )


def _grants(inputs: Inputs, raw: str) -> dict[str, Grant]:
    from transforms.privacy.allow_purposes import Grant

    uses = inputs.policy.uses_of(inputs.region.jurisdiction, raw.partition(".")[2])
    return {
        purpose: Grant(inputs.sources_on(False, purpose), inputs.sources_on(True, purpose), use.allow_minors)
        for purpose, use in uses.items()
    }


def _retain_until(inputs: Inputs) -> Column:
    from pyspark.sql import functions as F

    from transforms.utc_date import utc_date

    rule = inputs.policy.retention["clean"]
    start = F.col("landed_at" if rule.clock == "landing" else "event_time")
    return F.date_add(utc_date(start), rule.days)


def _consent_held(df: DataFrame, inputs: Inputs) -> list[Verdict]:
    """Judge the purpose of releases: each row that lists it and rests on consent had it as of the event."""
    purpose = inputs.policy.release_purpose
    on_consent = {source: frozenset({purpose}) for source in inputs.sources_on(True, purpose)}
    return [check_consent(df, inputs.tables["raw.consents"], on_consent, purpose=purpose)]

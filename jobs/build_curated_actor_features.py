"""Summarize each pseudonymous actor's day as numbers for risk control."""

from __future__ import annotations

from jobs.job import Built, Inputs, Job, Read
from quality.contracts import DATE, contract


def build_curated_actor_features(inputs: Inputs) -> Built:
    """Summarize what each pseudonymous actor did and where, from rows that may serve risk control."""
    from pyspark.sql import functions as F

    from transforms.risk.summarize_actor_days import summarize_actor_days

    purpose = inputs.policy.pseudonym_purpose
    serves = F.array_contains("purposes", purpose)
    actions, pings = inputs.tables["protected.actions"], inputs.tables["protected.pings"]
    others = [df.where(~serves).select(DATE) for df in (actions, pings)]
    withheld = (
        others[0].union(others[1]).groupBy(DATE).agg(F.lit("no_purpose").alias("reason"), F.count("*").alias("rows"))
    )
    return Built(summarize_actor_days(actions.where(serves), pings.where(serves)), withheld)


JOB = Job(
    contract("curated.actor_features"),
    (Read("protected.actions", counted=True), Read("protected.pings", counted=True)),
    build_curated_actor_features,
    "aggregate",
)

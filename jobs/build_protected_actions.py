"""Protect actions: keyed pseudonyms for identifiers, free text redacted."""

from __future__ import annotations

from jobs.build_protected_pings import domain
from jobs.job import Built, Inputs, Job, Read
from quality.contracts import contract

IDENTIFIERS = {
    "event_key": ("event_id", "event"),
    "actor_key": ("actor_id", "actor"),
    "device_key": ("device_id", "device"),
    "target_key": ("target_id", "actor"),
    "ip_key": ("ip", "ip"),
    "campaign_key": ("campaign_id", "campaign"),
}


def build_protected_actions(inputs: Inputs) -> Built:
    """Replace identifiers by keyed pseudonyms and redact addresses, numbers, links and coordinates in free text."""
    from pyspark.sql import functions as F

    from transforms.privacy.pseudonymize_columns import pseudonymize_columns
    from transforms.privacy.redact_text import redact_text

    df = pseudonymize_columns(
        inputs.tables["clean.actions"],
        columns=IDENTIFIERS,
        keys=inputs.keys,
        domain=domain(inputs),
    )
    return Built(df.withColumn("text", redact_text(F.col("text"))).withColumn("_reason", F.lit(None).cast("string")))


JOB = Job(contract("protected.actions"), (Read("clean.actions", counted=True),), build_protected_actions, "row")

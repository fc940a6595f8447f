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
    """Replace identifiers by keyed pseudonyms; free text loses what the policy says for the pseudonyms' purpose."""
    from pyspark.sql import functions as F

    from transforms.privacy.pseudonymize_columns import pseudonymize_columns
    from transforms.redaction.operators import operator
    from transforms.redaction.redact_column import redact_column

    df = pseudonymize_columns(
        inputs.tables["clean.actions"],
        columns=IDENTIFIERS,
        keys=inputs.keys,
        domain=domain(inputs),
    )
    rule = inputs.policy.purposes[inputs.policy.pseudonym_purpose].redaction
    df = redact_column(df, "text", operator=operator(rule.operator), kinds=rule.kinds, whole=rule.whole_text)
    return Built(df.withColumn("_reason", F.lit(None).cast("string")))


JOB = Job(contract("protected.actions"), (Read("clean.actions", counted=True),), build_protected_actions, "row")

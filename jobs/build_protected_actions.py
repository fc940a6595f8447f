"""Protect actions: keyed pseudonyms for identifiers, free text redacted."""

from __future__ import annotations

from jobs.build_protected_pings import protected
from jobs.job import Built, Inputs, Job, Read
from quality.contracts import contract

READS, WRITES = contract("clean.actions"), contract("protected.actions")


def build_protected_actions(inputs: Inputs) -> Built:
    """Replace identifiers by keyed pseudonyms; free text loses what the policy says for the pseudonyms' purpose."""
    from pyspark.sql import functions as F

    return Built(protected(inputs, READS, WRITES).withColumn("_reason", F.lit(None).cast("string")))


JOB = Job(WRITES, (Read(READS.name, counted=True),), build_protected_actions, "row")

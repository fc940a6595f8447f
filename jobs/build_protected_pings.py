"""Protect positions: keyed pseudonyms for identifiers, grid cells no finer than the ceiling for coordinates."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from jobs.job import Built, Inputs, Job, Read
from quality.checks.check_precision import check_precision
from quality.checks.verdict import Verdict
from quality.contracts import Contract, contract
from quality.policies.jurisdiction import Precision

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from transforms.privacy.identifiers import Domain

READS, WRITES = contract("clean.pings"), contract("protected.pings")
GENERALIZED = ("event_time", "cell", "cell_area_m2")


def build_protected_pings(inputs: Inputs) -> Built:
    """Replace identifiers by keyed pseudonyms, coordinates by the finest cell the policy allows, and floor times."""
    from pyspark.sql import functions as F

    from transforms.location.generalize_places import generalize_places

    limits, df = ceiling(inputs), protected(inputs, READS, WRITES, GENERALIZED)
    df = generalize_places(df, min_area_m2=limits.min_area_m2, min_radius_m=limits.min_radius_m)
    step = limits.time_minutes * 60
    floored = F.timestamp_seconds(F.floor(F.unix_timestamp("event_time") / step) * step)
    return Built(df.withColumn("event_time", floored).withColumn("_reason", F.lit(None).cast("string")))


def protected(inputs: Inputs, reads: Contract, writes: Contract, made: Collection[str] = ()) -> DataFrame:
    """Return the rows of a clean table as the contract of a protected one asks, for the purpose of pseudonyms."""
    from transforms.privacy.protect_rows import protect_rows

    redaction = inputs.policy.purposes[inputs.policy.pseudonym_purpose].redaction
    return protect_rows(
        inputs.tables[reads.name],
        reads,
        writes,
        keys=inputs.keys,
        domain=domain(inputs),
        redaction=redaction,
        made=made,
    )


def domain(inputs: Inputs) -> Domain:
    """Return where pseudonyms of this region may be linked."""
    from transforms.privacy.identifiers import Domain

    return Domain(inputs.region.name, inputs.policy.pseudonym_purpose, inputs.policy.pseudonym_epoch)


def ceiling(inputs: Inputs) -> Precision:
    """Return the precision of protected positions: that of the pseudonyms' purpose, else that of releases."""
    uses = inputs.policy.uses_of(inputs.region.jurisdiction, "pings")
    use = uses.get(inputs.policy.pseudonym_purpose) or uses.get(inputs.policy.release_purpose)
    if use is None:
        inputs.policy.use(inputs.region.jurisdiction, inputs.policy.release_purpose)  # raises: nothing is allowed
    assert use is not None
    return use.precision


def _no_finer(df: DataFrame, inputs: Inputs) -> list[Verdict]:
    return [check_precision(df, ceiling(inputs), time="event_time")]


JOB = Job(
    WRITES,
    (Read(READS.name, counted=True),),
    build_protected_pings,
    "row",
    checks=(_no_finer,),
    verifies=("precision_ceiling",),
)

"""Protect positions: keyed pseudonyms for identifiers, grid cells no finer than the ceiling for coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.job import Built, Inputs, Job, Read
from quality.checks.check_precision import check_precision
from quality.checks.verdict import Verdict
from quality.contracts import contract
from quality.policies.policy import Precision

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from transforms.privacy.identifiers import Domain

IDENTIFIERS = {
    "event_key": ("event_id", "event"),
    "actor_key": ("actor_id", "actor"),
    "device_key": ("device_id", "device"),
    "trip_key": ("trip_id", "trip"),
}


def build_protected_pings(inputs: Inputs) -> Built:
    """Replace identifiers by keyed pseudonyms, coordinates by the finest cell the policy allows, and floor times."""
    from pyspark.sql import functions as F

    from transforms.location.generalize_places import generalize_places
    from transforms.privacy.pseudonymize_columns import pseudonymize_columns

    limits = ceiling(inputs)
    df = pseudonymize_columns(
        inputs.tables["clean.pings"],
        columns=IDENTIFIERS,
        keys=inputs.keys,
        domain=domain(inputs),
    )
    df = generalize_places(df, min_area_m2=limits.min_area_m2, min_radius_m=limits.min_radius_m)
    step = limits.time_minutes * 60
    floored = F.timestamp_seconds(F.floor(F.unix_timestamp("event_time") / step) * step)
    return Built(df.withColumn("event_time", floored).withColumn("_reason", F.lit(None).cast("string")))


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
    contract("protected.pings"),
    (Read("clean.pings", counted=True),),
    build_protected_pings,
    "row",
    checks=(_no_finer,),
    verifies=("precision_ceiling",),
)

"""Release places: how many persons were in a named place on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.build_curated_mobility import READS, leveled_visits
from jobs.job import Built, Inputs, Job
from quality.checks.check_crowds import check_floor
from quality.checks.verdict import Verdict
from quality.contracts import contract

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def build_curated_place_counts(inputs: Inputs) -> Built:
    """Count distinct persons by the name of their tile's place and day; counts below k are suppressed."""
    from transforms.privacy.count_places import count_places

    release = inputs.rules.release
    visits, withheld = leveled_visits(inputs)
    return Built(count_places(visits, k=release.k, slot_hours=release.slot_hours, window="_window"), withheld)


def _holds(df: DataFrame, inputs: Inputs) -> list[Verdict]:
    return [check_floor(df, inputs.rules.release.k)]


JOB = Job(
    contract("curated.place_counts"),
    READS,
    build_curated_place_counts,
    "aggregate",
    checks=(_holds,),
    verifies=("k_reached",),
    windowed=True,
)

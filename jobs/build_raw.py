"""Land raw: records of landed files become typed rows, one event each, as the source mapping says."""

from __future__ import annotations

from functools import partial, reduce

from jobs.job import Built, Inputs, Job
from quality.contracts import DATE, Contract, contract


def build_raw(writes: Contract, inputs: Inputs) -> Built:
    """Type the records of every landed file that holds rows of these dates, as its source mapping says.

    A record that cannot be typed is quarantined; without a declared legal basis every personal row is rejected.
    """
    from pyspark.sql import functions as F

    from transforms.landing.map_records import map_records

    landed = inputs.landed(writes, inputs.dates)
    rows = [
        map_records(records, mapping, emit)
        for records, mapping in landed
        for emit in mapping.emits
        if emit.to == writes.name
    ]
    if not rows:
        return Built(inputs.nothing(writes))
    return Built(reduce(lambda one, other: one.unionByName(other), rows).where(F.col(DATE).isin(list(inputs.dates))))


def raw_job(name: str) -> Job:
    """Return the job that lands the raw or reference table of that name."""
    writes = contract(name)
    return Job(writes, (), partial(build_raw, writes), "land")

"""Land raw: records of landed files become typed rows, one event each, as the source mapping says."""

from __future__ import annotations

from functools import partial, reduce

from jobs.job import Built, Inputs, Job
from quality.contracts import DATE, Contract, contract


def build_raw(writes: Contract, inputs: Inputs) -> Built:
    """Type the records of every landed file that holds rows of these dates, as its source mapping says.

    A record that cannot be typed is quarantined; without a declared legal basis every personal row is rejected.
    """
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F

    from transforms.landing.map_records import map_records

    asked = F.col(DATE).isin(list(inputs.dates))
    rows = []
    for landed in inputs.landed(writes, inputs.dates):
        for emit in (emit for emit in landed.mapping.emits if emit.to == writes.name):
            mapped = map_records(landed.records, landed.mapping, emit)
            # a filter costs something for each row, so it is there only where it is needed
            rows.append(mapped.where(asked) if landed.dates - set(inputs.dates) else mapped)
    return Built(reduce(DataFrame.unionByName, rows) if rows else inputs.nothing(writes))


def raw_job(name: str) -> Job:
    """Return the job that lands the raw or reference table of that name."""
    writes = contract(name)
    return Job(writes, (), partial(build_raw, writes), "land")

"""A run that fails over rows, on a worker or in Java, or that tells them: `python -m tests.e2e.run_that_fails HOW`."""

from __future__ import annotations

import sys
from dataclasses import replace

import pyarrow as pa
from pyspark.sql import functions as F

from jobs.job import function_of
from jobs.registry import JOBS
from quality.contracts.errors import GeowardError
from transforms.arrow_function import arrow_function

TABLE = "raw.pings"


def raising(values: pa.Array) -> pa.Array:
    raise ValueError(f"bad: {values.to_pylist()}")


def telling(column):
    """Tell rows in an error that is Geoward's own, as no code may."""

    def build(frame):
        raise GeowardError(f"bad: {[row[0] for row in frame.select(column).limit(20).collect()]}")

    return build


FAULTS = {
    "worker": lambda frame: frame.withColumn("actor_id", arrow_function(raising, "string")("actor_id")),
    "java": lambda frame: frame.withColumn("actor_id", F.col("actor_id").cast("int").cast("string")),
    "driver": lambda frame: int(str([row[0] for row in frame.select("actor_id").limit(20).collect()])),
    "told": telling("actor_id"),
}


def failing(job, fault):
    """Return the job with a fault in what it builds."""

    def build(inputs):
        built = job.build(inputs)
        return replace(built, frame=fault(built.frame))

    build.__module__ = function_of(job.build).__module__  # whose code the plan knows
    return replace(job, build=build)


if __name__ == "__main__":
    JOBS[TABLE] = failing(JOBS[TABLE], FAULTS[sys.argv[1]])
    sys.argv = ["geoward", "run", TABLE]
    from dagster_project import cli

    cli.main()

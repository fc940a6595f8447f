"""The job that publishes a declared release of the lake, of whatever kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from jobs.job import Built, Job, Read
from quality.checks.verdict import Verdict
from quality.contracts import Contract


def release_job(
    writes: Contract, build: Callable[..., Built], holds: Callable[..., list[Verdict]], verifies: tuple[str, ...]
) -> Job:
    """Return the job of a release whose contract was derived from its declaration; both functions take its ``name``."""
    name = writes.name.rpartition(".")[2]
    reads = dict.fromkeys(source.rpartition(".")[0] for column in writes for source in column.source)
    return Job(
        writes,
        (*(Read(table, counted=True) for table in reads), Read("raw.consents", "all_dates")),
        partial(build, name=name),
        "aggregate",
        checks=(partial(holds, name=name),),
        verifies=verifies,
    )

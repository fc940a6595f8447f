"""All jobs, each after those it reads from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jobs import (
    build_curated_actor_features,
    build_curated_mobility,
    build_curated_place_counts,
    build_curated_privacy_spends,
    build_protected_actions,
    build_protected_pings,
)
from jobs.build_clean import clean_job
from jobs.build_noisy_release import noisy_job
from jobs.build_raw import raw_job
from jobs.build_table_release import table_job
from jobs.job import Job, function_of
from quality.contracts import CONTRACTS, Layer
from quality.contracts.declared import read_declared
from quality.contracts.errors import UsageError

_HERE = Path(__file__).parent
_TRANSFORMS = _HERE.parent / "transforms"
_LANDED = [name for name, contract in CONTRACTS.items() if contract.layer in (Layer.RAW, Layer.REFERENCE)]

JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        *(raw_job(name) for name in _LANDED),
        clean_job("pings"),
        clean_job("actions"),
        build_protected_pings.JOB,
        build_protected_actions.JOB,
        build_curated_mobility.JOB,
        build_curated_place_counts.JOB,
        build_curated_actor_features.JOB,
        *map(table_job, read_declared("table")),
        *map(noisy_job, read_declared("noisy")),
        build_curated_privacy_spends.job_after(read_declared("noisy")),
    )
}
"""Jobs by the table they write."""


def job_named(name: str) -> Job:
    """Return the job that writes the table of that name; raise ``UsageError`` when there is none."""
    try:
        return JOBS[name]
    except KeyError:
        raise UsageError(f"No job writes {name!r}.", mend=f"Known: {', '.join(JOBS)}.") from None


def code_of(job: Job) -> str:
    """Return a digest of the code that can change the job's rows: its transforms and its own module."""
    module = function_of(job.build).__module__.rpartition(".")[2]
    shared = ("allowed_rows", "build_protected_pings", "build_curated_mobility") if job.kind == "aggregate" else ()
    digest = hashlib.sha256()
    for path in sorted({_HERE / f"{name}.py" for name in (*shared, module)} | set(_TRANSFORMS.rglob("*.py"))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]

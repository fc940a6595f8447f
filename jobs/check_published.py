"""Judge what is published now, by the same checks as before its publication."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from jobs.audit_staged import audit_staged
from jobs.harmed_files import harm_explained
from jobs.job import Job
from jobs.job_inputs import Workplace
from jobs.lost_keys import require_keys
from jobs.region_faults import Fence, unfenced
from jobs.registry import JOBS
from quality.checks.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of one published table of one region."""

    table: str
    region: str
    version: int
    verdicts: tuple[Verdict, ...]


def check_published(
    places: Sequence[Workplace], tables: Collection[str], progress: Callable[[str], None], fence: Fence = unfenced
) -> Iterator[Judged]:
    """Check every published table of the regions, or only ``tables``. A check can fail now that passed before.

    Consent withdrawn since, retention that has passed, or a file changed by another hand are such reasons. What a
    region raises goes to its ``fence``: the rest of it is not judged.
    """
    for place in places:
        with fence(place.region):
            yield from _judged(place, tables, progress)


def _judged(place: Workplace, tables: Collection[str], progress: Callable[[str], None]) -> Iterator[Judged]:
    for name, job in JOBS.items():
        with harm_explained([place.region], (name,)):
            table = place.lake.table(name)
        if table is None or (tables and name not in tables):
            continue
        require_keys(place.home)
        progress(f"{place.region.name} {name}")
        yield Judged(name, place.region.name, table.version(), _judge(place, job))


def _judge(place: Workplace, job: Job) -> tuple[Verdict, ...]:
    """Raise ``EnvironmentFault`` if what fails are files of the table, or of one it is made from."""
    with harm_explained([place.region], (job.name, *(read.table for read in job.reads))):
        staged = place.lake.published(job.writes)
        inputs = place.inputs(job, tuple(sorted({file.date for file in staged.files})) or (place.today(),))
        try:
            return tuple(audit_staged(job, place, inputs, staged))
        finally:
            inputs.forget()

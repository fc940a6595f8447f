"""Make one table's dates in one region, as an asset asks for them: here, or in a process that spark-submit started."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jobs.date_files import date_files
from jobs.job import partition_of
from jobs.job_inputs import Workplace
from jobs.nightly import run_table
from jobs.plan import plan
from jobs.registry import job_named
from jobs.report import RunReport


def make_table(
    place: Workplace, table: str, days: Iterable[date], run_id: str = "", *, only_stale: bool = False
) -> list[RunReport]:
    """Make the partitions that hold ``days``, or those of them that are stale. Raises what ``run_job`` raises.

    A table of landed rows has the new files dated first.
    """
    job = job_named(table)
    if job.kind == "land":
        date_files(place)
    wanted = {partition_of(job, place.release, day) for day in days}
    if only_stale:
        wanted &= {entry.date for entry in plan(place, tables=[table]) if entry.table == table}
    return run_table(place, table, wanted, run_id) if wanted else []

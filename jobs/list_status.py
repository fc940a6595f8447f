"""The status of an installation as a listing."""

from __future__ import annotations

from jobs.home import Home
from jobs.landed_regions import catalogs
from jobs.listings import StatusListing, StatusProblem, TableState
from jobs.run_lock import run_is_alive
from jobs.status import problems, status


def list_status(home: Home, region: str = "") -> StatusListing:
    """Return the state of every table and what is wrong, of one region or all."""
    found = [problem for problem in problems(home) if region in ("", problem.region)]
    files = [file for _, catalog in catalogs(home, region) for file in catalog.files()]
    return StatusListing(
        ok=not found,
        run_is_alive=run_is_alive(home),
        waiting_files=sum(not file.dated and not file.reason for file in files),
        tables=[
            TableState(
                region=one.region, table=one.table, state=one.state, newest=one.newest, partitions=one.partitions,
                stale=one.stale,
            )
            for one in status(home, region)
        ],
        problems=[
            StatusProblem(
                kind=one.kind, region=one.region, table=one.table, date=one.date, what=one.what, mend=one.mend,
                runbook=one.runbook,
            )
            for one in found
        ],
    )  # fmt: skip

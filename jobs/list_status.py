"""The status of an installation as a listing."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.home import Home
from jobs.landed_regions import catalogs, covered
from jobs.listings import StatusListing, StatusProblem, TableState
from jobs.problem import Problem
from jobs.run_lock import run_is_alive
from jobs.status import TableStatus


def list_status(home: Home, tables: Sequence[TableStatus], found: Sequence[Problem], region: str = "") -> StatusListing:
    """Return the state of the tables and what was found wrong, of one region or all.

    Raises ``UsageError`` for a region that is not configured.
    """
    broken = {table.region for table in tables if not table.table}
    readable = [place.name for place in covered(home, region) if place.name not in broken]
    waiting = [file for name in readable for _, catalog in catalogs(home, name) for file in catalog.waiting()]
    mine = [problem for problem in found if region in ("", problem.region) or not problem.region]
    return StatusListing(
        ok=not mine,
        run_is_alive=run_is_alive(home),
        waiting_files=len(waiting),
        tables=[
            TableState(
                region=one.region, table=one.table, state=one.state, newest=one.newest, partitions=one.partitions,
                stale=one.stale,
            )
            for one in tables
            if region in ("", one.region)
        ],
        problems=[
            StatusProblem(
                kind=one.kind, region=one.region, table=one.table, date=one.date, what=one.what, mend=one.mend,
                runbook=one.runbook,
            )
            for one in mine
        ],
    )  # fmt: skip

"""The nightly run: date new files, plan what is stale, and make it in order. Dagster, the CLI and tests all call it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from jobs.audit_log import audit
from jobs.date_files import date_files
from jobs.explain_failure import explained
from jobs.harmed_files import harm_explained
from jobs.home import Home, Region
from jobs.job_inputs import Workplace
from jobs.landed_regions import catalogs
from jobs.plan import Stale, held_back, plan, provenance
from jobs.quarantine import quarantine_contract
from jobs.region_faults import Fence, RegionFaults, unfenced
from jobs.registry import JOBS
from jobs.report import RunReport
from jobs.run import Run, new_run_id
from jobs.run_job import run_job
from jobs.run_ledger import RunLedger
from jobs.storage_problems import refuse_lost
from jobs.take_over import take_over
from jobs.unreadable_files import with_readable_files
from quality.contracts.errors import GeowardError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is limited to: tables (with what they are made from), regions, dates; ``force`` repeats the fresh."""

    tables: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    force: bool = False


SMALL_RUN_BYTES = 4 << 20
"""Landed bytes up to which a session is tuned for a small run."""


class Sessions:
    """Starts one Spark session for the process when first asked, or ahead of time in a thread."""

    def __init__(self, home: Home, landed: Callable[[], int] | None = None) -> None:
        """Nothing starts yet. ``landed`` tells the landed bytes that the run reads; else all that ever landed count."""
        self._home, self._lock, self._landed = home, threading.Lock(), landed
        self._session: SparkSession | None = None

    def __call__(self) -> SparkSession:
        """Return the session, starting it at first use."""
        from jobs.session import start_session

        with self._lock:
            if self._session is None:
                take_over(self._home)  # one Spark at a time
                self._session = start_session(scratch=self._home.folder("scratch"), short_lived=self._small)
            return self._session

    @property
    def side_by_side(self) -> int:
        """How many tables to make at a time: two for a small run; in a large one each fills the machine."""
        return 2 if self._small else 1

    @cached_property
    def _small(self) -> bool:
        if self._landed:
            return self._landed() <= SMALL_RUN_BYTES
        faults, landed = RegionFaults(), 0
        for region in self._home.regions.values():
            with faults.fence(region):  # of which its own run tells
                landed += sum(
                    file.bytes for _, catalog in catalogs(self._home, region.name) for file in catalog.files()
                )
        return landed <= SMALL_RUN_BYTES

    def start_early(self) -> None:
        """Start in a thread, while the caller imports or plans."""
        import pyspark.sql  # noqa: F401  here, since two threads may not import it at once

        threading.Thread(target=self, daemon=True).start()


def open_place(home: Home, region: Region, spark: Callable[[], SparkSession]) -> Workplace:
    """Open a region to run in it, with its ledger of runs; raise ``EnvironmentFault`` if its storage is gone."""
    refuse_lost(home, region)
    RunLedger(region)
    return Workplace.open(home, region, spark)


def open_places(
    home: Home, scope: Scope, spark: Callable[[], SparkSession], fence: Fence = unfenced
) -> list[Workplace]:
    """Open the regions of the scope; what one of them raises goes to its ``fence``, and it is left out.

    Raises ``UsageError`` for an unknown region or table.
    """
    from jobs.registry import job_named

    for table in scope.tables:
        job_named(table)
    places = []
    for region in [home.region(name) for name in scope.regions or home.regions]:
        with fence(region):
            places.append(open_place(home, region, spark))
    return places


def waiting_files(places: Iterable[Workplace]) -> int:
    """Return how many landed files have no dates yet; dating them needs Spark."""
    return sum(len(place.catalog.waiting()) for place in places)


def plan_all(
    places: Sequence[Workplace], scope: Scope, progress: Progress, fence: Fence = unfenced
) -> dict[str, list[Stale]]:
    """Date new files and return the stale partitions by region, in the order they must run.

    What a region raises goes to its ``fence``, and it is left out.
    """
    found = {}
    for place in places:
        with fence(place.region):
            date_files(place, progress)
            found[place.region.name] = plan_one(place, scope)
            _begin_anew(place, found[place.region.name])
    return found


def _begin_anew(place: Workplace, planned: Collection[Stale]) -> None:
    """Forget what a table that is gone had published, if all of it is to be made: in one run or in several."""
    for table in {one.table for one in planned}:
        if place.lake.is_gone(table):
            known = {day for _, day in place.catalog.origins([table])}
            if known <= {one.date for one in planned if one.table == table}:
                place.catalog.forget_table(table)
        if place.lake.is_gone(quarantine_contract(table).name):
            kept_back = place.catalog.kept_back(table)
            if kept_back <= {one.date for one in planned if one.table == table}:
                place.catalog.doubt(table, kept_back)


def plan_one(place: Workplace, scope: Scope) -> list[Stale]:
    """Return a region's stale partitions as far as its files are dated, in the order they must run."""
    return plan(place, tables=scope.tables, first=scope.first, last=scope.last, force=scope.force)


def held_one(place: Workplace, scope: Scope) -> list[Stale]:
    """Return a region's partitions that are not made because they were withdrawn; none if repeats are asked for."""
    if scope.force:
        return []
    return held_back(place, tables=scope.tables, first=scope.first, last=scope.last)


def run_table(place: Workplace, table: str, dates: Collection[date], run_id: str = "") -> list[RunReport]:
    """Make one table's partitions now, and enter the run in ledger and audit log. Raises what ``run_job`` raises."""
    run_id = run_id or new_run_id()
    job = JOBS[table]
    try:
        reads = [read.table for read in job.reads]
        entered = RunLedger(place.region).entered(run_id, table, dates)
        with explained(), entered, explained(), harm_explained([place.region], reads):
            return with_readable_files(
                place, job, dates, lambda: run_job(job, place, _run_of(place, table, dates, run_id))
            )
    except Exception as error:  # the message of one that Geoward does not explain may hold a row's value
        why = error.message if isinstance(error, GeowardError) else type(error).__name__
        with suppress(Exception):  # on a full disk this fails too, and the first error is the one to show
            audit(place.home, "run", table, f"failed: {why}", region=place.region.name, run_id=run_id)
        raise


def _run_of(place: Workplace, table: str, dates: Collection[date], run_id: str) -> Run:
    known = {entry.date: entry for entry in provenance(place, table, sorted(dates))}
    return Run(
        run_id, tuple(known), {day: e.reason for day, e in known.items()},
        {day: (e.digest, e.parts) for day, e in known.items()},
    )  # fmt: skip

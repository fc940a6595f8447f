"""Runs of Dagster: the first asset of a run begins all of its tables, and each asset waits for its own."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Protocol

import dagster as dg

from jobs.date_files import date_files
from jobs.home import Home
from jobs.job import partition_of
from jobs.job_inputs import Workplace
from jobs.nightly import Sessions, open_place
from jobs.plan import plan
from jobs.registry import JOBS
from jobs.report import RunReport
from jobs.run_ahead import Dates, RunAhead, dates_by_table, stopping

PLANNED = "geoward/planned"
"""A run with this tag makes only what is stale in its range; one without, as from the UI, makes all of it."""


class Runs(Protocol):
    """Makes the tables of Dagster's runs: in this process, or in one that it submits to a cluster."""

    interrupted: bool
    """Whether a wait was interrupted: Dagster makes a failed step of it, and goes on."""

    def begin(self, run_id: str, region: str, dates: Dates) -> object:
        """Take what a run is to make in a region, before Dagster asks for it."""

    def result(
        self, context: dg.AssetExecutionContext, table: str, region: str, days: Sequence[date]
    ) -> list[RunReport]:
        """Wait for a table of a run, begun now if none did; raise what its run or the planning raised."""

    def close(self) -> None:
        """Let what runs end, and begin nothing more."""


class PlannedRuns:
    """Makes them in this process, ahead of the assets: Dagster tells of the tables one after another."""

    def __init__(self, home: Home, sessions: Sessions) -> None:
        """Nothing runs yet."""
        self._home, self._sessions, self._lock = home, sessions, threading.RLock()
        self._ahead: dict[tuple[str, str], RunAhead] = {}
        self._pool: ThreadPoolExecutor | None = None
        self.interrupted = False

    def begin(self, run_id: str, region: str, dates: Dates) -> RunAhead:
        """Begin a run's tables, behind those of the region's earlier runs."""
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(self._sessions.side_by_side)
            earlier = [made for (_, where), one in self._ahead.items() if where == region for made in one.made.values()]
            ahead = RunAhead(self._open(region), dates, run_id, self._pool, earlier)
            self._ahead[run_id, region] = ahead
            return ahead

    def result(
        self, context: dg.AssetExecutionContext, table: str, region: str, days: Sequence[date]
    ) -> list[RunReport]:
        """Wait for a table of a run, begun now if none did; raise what its run or the planning raised.

        Of a table that was fresh it returns what is published, as when a killed run published it and could not tell.
        """
        with self._lock:
            ahead = self._ahead.get((context.run.run_id, region))
            ahead = ahead or self.begin(context.run.run_id, region, self._asked(context.run, region, days))
        assert self._pool is not None
        try:
            with stopping(self._pool):
                return ahead.result(table) or published_of(self._open(region), table, days)
        except BaseException as stop:
            self.interrupted = self.interrupted or not isinstance(stop, Exception)
            raise

    def close(self) -> None:
        """Let what runs end, and begin nothing more."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _open(self, region: str) -> Workplace:
        return open_place(self._home, self._home.region(region), self._sessions)

    def _asked(self, run: dg.DagsterRun, region: str, days: Sequence[date]) -> Dates:
        place = self._open(region)
        date_files(place)
        return asked_of(run, place, days)


def asked_of(run: dg.DagsterRun, place: Workplace, days: Sequence[date]) -> Dates:
    """Return what a run is to make for ``days``: all of its tables' partitions, or with the tag those that are stale.

    New files must have been dated before.
    """
    wanted = {table: {partition_of(JOBS[table], place.release, day) for day in days} for table in _selected(run)}
    if PLANNED not in run.tags:
        return wanted
    return dates_by_table(entry for entry in plan(place) if entry.date in wanted.get(entry.table, ()))


def published_of(place: Workplace, table: str, days: Sequence[date]) -> list[RunReport]:
    """Return the reports of what is published of a table for ``days``."""
    wanted = {partition_of(JOBS[table], place.release, day) for day in days}
    known = map(RunReport.from_dict, place.catalog.reports(table, min(wanted), max(wanted)))
    return [report for report in known if report.date in wanted]


def step_of(table: str) -> str:
    """Return the name of the step that makes a table."""
    return table.replace(".", "__")


def _selected(run: dg.DagsterRun) -> Collection[str]:
    """Return the tables of the run; a retry from failure has fewer steps than its selection."""
    if run.step_keys_to_execute is not None:
        return {table for table in JOBS if step_of(table) in run.step_keys_to_execute}
    return {".".join(key.path) for key in run.asset_selection} if run.asset_selection else JOBS

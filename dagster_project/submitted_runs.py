"""Dagster's runs on a cluster: one spark-submit makes the tables of a run and tells of each by Dagster Pipes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import dagster as dg

from dagster_project.planned_runs import asked_of, published_of
from jobs.home import Home
from jobs.lake import no_spark
from jobs.nightly import open_place, waiting_files
from jobs.pipes import order, reports_in
from jobs.report import RunReport
from jobs.run_ahead import Dates
from jobs.run_lock import hand_over_writing
from jobs.submit import date_on_cluster, ended_badly, interrupt, start_submitted

POLL_S = 0.05
"""How often to look for answers."""


class SubmittedRuns:
    """Makes the tables of Dagster's runs in processes that it submits, one for each run and region."""

    def __init__(self, home: Home) -> None:
        """Nothing runs yet."""
        self._home = home
        self._begun: dict[tuple[str, str], Dates] = {}
        self._submitted: dict[tuple[str, str], _Submitted] = {}
        self.interrupted = False

    def begin(self, run_id: str, region: str, dates: Dates) -> None:
        """Take what a run is to make in a region; its first asset submits it."""
        self._begun[run_id, region] = dates

    def result(
        self, context: dg.AssetExecutionContext, table: str, region: str, days: Sequence[date]
    ) -> list[RunReport]:
        """Wait for a table of a run, submitted now if it was not; raise what its run or the planning raised."""
        key = context.run.run_id, region
        try:
            if key not in self._begun:
                self._begun[key] = self._asked(context.run, region, days)
            if table not in self._begun[key]:
                return published_of(open_place(self._home, self._home.region(region), no_spark), table, days)
            if key not in self._submitted:
                self._submitted[key] = _Submitted(context, self._home, order(region, self._begun[key], key[0]))
            return self._submitted[key].result(table)
        except BaseException as stop:
            if not isinstance(stop, Exception):
                self.interrupted = True
                self._interrupt()
            raise

    def close(self) -> None:
        """Let what runs end."""
        for submitted in self._submitted.values():
            submitted.close()

    def _asked(self, run: dg.DagsterRun, region: str, days: Sequence[date]) -> Dates:
        place = open_place(self._home, self._home.region(region), no_spark)
        if waiting_files([place]):
            date_on_cluster(self._home, [region])
        return asked_of(run, place, days)

    def _interrupt(self) -> None:
        for submitted in self._submitted.values():
            submitted.interrupt()


class _Submitted:
    """One process that was submitted, and what it has told so far."""

    def __init__(self, context: dg.AssetExecutionContext, home: Home, ordered: dict[str, Any]) -> None:
        """Submit the order."""
        hand_over_writing(home)
        self._tables = set(ordered["dates"])
        with ExitStack() as opened:
            self._session = opened.enter_context(
                dg.open_pipes_session(
                    context, dg.PipesTempFileContextInjector(), dg.PipesTempFileMessageReader(), extras=ordered
                )
            )
            self._process = start_submitted(home, "pipes", more=self._session.get_bootstrap_env_vars())
            self._opened = opened.pop_all()

    def result(self, table: str) -> list[RunReport]:
        """Wait for a table's answer and return its reports; raise what it says went wrong, or that none came."""
        while table not in (told := self._told()):
            if self._process.poll() is not None:
                self.close()  # which reads what it still had to say
                if table not in self._told():
                    raise ended_badly(self._process.returncode)
            time.sleep(POLL_S)
        if self._tables <= told.keys():
            self.close()
        return reports_in(told[table])

    def interrupt(self) -> None:
        """End the process, as an interrupt of this one does."""
        interrupt(self._process)

    def close(self) -> None:
        """Wait for the process to end, and read what it has told."""
        self._process.wait()
        self._opened.close()

    def _told(self) -> dict[str, dict[str, Any]]:
        return {answer["table"]: answer for answer in self._session.get_custom_messages()}

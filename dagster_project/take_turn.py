"""Runs of an installation one after another: a run that Dagster began waits for one in a shell, and says so."""

from __future__ import annotations

import dagster as dg

from dagster_project.run_process import tell_process
from jobs.home import Home
from jobs.take_over import take_over


def take_turn(context: dg.AssetExecutionContext, home: Home) -> None:
    """Hold the installation from here on, before anything is planned; whom it waits for is told in the run's log.

    It is an event of the engine, since the run's log takes no messages of Python: they might hold a row's value.
    """
    tell_process(context)
    take_over(home, lambda text: _tell(context, text))


def _tell(context: dg.AssetExecutionContext, text: str) -> None:
    context.instance.report_engine_event(text, context.run)

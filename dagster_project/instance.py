"""The Dagster instance of an installation: its history in the installation's folder, no telemetry, no sign-up."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from jobs.home import Home

_SETTINGS = """\
telemetry: {enabled: false}
python_logs: {python_log_level: CRITICAL}
nux: {enabled: false}
event_log_storage: {module: dagster_project.event_store, class: BatchedEvents}
concurrency:
  pools: {default_limit: 1, granularity: op}   # one Spark at a time on one machine
run_monitoring: {enabled: true, max_resume_run_attempts: 0}
run_retries: {enabled: true, max_retries: 0}
"""


def dagster_home(home: Home) -> Path:
    """Return the folder of the instance, with its settings written at first use."""
    folder = home.folder("dagster")
    settings = folder / "dagster.yaml"
    if not settings.exists():
        settings.write_text(_SETTINGS, encoding="utf-8")
    return folder


def open_instance(home: Home) -> dg.DagsterInstance:
    """Open the installation's instance."""
    os.environ["DAGSTER_HOME"] = str(dagster_home(home))
    return dg.DagsterInstance.get()

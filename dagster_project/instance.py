"""The Dagster instance of an installation: its history in the installation's folder, no telemetry, no sign-up.

Its settings are written anew whenever they are not those of this version, so that an older installation gets them too.
Those of ``dagster.yaml`` beside ``geoward.yaml`` go before ours.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from jobs.home import Home

POOL = "spark"

_OURS = """\
telemetry: {enabled: false}
python_logs: {python_log_level: CRITICAL}
nux: {enabled: false}
event_log_storage: {module: dagster_project.event_store, class: BatchedEvents}
run_launcher: {module: dagster_project.run_launcher, class: WatchedLauncher}
concurrency: {pools: {default_limit: 1, granularity: run}}
run_monitoring:
  {enabled: true, poll_interval_seconds: 30, max_resume_run_attempts: 0, free_slots_after_run_end_seconds: 60}
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
"""
"""A pool counts runs, since a run's process keeps its Spark between steps. Only what was killed is tried again."""

_BEFORE = """\
telemetry: {enabled: false}
python_logs: {python_log_level: CRITICAL}
nux: {enabled: false}
event_log_storage: {module: dagster_project.event_store, class: BatchedEvents}
concurrency: {pools: {default_limit: 1, granularity: op}}
run_monitoring: {enabled: true, max_resume_run_attempts: 0}
run_retries: {enabled: true, max_retries: 0}
"""
"""What was written once and then left to the user: what differs from it is the user's own."""

_HEAD = "# Geoward writes this file. Settings of your own go into ../dagster.yaml: they go before these.\n"


def dagster_home(home: Home) -> Path:
    """Return the folder of the instance, with its settings as they should be now."""
    folder = home.folder("dagster")
    settings, own = folder / "dagster.yaml", home.path / "dagster.yaml"
    if settings.exists() and not settings.read_text(encoding="utf-8").startswith(_HEAD):
        _keep_own(settings, own)
    theirs = yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else None
    text = _HEAD + yaml.safe_dump(_merged(yaml.safe_load(_OURS), theirs or {}), sort_keys=False)
    if not settings.exists() or settings.read_text(encoding="utf-8") != text:
        fresh = settings.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(settings)  # another process may read it just now
    return folder


def open_instance(home: Home) -> dg.DagsterInstance:
    """Open the installation's instance."""
    os.environ["DAGSTER_HOME"] = str(dagster_home(home))
    return dg.DagsterInstance.get()


def open_pool(home: Home) -> None:
    """Make the pool's limit known: Dagster would begin two runs at once before it has met the pool."""
    with open_instance(home) as instance:
        instance.event_log_storage.initialize_concurrency_limit_to_default(POOL)


def _keep_own(settings: Path, own: Path) -> None:
    """Take what the user changed in the file of an older version into the user's own."""
    was, before = yaml.safe_load(settings.read_text(encoding="utf-8")) or {}, yaml.safe_load(_BEFORE)
    changed = {name: value for name, value in was.items() if before.get(name) != value}
    if changed and not own.exists():
        own.write_text(yaml.safe_dump(changed, sort_keys=False), encoding="utf-8")


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for name, value in theirs.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(name), Mapping)
        merged[name] = _merged(merged[name], value) if both else value
    return merged

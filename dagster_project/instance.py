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
from dagster._config import EvaluationError

from jobs.home import Home
from quality.contracts.errors import ConfigError

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


_STORES = {"run_storage", "event_log_storage", "schedule_storage"}


def dagster_home(home: Home) -> Path:
    """Return the folder of the instance, with its settings as they should be now.

    Raises ``ConfigError`` that names what is wrong with the user's.
    """
    folder = home.folder("dagster")
    settings, own = folder / "dagster.yaml", home.path / "dagster.yaml"
    if settings.exists() and not settings.read_text(encoding="utf-8").startswith(_HEAD):
        _keep_own(settings, own)
    text = _HEAD + yaml.safe_dump(_settings(own), sort_keys=False)
    if not settings.exists() or settings.read_text(encoding="utf-8") != text:
        fresh = settings.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(settings)  # another process may read it just now
    return folder


def open_instance(home: Home) -> dg.DagsterInstance:
    """Open the installation's instance; raise ``ConfigError`` if Dagster refuses the user's settings."""
    os.environ["DAGSTER_HOME"] = str(dagster_home(home))
    try:
        return dg.DagsterInstance.get()
    except dg.DagsterInvalidConfigError as error:  # its text may hold a password
        named = ", ".join(f"`{_key(one)}`" for one in error.errors)
        raise _wrong(home.path / "dagster.yaml", f"Dagster does not accept {named}") from None


def _key(error: EvaluationError) -> str:
    """Return the key that an error is about, which is not a level of its own when Dagster does not know it."""
    unknown = getattr(error.error_data, "field_name", "")
    return ".".join([*error.stack.levels, *([unknown] if unknown else [])]) or "storage"


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


def _settings(own: Path) -> dict[str, Any]:
    """Return ours with the user's before them; raise ``ConfigError`` naming the key that cannot be merged."""
    ours = yaml.safe_load(_OURS)
    try:
        theirs = yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
        raise _wrong(own, f"it is no YAML{f', in line {line}' if line else ''}") from None
    if theirs is None:
        return dict(ours)
    if not isinstance(theirs, Mapping):
        raise _wrong(own, "it must hold keys with values, not " + ("a list" if isinstance(theirs, list) else "a word"))
    if theirs.get("storage") is not None:  # it stands for all three stores, and Dagster takes no second word on one
        if both := sorted(_STORES & theirs.keys()):
            raise _wrong(own, f"`storage` and `{both[0]}` exclude one another")
        ours = {name: value for name, value in ours.items() if name not in _STORES}
    return _merged(ours, theirs, own)


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any], own: Path, within: str = "") -> dict[str, Any]:
    """Return both, theirs before ours; a key that says nothing (null) leaves ours."""
    merged = dict(ours)
    for name, value in theirs.items():
        mine = merged.get(name)
        if isinstance(mine, Mapping) and value is not None and not isinstance(value, Mapping):
            raise _wrong(own, f"`{within}{name}` must hold keys with values")
        if isinstance(mine, Mapping):
            merged[name] = _merged(mine, value or {}, own, f"{within}{name}.")
        elif value is not None or mine is None:
            merged[name] = value
    return merged


def _wrong(own: Path, what: str) -> ConfigError:
    return ConfigError(f"Settings {own}: {what}.", mend="See Dagster's documentation of dagster.yaml, or remove it.")

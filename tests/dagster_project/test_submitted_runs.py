"""A run that another process makes is shown by Dagster as one of its own process is: real Pipes, no Spark."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from dagster_project.instance import open_instance
from dagster_project.materialize import materialize_batches
from jobs import run_ahead
from jobs import submit as submit_module
from jobs.batches import Batch
from jobs.home import open_home
from jobs.nightly import Sessions
from jobs.plan import Stale
from jobs.run_ahead import LEFT_OUT
from jobs.run_lock import give_run_lock, lock_path, run_is_alive, writer_lock_path
from quality.contracts.errors import UNEXPLAINED
from tests.dagster_project import answerer

pytestmark = [  # of Dagster's own code
    pytest.mark.filterwarnings("ignore:AssetExecutionContext.run_id is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*expected_writer_count. is currently in preview"),
]

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)
TABLES = ("raw.pings", "raw.labels", "clean.pings")
ANSWERER = Path(answerer.__file__)


@pytest.fixture
def on_cluster(home, monkeypatch):
    """Let the installation name a cluster, for which another process stands."""
    monkeypatch.setenv("PYTHONPATH", str(ANSWERER.parents[2]))
    monkeypatch.setattr(submit_module, "submit_command", lambda home, *words: [sys.executable, str(ANSWERER), *words])

    def on_cluster():
        with (home.path / "geoward.yaml").open("a") as config:
            config.write("spark: {properties: spark.conf}\n")
        return open_home()

    yield on_cluster
    give_run_lock(home)


@pytest.fixture
def run(hold, monkeypatch):
    """Run a batch in an installation; return the outcome and what Dagster then shows."""
    hold("eu", DAY, NEXT)
    monkeypatch.setattr(run_ahead, "run_table", answerer.run_table)

    def run(home, answer):
        monkeypatch.setenv("ANSWER", answer)
        stale = tuple(Stale(table, day, "never published", "", {}) for table in TABLES for day in (DAY, NEXT))
        batch = Batch("eu", TABLES, (DAY, NEXT), stale)
        (outcome,) = materialize_batches(home, Sessions(home), [batch], lambda table, reports: None)
        return outcome, _shown(home, outcome.run_id)

    return run


@pytest.mark.parametrize("answer", ["well", "audit", "mend", "value"])
def test_dagster_shows_the_same_of_it_as_of_a_run_in_its_own_process(home, on_cluster, run, answer):
    here, shown_here = run(home, answer)
    there, shown_there = run(on_cluster(), answer)

    assert (there.errors, there.exit_code) == (here.errors, here.exit_code)
    assert shown_there == shown_here
    assert any("raw.labels 2026" in partition for partition in shown_here)


def test_an_error_that_is_not_explained_names_only_its_kind(home, on_cluster, run, capfd):
    outcome, _ = run(on_cluster(), "value")

    assert re.sub(r" at [\w.]+:\d+", "", outcome.errors["raw.pings"]) == f"failed with ValueError. {UNEXPLAINED}"
    assert outcome.errors["clean.pings"] == LEFT_OUT
    assert [path for path in home.path.rglob("*") if path.is_file() and b"51.5007N" in path.read_bytes()] == []
    assert "51.5007N" not in "".join(capfd.readouterr())


def test_what_was_told_before_the_process_died_stays_told(on_cluster, run):
    outcome, shown = run(on_cluster(), "dies")

    assert "raw.pings 2026-06-01|eu" in shown and "raw.labels 2026-06-01|eu" not in shown
    assert outcome.errors["raw.labels"].startswith("spark-submit ended with code -9. Look at")
    assert outcome.exit_code == 4


def test_a_cluster_that_cannot_be_joined_is_tried_once_and_told_of_each_table(home, on_cluster, run):
    outcome, _ = run(on_cluster(), "no-cluster")

    assert (
        outcome.errors["raw.pings"]
        == outcome.errors["raw.labels"]
        == "The Spark cluster could not be joined. Check it."
    )
    assert outcome.exit_code == 4
    assert len(_started(home)) == 1


def test_one_process_makes_all_tables_of_a_run_and_holds_what_publishing_needs(home, on_cluster, run):
    run(on_cluster(), "well")

    (started,) = _started(home)
    assert started["writes"] and started["pid"] != os.getpid()
    assert json.loads(writer_lock_path(home).read_text())["pid"] == started["pid"]
    assert json.loads(lock_path(home).read_text())["pid"] == os.getpid()
    give_run_lock(home)
    assert not run_is_alive(home), "it has ended"


def test_an_interrupt_ends_the_submitted_process_too_and_one_that_goes_on_by_force(home, on_cluster, run, monkeypatch):
    monkeypatch.setattr(submit_module, "END_S", 1.0)

    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    threading.Thread(target=_alarm_once_started, args=[home], daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run(on_cluster(), "waits")

    (started,) = _started(home)
    with pytest.raises(ProcessLookupError):
        os.kill(started["pid"], 0)


def _alarm_once_started(home):
    while not (home.path / "started.jsonl").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGALRM)


def _started(home):
    return [json.loads(line) for line in (home.path / "started.jsonl").read_text().splitlines()]


def _shown(home, run_id):
    """Return what a run's page shows of its partitions and checks."""
    found = {}
    with open_instance(home) as instance:
        events = [entry.dagster_event for entry in instance.all_logs(run_id) if entry.dagster_event]
    for event in events:
        if event.is_step_materialization:
            told = event.step_materialization_data.materialization
            found[f"{'.'.join(told.asset_key.path)} {told.partition}"] = _plain(told.metadata)
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            told = event.event_specific_data
            found[f"{'.'.join(told.asset_key.path)} {told.check_name}"] = (told.passed, _plain(told.metadata))
    return found


def _plain(metadata):
    return {name: str(value.value) for name, value in metadata.items() if name != "run"}

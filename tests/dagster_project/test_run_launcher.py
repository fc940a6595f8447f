"""A run whose process is gone is found, whoever started it; one that lives or has only begun is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.launcher import WorkerStatus

from dagster_project.instance import open_instance
from dagster_project.run_launcher import WatchedLauncher
from dagster_project.run_process import BEGAN, began, is_alive
from dagster_project.take_turn import take_turn
from jobs.run_lock import give_run_lock


@pytest.fixture
def instance(home):
    with open_instance(home) as instance:
        yield instance


@pytest.fixture
def gone():
    """The id of a process that ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def health(instance):
    """Return how a run stands whose log names these processes, in order."""

    @dg.job
    def nothing():
        pass

    def health(*pids):
        run = instance.create_run_for_job(nothing)
        for pid in pids:
            instance.report_engine_event("here", run, EngineEventData.in_process(pid))
        instance.report_engine_event("something else", run)
        return instance.run_launcher.check_run_worker_health(run)

    return health


def test_run_monitoring_asks_for_the_health_of_runs(instance):
    assert isinstance(instance.run_launcher, WatchedLauncher)
    assert instance.run_monitoring_enabled and instance.run_launcher.supports_check_run_worker_health


def test_a_run_whose_process_is_gone_has_failed(health, gone):
    found = health(gone)

    assert (found.status, found.msg) == (WorkerStatus.FAILED, f"its process {gone} is gone")


def test_a_run_whose_process_lives_or_is_not_named_yet_is_running(health, gone):
    assert health(os.getpid()).status is WorkerStatus.RUNNING
    assert health().status is WorkerStatus.RUNNING
    assert health(gone, os.getpid()).status is WorkerStatus.RUNNING


def told(pid, began):
    return EngineEventData({"pid": dg.MetadataValue.text(str(pid)), BEGAN: dg.MetadataValue.text(began)})


@pytest.fixture
def recorded(instance):
    """Return how a run stands whose process told when it began, and then went on as Dagster's own events say."""

    @dg.job
    def nothing():
        pass

    def recorded(pid, began):
        run = instance.create_run_for_job(nothing)
        instance.report_engine_event("begun", run, told(pid, began))
        instance.report_engine_event("a step", run, EngineEventData.in_process(pid))
        return instance.run_launcher.check_run_worker_health(run).status

    return recorded


def test_a_process_that_was_given_the_id_of_one_that_is_gone_is_another(recorded):
    mine = began(os.getpid())
    boot, ticks = mine.split()

    assert recorded(os.getpid(), mine) is WorkerStatus.RUNNING
    assert recorded(os.getpid(), f"{boot} {int(ticks) - 1}") is WorkerStatus.FAILED
    assert recorded(os.getpid(), f"another-boot {ticks}") is WorkerStatus.FAILED


@pytest.mark.parametrize("step", [-86_400 * 365, -3600, 3600, 86_400 * 365], ids=lambda step: f"{step} s")
def test_a_clock_that_was_set_since_changes_nothing(step):
    assert is_alive(os.getpid(), began(os.getpid()), time.time() - step)
    assert not is_alive(os.getpid(), "another-boot 7", time.time() - step)


def test_what_told_no_beginning_lives_unless_the_machine_was_started_since(gone):
    assert is_alive(os.getpid(), "", time.time())
    assert not is_alive(os.getpid(), "", time.time() - 86_400 * 365 * 30)
    assert not is_alive(gone, "", time.time())


def test_the_first_table_of_a_run_tells_its_process_once(instance, home):
    @dg.asset
    def one(context):
        take_turn(context, home)

    @dg.asset(deps=[one])
    def two(context):
        take_turn(context, home)

    try:
        result = dg.materialize([one, two], instance=instance)
    finally:
        give_run_lock(home)

    events = instance.all_logs(result.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    found = [each.get_dagster_event().engine_event_data.metadata.get(BEGAN) for each in events]
    assert [each.text for each in found if each] == [began(os.getpid())]

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
from dagster_project.run_launcher import WatchedLauncher, is_alive


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


def test_a_process_that_was_given_the_id_of_one_that_is_gone_is_another():
    assert is_alive(os.getpid(), time.time())
    assert not is_alive(os.getpid(), time.time() - 86_400 * 365)

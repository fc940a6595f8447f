"""What a session on a cluster is given, and what is said when there is none to be had."""

from __future__ import annotations

import site
from itertools import count
from pathlib import Path

import pytest

from jobs import cluster
from jobs.cluster import BETWEEN_MACHINES, await_executor, is_local, on_workers, submitted_names, with_attempts
from quality.contracts.errors import EnvironmentFault


@pytest.mark.parametrize(
    ("master", "attempts"),
    [
        ("local", "local[1,4]"),
        ("local[2]", "local[2,4]"),
        ("local[*]", "local[*,4]"),
        ("local[2,1]", "local[2,1]"),
        ("spark://127.0.0.1:7077", "spark://127.0.0.1:7077"),
    ],
)
def test_a_failed_task_runs_again_on_one_machine_as_it_does_on_a_cluster(master, attempts):
    assert with_attempts(master) == attempts


@pytest.mark.parametrize(
    ("master", "local"), [("local", True), ("local[*]", True), ("local-cluster[2,1,1024]", False), ("yarn", False)]
)
def test_only_one_process_is_local(master, local):
    assert is_local(master) is local


def test_what_travels_between_machines_is_authenticated_and_encrypted_and_executors_log_nothing():
    assert BETWEEN_MACHINES["spark.authenticate"] == BETWEEN_MACHINES["spark.network.crypto.enabled"] == "true"
    assert "log4j2" in BETWEEN_MACHINES["spark.executor.defaultJavaOptions"]


def test_workers_find_a_checkout_by_its_path_and_an_installed_wheel_by_itself(monkeypatch):
    checkout = str(Path(cluster.__file__).parents[1])

    assert on_workers()["spark.executorEnv.PYTHONPATH"] == checkout
    monkeypatch.setattr(site, "getsitepackages", lambda: [checkout])
    assert "spark.executorEnv.PYTHONPATH" not in on_workers()


def test_a_process_that_spark_submit_did_not_start_was_told_nothing(monkeypatch):
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)

    assert submitted_names() == (frozenset(), "")


def test_a_cluster_without_executors_is_said_and_not_waited_for_for_ever():
    with pytest.raises(EnvironmentFault, match="gave no executor"):
        await_executor(lambda: 0, seconds=0.2)


def test_the_first_executor_is_waited_for():
    came = count()

    await_executor(lambda: next(came), seconds=20)

    assert next(came) == 2

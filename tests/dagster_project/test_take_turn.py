"""A run that Dagster began waits for the one that holds the installation, and its log says for whom."""

from __future__ import annotations

import subprocess
import sys
import time

import dagster as dg
import pytest

from dagster_project.instance import open_instance
from dagster_project.take_turn import take_turn
from jobs.run_lock import give_run_lock, holds_run_lock

HOLD = """
import sys, time
from jobs.home import open_home
from jobs.run_lock import take_run_lock
take_run_lock(open_home())
print(flush=True)
time.sleep(1)
"""


@pytest.fixture
def another(home):
    """A process that holds the installation for a second."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process


@pytest.fixture
def turn(home):
    """Run an asset that takes its turn; return the run's messages, and whether it held the installation then."""
    held = []

    @dg.asset
    def nothing(context):
        take_turn(context, home)
        held.append(holds_run_lock(home))

    def turn():
        with open_instance(home) as instance:
            result = dg.materialize([nothing], instance=instance)
            logs = instance.all_logs(result.run_id)
            return [entry.dagster_event.message or "" for entry in logs if entry.dagster_event], held

    yield turn
    give_run_lock(home)


def test_it_waits_for_another_process_and_says_for_which(turn, another):
    began = time.monotonic()
    messages, held = turn()

    assert another.wait() == 0 and time.monotonic() - began > 0.5
    assert held == [True]
    [waiting] = [text for text in messages if text.startswith("waiting: ")]
    assert f"(process {another.pid}, since " in waiting


def test_where_nobody_is_in_the_way_nothing_is_said(turn):
    messages, held = turn()

    assert held == [True]
    assert not [text for text in messages if "waiting" in text]

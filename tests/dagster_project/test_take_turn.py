"""A run that Dagster began waits for the one that holds the installation, and its log says for whom."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import dagster as dg
import pytest

from dagster_project.instance import open_instance
from dagster_project.take_turn import take_turn
from jobs.run_lock import give_run_lock, holds_run_lock

HOLD = """
import sys
from jobs.home import open_home
from jobs.run_lock import take_run_lock
take_run_lock(open_home())
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def another(home):
    """A process that holds the installation until its input is closed."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process


@pytest.fixture
def turn(home):
    """Run an asset that takes its turn; return the run's messages, and how long that took."""
    held = []

    @dg.asset
    def nothing(context):
        before()
        began = time.monotonic()
        take_turn(context, home)
        assert holds_run_lock(home)
        held.append(time.monotonic() - began)

    before = list

    def turn(first=list):
        nonlocal before
        before = first
        with open_instance(home) as instance:
            result = dg.materialize([nothing], instance=instance)
            logs = instance.all_logs(result.run_id)
            return [entry.dagster_event.message or "" for entry in logs if entry.dagster_event], held[0]

    yield turn
    give_run_lock(home)


def test_it_waits_for_another_process_and_says_for_which(turn, another):
    messages, seconds = turn(threading.Timer(1, another.stdin.close).start)

    assert seconds > 0.9
    [waiting] = [text for text in messages if text.startswith("waiting: ")]
    assert f"(process {another.pid}, since " in waiting


def test_where_nobody_is_in_the_way_nothing_is_said(turn):
    messages, _ = turn()

    assert messages
    assert not [text for text in messages if "waiting" in text]

"""The lock against another process, as two nightly runs meet."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jobs.run_lock import give_run_lock, holds_run_lock, run_is_alive, take_run_lock
from quality.contracts.errors import Busy

HOLDER = """
import sys
from jobs.home import open_home
from jobs.run_lock import take_run_lock
take_run_lock(open_home())
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(home):
    """Another process that holds the lock until its standard input ends, or it is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.stdin.close()
    process.wait()


@pytest.fixture(autouse=True)
def _given_back(home):
    yield
    give_run_lock(home)


def test_one_that_is_not_to_wait_is_told_who_runs(home, other):
    with pytest.raises(Busy, match=rf"`-c` \(process {other.pid}, since 20.*runs here already") as refusal:
        take_run_lock(home, wait=False)

    assert refusal.value.exit_code == 5
    assert (run_is_alive(home), holds_run_lock(home)) == (True, False)


def test_one_that_waits_is_told_once_and_goes_on_when_the_other_ends(home, other):
    told = []

    def tell(text):
        told.append(text)
        other.stdin.close()  # the other one ends now

    take_run_lock(home, tell)

    assert holds_run_lock(home)
    assert len(told) == 1 and f"process {other.pid}" in told[0]


def test_a_killed_process_leaves_no_lock(home, other):
    other.kill()
    other.wait()

    assert not run_is_alive(home)
    take_run_lock(home, wait=False)
    take_run_lock(home, wait=False)
    assert run_is_alive(home), "once held, it stays so, and asking again is nothing"


def test_before_the_first_run_nothing_is_alive(home):
    assert not run_is_alive(home)

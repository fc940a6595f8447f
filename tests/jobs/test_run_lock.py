"""The lock against another process, as two nightly runs meet."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jobs.run_lock import (
    give_run_lock,
    hand_over_writing,
    holds_run_lock,
    run_is_alive,
    run_lock,
    take_over_writing,
    take_run_lock,
)
from quality.contracts.errors import Busy

HOLDER = """
import sys
from jobs.home import open_home
from jobs.run_lock import hand_over_writing, take_over_writing, take_run_lock
home = open_home()
{steps}
print("held", flush=True)
sys.stdin.read()
"""

WRITING = "take_over_writing(home)"


@pytest.fixture
def holder(home):
    """Start another process that holds a lock until its standard input ends, or it is killed."""
    started = []

    def holder(steps):
        code = HOLDER.format(steps=steps)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started.append(subprocess.Popen([sys.executable, "-c", code], text=True, **pipes))
        assert started[-1].stdout.readline() == "held\n"
        return started[-1]

    yield holder
    for process in started:
        process.stdin.close()
        process.wait()


@pytest.fixture
def other(holder):
    """Another process that is a run."""
    return holder("take_run_lock(home)")


@pytest.fixture(autouse=True)
def _given_back(home):
    yield
    give_run_lock(home)


def test_one_that_is_not_to_wait_is_told_who_runs(home, live_run):
    with pytest.raises(Busy, match=rf"`-c` \(process {live_run.pid}, since 20.*runs here already") as refusal:
        take_run_lock(home, wait=False)

    assert refusal.value.exit_code == 5
    assert (run_is_alive(home), holds_run_lock(home)) == (True, False)


def test_one_that_waits_is_told_once_and_goes_on_when_the_other_ends(home, live_run):
    told = []

    def tell(text):
        told.append(text)
        live_run.stdin.close()  # the other one ends now

    take_run_lock(home, tell)

    assert holds_run_lock(home)
    assert len(told) == 1 and f"process {live_run.pid}" in told[0]


def test_a_killed_process_leaves_no_lock(home, live_run):
    live_run.kill()
    live_run.wait()

    assert not run_is_alive(home)
    take_run_lock(home, wait=False)
    take_run_lock(home, wait=False)
    assert run_is_alive(home), "once held, it stays so, and asking again is nothing"


def test_before_the_first_run_nothing_is_alive(home):
    assert not run_is_alive(home)


def test_a_lock_for_a_while_is_given_back_at_its_end_whatever_happens(home):
    with pytest.raises(ZeroDivisionError), run_lock(home):
        assert holds_run_lock(home)
        1 / 0  # noqa: B018

    assert not run_is_alive(home)


def test_a_lock_for_a_while_within_a_run_leaves_it_to_the_run(home):
    take_run_lock(home)

    with run_lock(home, wait=False):
        pass

    assert holds_run_lock(home)


def test_a_lock_for_a_while_is_refused_beside_a_live_run(home, live_run):
    with pytest.raises(Busy), run_lock(home, wait=False):
        raise AssertionError("never come to")


def test_a_run_keeps_its_place_while_a_process_that_it_submitted_publishes(home, holder):
    take_run_lock(home)
    hand_over_writing(home)

    holder(WRITING)  # it does not wait for us

    assert holds_run_lock(home)
    assert _is_refused(home)


def test_a_submitted_process_that_outlives_its_run_is_waited_for(home, holder):
    run, writer = holder("take_run_lock(home); hand_over_writing(home)"), holder(WRITING)
    run.kill()
    run.wait()

    with pytest.raises(Busy, match=f"process {writer.pid}"):
        take_run_lock(home, wait=False)

    assert (run_is_alive(home), holds_run_lock(home)) == (True, False)
    writer.kill()
    writer.wait()
    take_run_lock(home, wait=False)


def test_a_submitted_process_waits_for_another_that_publishes(home, holder):
    first, told = holder(WRITING), []

    def tell(text):
        told.append(text)
        first.stdin.close()

    take_over_writing(home, tell)

    assert len(told) == 1 and holds_run_lock(home)


def test_only_a_run_hands_over(home):
    with pytest.raises(AssertionError, match="only a run submits"):
        hand_over_writing(home)


def _is_refused(home):
    """Return whether a run of another process is told that it must wait."""
    code = "from jobs.home import open_home; from jobs.run_lock import *; take_run_lock(open_home(), wait=False)"
    return "Busy" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr

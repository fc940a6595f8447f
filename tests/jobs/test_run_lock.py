"""The lock against another process, as two nightly runs meet."""

from __future__ import annotations

import pytest

from jobs.run_lock import give_run_lock, holds_run_lock, run_is_alive, run_lock, take_run_lock
from quality.contracts.errors import Busy


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

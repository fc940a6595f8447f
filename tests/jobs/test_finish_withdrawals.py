"""A withdrawal that is killed or fails at any point: all is taken back or nothing, and whoever comes next ends it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.audit_log import read_audit
from jobs.job_inputs import Workplace
from jobs.plan import held_back, plan
from jobs.run_lock import give_run_lock
from jobs.take_over import take_over
from jobs.withdraw import withdraw
from quality.contracts.errors import UsageError
from tests.jobs.damaged import D1, D2, kinds
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import land, refuse
from tests.jobs.test_withdraw import planned, shown
from tests.jobs.withdrawer import COMMITTED, POINTS

ROOT = Path(__file__).parents[2]
GOOD, BAD, WITHDRAWAL = 1, 2, 3
"""Versions: two publications of both days, and what takes the second back."""


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    publish(place, "good", D1, D2, code="older")
    publish(place, "bad", D1, D2)
    for one in plan(place):
        place.catalog.record(one.table, one.date, 1, one.digest, one.parts, {"quarantined": 0, "rows_in": 1})
    assert planned(place) == set()
    yield place
    give_run_lock(home)


def killed_at(point):
    words = [sys.executable, "-m", "tests.jobs.withdrawer", point, str(BAD), "wrong zone"]
    assert subprocess.Popen(words, cwd=ROOT).wait() == -signal.SIGKILL, "it came to the point and died there"


def withdrawals(place):
    return {
        (entry["detail"]["version"], entry["detail"]["new_version"], entry["detail"]["why"])
        for entry in read_audit(place.home)
        if entry["outcome"] == "withdrawn"
    }


def holds(place, *, back):
    """Everybody agrees on whether it was taken back: readers, plan, catalog, auditors, fsck."""
    mark = "good" if back else "bad"
    assert shown(place) == {D1: mark, D2: mark}
    assert {table for table, _ in planned(place)} == ({"clean.pings", *AFTER} if back else set())
    assert {(one.table, one.date, one.reason) for one in held_back(place)} == (
        {(TABLE.name, day, "wrong zone") for day in (D1, D2)} if back else set()
    )
    assert withdrawals(place) == ({(BAD, WITHDRAWAL, "wrong zone")} if back else set())
    assert place.catalog.begun_withdrawals() == [] and kinds(place) == []


AFTER = {"protected.pings", "curated.mobility", "curated.place_counts", "curated.actor_features"}
AFTER |= {"curated.visits_noisy", "curated.privacy_spends"}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_withdrawal_is_ended_by_the_next_run_and_told_again_when_repeated(place, point):
    killed_at(point)
    mark = "good" if point in COMMITTED else "bad"
    assert shown(place) == {D1: mark, D2: mark}, "of both days, or of none"
    assert TABLE.name not in {table for table, _ in planned(place)}, "what was withdrawn is not made again"

    take_over(place.home)

    holds(place, back=point in COMMITTED)
    done = withdraw(place, TABLE.name, BAD, "wrong zone")
    assert [(one.date, one.version) for one in done.fallbacks] == [(D1, GOOD), (D2, GOOD)]
    assert (done.new_version, set(done.downstream)) == (WITHDRAWAL, {"clean.pings", *AFTER})
    holds(place, back=True)


@pytest.mark.parametrize("point", list(POINTS)[:-1])
def test_one_that_failed_is_ended_by_its_repetition(place, point, monkeypatch):
    def fail(*_, **__):
        raise OSError("made to fail")

    with monkeypatch.context() as patch:
        patch.setattr(*POINTS[point], fail)
        with pytest.raises(OSError, match="made to fail"):
            withdraw(place, TABLE.name, BAD, "wrong zone")

    done = withdraw(place, TABLE.name, BAD, "wrong zone")

    assert [(one.date, one.version) for one in done.fallbacks] == [(D1, GOOD), (D2, GOOD)]
    assert done.new_version == WITHDRAWAL
    holds(place, back=True)


def test_nobody_falls_back_to_a_version_whose_withdrawal_was_killed(place):
    killed_at("before-the-catalog-is")
    take_over(place.home)
    land(place, D1, D2, digit="e")
    later = publish(place, "later", D1, D2)

    done = withdraw(place, TABLE.name, later, "wrong too")

    assert {one.version for one in done.fallbacks} == {GOOD}
    assert shown(place) == {D1: "good", D2: "good"}


def test_what_was_replaced_and_never_withdrawn_is_still_refused(place):
    with pytest.raises(UsageError, match=rf"Versions shown now: {BAD}"):
        withdraw(place, TABLE.name, GOOD, "too late")


def test_one_that_an_earlier_release_began_is_ended_too(place):
    killed_at("before-the-catalog-is")
    with place.catalog.open() as db:
        db.execute("UPDATE withdrawing SET dates = ?", (json.dumps([str(D1), str(D2)]),))

    take_over(place.home)

    holds(place, back=True)

from __future__ import annotations

import re
import stat
from datetime import date

import pytest

from jobs.run_ledger import RunLedger
from quality.contracts.errors import UNEXPLAINED, EnvironmentFault

D1, D2 = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def ledger(home):
    return RunLedger(home.region("eu"))


def last(ledger):
    return ledger.newest()["raw.pings"]


def test_a_run_is_seen_while_it_runs_and_when_it_is_done(ledger):
    with ledger.entered("r1", "raw.pings", [D2, D1]):
        assert (last(ledger).state, last(ledger).ended) == ("running", None)

    run = last(ledger)
    assert (run.state, run.first_date, run.last_date, run.partitions) == ("published", D1, D2, 2)
    assert run.ended >= run.started
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_a_failure_says_why_and_what_to_do(ledger):
    with pytest.raises(EnvironmentFault), ledger.entered("r1", "raw.pings", [D1]):
        raise EnvironmentFault("The disk is full.", mend="Make room.")

    run = last(ledger)
    assert (run.state, run.error, run.message, run.mend) == (
        "failed", "EnvironmentFault", "The disk is full.", "Make room.",
    )  # fmt: skip


def test_an_unexplained_failure_is_named_by_its_kind_alone(ledger):
    with pytest.raises(ValueError), ledger.entered("r1", "raw.pings", [D1]):
        raise ValueError("51.5007N")

    assert re.fullmatch(r"failed with ValueError at jobs.run_ledger:\d+", last(ledger).message)
    assert last(ledger).mend == UNEXPLAINED
    assert b"51.5007N" not in ledger.path.read_bytes()


def test_what_still_runs_when_no_run_is_alive_was_killed(ledger):
    begun = ledger.entered("r1", "raw.pings", [D1])
    begun.__enter__()
    with ledger.entered("r1", "raw.actors", [D1]):
        pass

    assert [run.dataset for run in ledger.bury()] == ["raw.pings"]
    assert last(ledger).state == "killed"
    assert ledger.newest()["raw.actors"].state == "published"
    assert ledger.bury() == []


def test_of_two_runs_of_one_table_that_were_killed_both_are_told(ledger):
    begun = [ledger.entered(run_id, "raw.pings", [D1]) for run_id in ("older", "newer")]
    for one in begun:
        one.__enter__()

    assert [run.run_id for run in ledger.unended()] == ["older", "newer"]
    assert [run.run_id for run in ledger.bury()] == ["older", "newer"]
    assert ledger.unended() == []

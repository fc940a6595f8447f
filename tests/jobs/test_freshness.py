"""Freshness is the state that `geoward status` tells, with the days a daily log is late and the next step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.freshness import WELL, freshness
from jobs.job_inputs import Workplace
from jobs.run_ledger import RunLedger
from jobs.status import status
from tests.jobs.test_plan import refuse
from tests.jobs.test_status import D2, NEXT_MORNING, land, place, publish, tables_are_there  # noqa: F401  the fixtures


@pytest.fixture
def other(home):
    return Workplace.open(home, home.region("us"), refuse)


def told(home, days=0, table="raw.pings"):
    found = freshness(home, at=NEXT_MORNING + timedelta(days=days))
    return {one.region: (one.state, one.newest, one.days_late) for one in found if one.table == table}


def test_where_nothing_landed_nothing_is_said(home):
    assert freshness(home) == []


def test_a_log_is_late_in_one_region_and_not_in_another(home, place, other):  # noqa: F811
    land(other, D2 + timedelta(days=5), digit="e")
    publish(place)
    publish(other)

    assert told(home) == {"eu": ("fresh", D2, 0), "us": ("fresh", D2 + timedelta(days=5), 0)}
    assert told(home, days=5) == {"eu": ("late", D2, 4), "us": ("fresh", D2 + timedelta(days=5), 0)}


def test_a_table_that_comes_as_it_comes_is_never_late(home, place):  # noqa: F811
    publish(place)

    assert told(home, days=90, table="clean.pings")["eu"] == ("fresh", D2, None)


def test_a_date_missing_in_between_is_late_and_named(home, place):  # noqa: F811
    land(place, D2 + timedelta(days=2), digit="e")
    publish(place)

    [pings] = [one for one in freshness(home, NEXT_MORNING + timedelta(days=3)) if one.table == "raw.pings"]
    assert (pings.state, pings.days_late, pings.missing) == ("late", 0, (D2 + timedelta(days=1),))
    assert not pings.well
    assert "geoward ingest" in pings.next_step


def test_what_landed_and_was_not_published_has_no_date_and_says_what_is_next(home, place):  # noqa: F811
    found = {one.table: one for one in freshness(home, NEXT_MORNING)}

    assert (found["raw.pings"].state, found["raw.pings"].newest, found["raw.pings"].days_late) == (
        "waiting",
        None,
        None,
    )
    assert (found["clean.pings"].state, found["clean.pings"].to_make) == ("waiting", 2)
    assert found["clean.pings"].next_step == "The next run makes it."


def test_a_stuck_run_is_not_well_and_tells_its_mend(home, place):  # noqa: F811
    publish(place)
    begun = RunLedger(place.region).entered("r1", "raw.pings", [D2])
    begun.__enter__()

    [pings] = [one for one in freshness(home, NEXT_MORNING) if one.table == "raw.pings"]
    assert (pings.state, pings.well) == ("stuck", False)
    assert pings.next_step == "Run `geoward run`: it clears up and goes on."


def test_a_share_of_quarantined_rows_does_not_make_a_table_old(home, place):  # noqa: F811
    publish(place, quarantined=50)

    assert {one.state for one in freshness(home, NEXT_MORNING)} == {"fresh"}
    assert any(one.problems for one in status(home, NEXT_MORNING))


def test_every_state_that_is_well_says_so_without_a_problem(home, place):  # noqa: F811
    publish(place)

    assert all(one.well and not one.next_step for one in freshness(home, NEXT_MORNING))
    assert set(WELL) == {"fresh", "waiting", "running"}

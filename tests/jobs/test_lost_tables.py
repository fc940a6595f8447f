"""A table that is gone is made again whole, or not at all; its quarantine too."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs import nightly, run_job
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.nightly import Scope, plan_all
from jobs.quarantine import quarantine_contract
from jobs.registry import JOBS
from jobs.run import AGAIN, Run
from quality.contracts.errors import EnvironmentFault
from tests.jobs.publisher import TABLE, publish_as_a_run
from tests.jobs.test_plan import D1, D2, land

D3, BAD = date(2024, 9, 3), quarantine_contract(TABLE.name)
"""So late that it is made in a run of its own."""


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1, D2, D3)
    return place


def lose(place, table):
    shutil.rmtree(place.lake.path(table.name))
    return Workplace.open(place.home, place.region, no_spark)


def kinds(place):
    return {(one.kind, one.table) for one in fsck(place.home, checked=Checked()) if one.kind == "table_missing"}


def emptied(place, *reasons):
    run = Run("mend", (D1,), dict.fromkeys((D1,), *reasons))
    return run_job._emptied_quarantine(JOBS[TABLE.name], place, run)


def test_one_date_does_not_stand_for_a_table_that_is_gone(place):
    publish_as_a_run(place, "one", D1, D2)
    place = lose(place, TABLE)

    with pytest.raises(EnvironmentFault) as refused:
        publish_as_a_run(place, "two", D3)

    assert "held 2 other dates" in refused.value.message
    assert "`geoward run raw.pings --force --region eu`" in refused.value.mend
    assert place.lake.table(TABLE.name) is None and kinds(place) == {("table_missing", TABLE.name)}


def test_a_run_that_makes_all_its_dates_may(place):
    publish_as_a_run(place, "one", D1, D2)

    assert publish_as_a_run(lose(place, TABLE), "two", D1, D2, D3) == 1


def test_forced_all_of_it_is_made_again_also_by_several_runs(place):
    publish_as_a_run(place, "one", D1, D2, D3)
    place = lose(place, TABLE)

    plan_all([place], Scope((TABLE.name,), force=True), lambda text: None)

    assert publish_as_a_run(place, "two", D1, D2) == 1
    assert [(one.date, one.reason) for one in nightly.plan_one(place, Scope((TABLE.name,)))] == [
        (D3, "never published")
    ]


def test_forced_for_one_date_it_is_not(place):
    publish_as_a_run(place, "one", D1, D2, D3)
    place = lose(place, TABLE)

    plan_all([place], Scope((TABLE.name,), first=D1, last=D1, force=True), lambda text: None)

    with pytest.raises(EnvironmentFault):
        publish_as_a_run(place, "two", D1)


@pytest.mark.parametrize("catalog_lost", [False, True])
def test_a_lost_quarantine_of_which_nothing_is_kept_back_any_more_is_made_anew_and_empty(place, catalog_lost):
    publish_as_a_run(place, "one", D1, D2, quarantine=[D1])
    publish_as_a_run(place, "two", D1, D2, code="x", quarantine=[])
    place = lose(place, BAD)
    assert kinds(place) == {("table_missing", BAD.name)}
    if catalog_lost:
        place.catalog.forget_table(TABLE.name)

    staged = emptied(place, AGAIN)
    place.lake.publish(staged, (D1,), {"run_id": "mend"})

    assert place.lake.table(BAD.name).version() == 1
    assert not place.lake.rows(BAD.name)


def test_rows_kept_back_of_one_date_do_not_stand_for_a_quarantine_that_is_gone(place):
    publish_as_a_run(place, "one", D1, D2, quarantine=[D1])
    place = lose(place, BAD)

    with pytest.raises(EnvironmentFault) as refused:
        publish_as_a_run(place, "two", D3, quarantine=[D3])

    assert "quarantine.raw_pings of region eu is gone, which held rows of 1 other date" in refused.value.message
    assert f"`geoward run raw.pings --from {D1} --to {D1} --force --region eu`" in refused.value.mend
    assert place.lake.table(BAD.name) is None and kinds(place) == {("table_missing", BAD.name)}


def test_what_its_mend_asks_for_makes_the_quarantine_again_and_then_other_dates_too(place):
    publish_as_a_run(place, "one", D1, D2, quarantine=[D1, D2])
    place = lose(place, BAD)

    plan_all([place], Scope((TABLE.name,), first=D1, last=D2, force=True), lambda text: None)
    publish_as_a_run(place, "two", D1, quarantine=[D1])  # in two runs
    publish_as_a_run(place, "three", D2, quarantine=[D2])
    publish_as_a_run(place, "four", D3, quarantine=[D3])

    assert {day: rows for day, rows in place.lake.rows(BAD.name).items() if rows} == {D1: 1, D2: 1, D3: 1}


@pytest.mark.parametrize("why", [AGAIN, "never published"])
def test_a_table_that_never_kept_rows_back_gets_no_quarantine(place, why):
    publish_as_a_run(place, "one", D1)

    assert emptied(place, why) is None
    assert not place.lake.path(BAD.name).exists()

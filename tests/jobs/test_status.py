"""The states of a table that landed, ran, failed, and waits; seen without Spark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jobs.job_inputs import Workplace
from jobs.plan import plan
from jobs.run_ledger import DATING, RunLedger
from jobs.run_lock import give_run_lock, run_lock, take_run_lock
from jobs.status import problems, status
from quality.contracts.errors import AuditFailed, EnvironmentFault
from tests.jobs.test_plan import FILE, land, refuse

D1, D2, D3 = date(2024, 5, 1), date(2024, 5, 2), date(2024, 5, 3)
NEXT_MORNING = datetime(2024, 5, 3, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tables_are_there(monkeypatch):
    """What is published here only the catalog knows: that a table is gone is told in test_left_out.py."""
    monkeypatch.setattr("jobs.status.gone_tables", lambda region: ())


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    return place


def publish(place, quarantined=0, only=None, days=()):
    for one in plan(place):
        if only in (None, one.table) and (not days or one.date in days):
            report = {"quarantined": quarantined, "rows_in": 100}
            place.catalog.record(one.table, one.date, 1, one.digest, one.parts, report)


def states(home, at=NEXT_MORNING):
    return {one.table: one.state for one in status(home, at=at)}


def told(home, at=NEXT_MORNING):
    return [(one.kind, one.table, one.date) for one in problems(home, at=at)]


def fail(place, error, table="raw.pings", days=(D2,)):
    with pytest.raises(type(error)), RunLedger(place.region).entered("r1", table, days):
        raise error


def test_a_region_where_nothing_landed_has_no_state(home):
    assert status(home) == [] and problems(home) == []


def test_what_just_landed_waits_for_the_next_run_and_is_no_problem(home, place):
    assert set(states(home).values()) == {"waiting"}
    assert told(home) == []


def test_a_log_of_which_nothing_is_published_is_late_once_a_night_has_passed(home, place):
    first_night = FILE.landed_at + timedelta(hours=26)

    assert ("late", "raw.pings", None) not in told(home, first_night)
    assert ("late", "raw.pings", None) in told(home, first_night + timedelta(minutes=1))


def test_another_logs_older_files_do_not_make_a_new_log_late(home, place):
    publish(place)
    at = FILE.landed_at + timedelta(hours=27)
    file = replace(FILE, file_id="e" * 64, source="more", landed_at=at - timedelta(hours=2))
    place.catalog.land(file)
    place.catalog.set_dates([file], [(file.source, file.file_id, "raw.actions", str(D2), 2, 1)])

    assert "late" not in {kind for kind, _, _ in told(home, at)}


def test_what_is_up_to_date_is_fresh(home, place):
    publish(place)

    assert set(states(home).values()) == {"fresh"}
    assert told(home) == []
    [pings] = [one for one in status(home, at=NEXT_MORNING) if one.table == "raw.pings"]
    assert (pings.newest, pings.partitions, pings.stale) == (D2, 2, 0)


def test_a_log_without_a_recent_date_is_late_and_only_the_log(home, place):
    publish(place)

    assert told(home, NEXT_MORNING + timedelta(days=1)) == []
    assert told(home, NEXT_MORNING + timedelta(days=2)) == [("late", "raw.pings", D2)]


def test_a_date_that_a_daily_log_left_out_is_late_until_it_is_old(home, place, monkeypatch):
    land(place, *(D2 + timedelta(days=each) for each in (2, 4)), digit="e")
    publish(place)
    hole = D2 + timedelta(days=1)

    [problem] = problems(home, at=NEXT_MORNING + timedelta(days=3))
    assert (problem.kind, problem.table, problem.date) == ("late", "raw.pings", hole)
    assert problem.what == "later dates came, but not 2024-05-03"
    assert "`geoward landed list`" in problem.mend, "as the runbook says"
    [pings] = [one for one in status(home, at=NEXT_MORNING + timedelta(days=3)) if one.table == "raw.pings"]
    assert (pings.state, pings.missing) == ("late", (hole,))
    assert told(home, at=NEXT_MORNING + timedelta(days=4)) == [("late", "raw.pings", hole + timedelta(days=2))]
    monkeypatch.setattr("jobs.table_problems.RECENT", timedelta(days=2))
    assert told(home, at=NEXT_MORNING + timedelta(days=3)) == []


def test_what_a_nightly_run_should_have_made_is_stale(home, place):
    publish(place, only="raw.pings")

    assert ("stale", "clean.pings", D2) not in told(home, NEXT_MORNING)
    assert ("stale", "clean.pings", D2) in told(home, NEXT_MORNING + timedelta(days=1))


def test_files_that_no_run_has_read_are_stale_once_a_night_has_passed(home, place):
    publish(place)
    place.catalog.land(replace(FILE, file_id="e" * 64, landed_at=NEXT_MORNING - timedelta(hours=27)))

    [problem] = problems(home, at=NEXT_MORNING)
    assert (problem.kind, problem.region, problem.table) == ("stale", "eu", "")
    assert problem.what == "1 landed file that no run has read, since 2024-05-02"
    assert told(home, NEXT_MORNING - timedelta(hours=2)) == []
    with run_lock(home):
        assert told(home) == []


def test_a_failed_run_is_a_problem_until_it_is_made_good(home, place):
    fail(place, EnvironmentFault("The disk is full.", mend="Make room."))

    [problem] = [one for one in problems(home, at=NEXT_MORNING) if one.kind == "failed"]
    assert (problem.what, problem.mend, problem.date) == ("The disk is full.", "Make room.", D2)
    assert states(home)["raw.pings"] == "failed"
    publish(place)
    assert told(home) == []


def test_a_failure_of_older_dates_is_told_until_these_are_made_though_newer_ones_went_well(home, place):
    fail(place, EnvironmentFault("The disk is full.", mend="Make room."), days=(D1, D2))
    land(place, D3, digit="e")
    with RunLedger(place.region).entered("r2", "raw.pings", [D3]):
        publish(place, days=(D3,))

    [problem] = [one for one in problems(home, at=NEXT_MORNING) if one.kind == "failed"]
    assert (problem.date, problem.what) == (D2, "2 dates from 2024-05-01 to 2024-05-02: The disk is full.")
    with RunLedger(place.region).entered("r3", "raw.pings", [D2]):
        publish(place, days=(D2,))
    assert [(one.date, one.what) for one in problems(home, at=NEXT_MORNING)] == [(D1, "The disk is full.")]
    publish(place)
    assert told(home) == []


def test_a_date_that_failed_and_was_made_since_is_not_told_when_it_is_to_be_made_again(home, place):
    fail(place, EnvironmentFault("The disk is full."), days=(D1, D2))
    with RunLedger(place.region).entered("r2", "raw.pings", [D1, D2]):
        publish(place)
    land(place, D1, digit="e")

    assert told(home) == []


def test_a_failure_of_dates_that_nobody_asks_for_any_more_is_not_told(home, place):
    fail(place, EnvironmentFault("The disk is full."), days=(D1 - timedelta(days=9),))

    assert told(home) == []


def test_a_failed_check_is_told_as_a_check(home, place):
    fail(place, AuditFailed("raw.pings", "eu", ("expectations",), "See the contract."))

    assert ("check", "raw.pings", D2) in told(home)


def test_a_run_whose_process_is_gone_is_stuck(home, place):
    begun = RunLedger(place.region).entered("r1", "raw.pings", [D2])
    begun.__enter__()

    assert states(home)["raw.pings"] == "stuck"
    [problem] = [one for one in problems(home, at=NEXT_MORNING) if one.kind == "stuck"]
    assert "its process is gone" in problem.what


def test_a_run_that_takes_too_long_is_stuck_and_its_process_is_named(home, place):
    begun = RunLedger(place.region).entered("r1", "raw.pings", [D2])
    begun.__enter__()
    take_run_lock(home)
    try:
        soon, late = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=7)
        assert states(home, soon)["raw.pings"] == "running"
        [problem] = [one for one in problems(home, at=late) if one.kind == "stuck"]
        assert "for 7.0 hours, more than 6" in problem.what and "`kill " in problem.mend
    finally:
        give_run_lock(home)


@pytest.mark.parametrize(("rows", "found"), [(5, []), (6, ["raw.pings"])])
def test_more_quarantined_rows_than_the_share_are_a_problem(home, place, rows, found):
    publish(place)
    for one in plan(place, tables=("raw.pings",), force=True):
        place.catalog.record(one.table, one.date, 2, one.digest, one.parts, {"quarantined": rows, "rows_in": 100})

    assert [table for kind, table, _ in told(home) if kind == "quarantine"] == found


def test_a_file_that_is_quarantined_whole_is_a_problem_of_its_region(home, place):
    publish(place)
    place.catalog.quarantine_file(place.catalog.files()[0], "unreadable_by_spark")

    [problem] = [one for one in problems(home, at=NEXT_MORNING) if one.kind == "quarantine"]
    assert (problem.region, problem.table) == ("eu", "")
    assert problem.what == "1 of 1 landed file in quarantine as a whole"


def test_a_run_that_ends_before_it_makes_a_table_is_told_of_while_files_wait(home, place):
    publish(place)
    catalog = place.catalog
    [file] = catalog.files()
    fault = EnvironmentFault("The disk is full.", mend="Free some space.")
    with pytest.raises(EnvironmentFault), RunLedger(place.region).entered("r1", DATING, [D2]):
        raise fault
    assert told(home) == [], "its files were dated since"

    catalog.land(replace(file, file_id="e" * 64, name="new.csv"))

    [problem] = problems(home, at=NEXT_MORNING)
    assert (problem.kind, problem.table, problem.mend) == ("failed", "", "Free some space.")
    assert "1 new file: The disk is full." in problem.what


def test_a_run_that_was_killed_while_it_read_new_files_is_stuck(home, place):
    publish(place)
    [file] = place.catalog.files()
    place.catalog.land(replace(file, file_id="e" * 64, name="new.csv"))
    run = RunLedger(place.region).entered("r1", DATING, [D2])
    run.__enter__()

    assert [(problem.kind, problem.table) for problem in problems(home, at=NEXT_MORNING)] == [("stuck", "")]


def test_what_waits_longer_than_a_night_is_stale_though_new_files_land_each_day(home, place):
    [file] = place.catalog.files()
    place.catalog.land(replace(file, file_id="e" * 64, name="new.csv", landed_at=file.landed_at + timedelta(hours=30)))
    at = file.landed_at + timedelta(hours=31)

    assert ("stale", "raw.pings") in [(one.kind, one.table) for one in problems(home, at=at)]


def test_what_was_withdrawn_is_told_as_withdrawn_and_how_to_insist(home, place):
    publish(place)
    held = plan(place, tables=("raw.pings",), first=D2, force=True)
    with place.catalog.open() as db:
        db.execute("UPDATE publications SET withdrawn = 'wrong zone' WHERE dataset = 'raw.pings' AND event_date = ?",
                   (str(D2),))  # fmt: skip

    [problem] = [one for one in problems(home, at=NEXT_MORNING + timedelta(days=9)) if one.table == "raw.pings"][:1]
    assert [(one.table, one.date) for one in held] == [("raw.pings", D2)]
    assert (problem.kind, problem.date) == ("withdrawn", D2)
    assert problem.what == "1 partition withdrawn and not made again: wrong zone"
    assert "`geoward run raw.pings --date 2024-05-02 --region eu --force`" in problem.mend
    assert problem.runbook == "docs/runbook.md#withdrawn"
    assert "stale" not in {one.kind for one in problems(home, at=NEXT_MORNING) if one.table == "raw.pings"}

    land(place, D1, digit="e")
    assert {one.kind for one in problems(home, at=NEXT_MORNING + timedelta(hours=25)) if one.table == "raw.pings"} >= {
        "withdrawn", "stale",
    }  # fmt: skip

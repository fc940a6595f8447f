"""One region is bad: Dagster loads, the night asks for the others, a run makes them, and everybody is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from dagster_project import execute_run, summary
from dagster_project.alert_sensor import alert_sensor
from dagster_project.definitions import definitions_for
from dagster_project.freshness import results
from dagster_project.instance import open_instance
from dagster_project.partitions import RECENT, partitions_of
from jobs import nightly
from jobs.job_inputs import Workplace
from jobs.nightly import Scope, Sessions
from jobs.run_lock import give_run_lock
from tests.dagster_project.test_alert_sensor import channeled, told  # noqa: F401  the fixture
from tests.jobs.publisher import publish
from tests.jobs.test_plan import land
from tests.jobs.test_region_faults import BAD, emptied, gone

TODAY = datetime.now(UTC)
YESTERDAY = TODAY.date() - timedelta(days=1)
LATE = YESTERDAY - timedelta(days=2)


@pytest.fixture
def both(home, no_spark):
    """Two regions with a date that was published and whose file came late."""
    for name in ("eu", "us"):
        place = Workplace.open(home, home.region(name), no_spark)
        land(place, LATE)
        publish(place, "one", LATE)
        land(place, LATE, digit="e")
    return home


@pytest.mark.parametrize("harm", BAD)
def test_dagster_loads_and_the_night_asks_for_every_region_and_for_what_is_late_in_the_other(both, no_spark, harm):
    harm(both.region("eu").root)
    definitions = definitions_for(both, no_spark)
    dg.Definitions.validate_loadable(definitions)
    (schedule,) = definitions.schedules

    asked = {one.partition_key for one in schedule(dg.build_schedule_context(scheduled_execution_time=TODAY))}

    assert {f"{YESTERDAY}|{name}" for name in ("cn", "eu", "us")} | {f"{LATE}|us"} <= asked
    assert all(partitions_of(both).has_partition_key(one) for one in asked)


@pytest.mark.parametrize("harm", [gone, emptied])
def test_loading_makes_no_catalog_where_a_disk_belongs(both, no_spark, harm):
    harm(both.region("eu").root)
    (schedule,) = definitions_for(both, no_spark).schedules
    schedule(dg.build_schedule_context(scheduled_execution_time=TODAY))

    assert not (both.region("eu").root / "catalog.sqlite").exists()


def test_loading_makes_nothing_where_nothing_landed(home, no_spark):
    definitions_for(home, no_spark)

    assert not any(region.root.exists() for region in home.regions.values())


@pytest.mark.parametrize("harm", BAD)
def test_the_alerts_and_the_freshness_checks_tell_of_it(both, channeled, hook, harm):  # noqa: F811
    harm(both.region("eu").root)

    with open_instance(channeled) as instance:
        assert alert_sensor(channeled).evaluate_tick(dg.build_sensor_context(instance)).skip_message == "night: Sent."
    kinds = [(one["region"], one["kind"]) for one in json.loads(hook.received[0].body)["problems"]]
    assert ("eu", "storage") in kinds
    for table in ("raw.pings", "raw.labels"):
        found = results(both, TODAY)[table]
        assert (found["passed"], found["severity"]) == (False, dg.AssetCheckSeverity.ERROR)
        assert "eu: failed" in found["description"]


@pytest.mark.parametrize("harm", BAD)
def test_a_run_makes_the_other_regions_and_ends_with_the_code_of_the_bad_one(both, harm, monkeypatch, capsys):
    harm(both.region("eu").root)
    made = []
    monkeypatch.setattr(Sessions, "start_early", lambda self: None)
    monkeypatch.setattr(execute_run, "_run", lambda home, sessions, planned: ([], made.extend(planned) or {}, 0))
    monkeypatch.setattr(execute_run, "_alert", lambda home: None)
    monkeypatch.setattr(summary, "_reports", lambda *of: [])
    try:
        code = execute_run.execute(both, Scope(), as_json=True)
    finally:
        give_run_lock(both)

    assert {batch.region for batch in made} == {"us"}
    listing = json.loads(capsys.readouterr().out)
    assert (code, listing["ok"]) == (4, False)
    assert [one["region"] for one in listing["left_out"]] == ["eu"]


def test_days_of_the_last_month_are_known_though_dagster_was_loaded_before_their_files_came(home):
    first = TODAY.date() - timedelta(days=1) - RECENT

    assert partitions_of(home).has_partition_key(f"{first}|eu")
    assert not partitions_of(home).has_partition_key(f"{first - timedelta(days=1)}|eu")


def test_no_date_before_the_installations_first_is_asked_for(both, no_spark):
    home = replace(both, first_date=LATE + timedelta(days=1))
    (schedule,) = definitions_for(home, no_spark).schedules

    asked = [one.partition_key for one in schedule(dg.build_schedule_context(scheduled_execution_time=TODAY))]
    assert sorted(asked) == [f"{YESTERDAY}|{name}" for name in ("cn", "eu", "us")]
    assert date.fromisoformat(asked[0].partition("|")[0]) >= home.first_date


def test_a_night_without_new_files_is_planned_once(both, monkeypatch):
    planned, plan_one = [], nightly.plan_one
    for module in (nightly, execute_run):
        monkeypatch.setattr(module, "plan_one", lambda place, scope: planned.append(place) or plan_one(place, scope))
    monkeypatch.setattr(Sessions, "start_early", lambda self: self.side_by_side)
    monkeypatch.setattr(execute_run, "_run", lambda *of: ([], {}, 0))
    monkeypatch.setattr(execute_run, "_alert", lambda home: None)
    monkeypatch.setattr(summary, "_reports", lambda *of: [])
    try:
        execute_run.execute(both, Scope())
    finally:
        give_run_lock(both)

    assert sorted(place.region.name for place in planned) == ["cn", "eu", "us"]

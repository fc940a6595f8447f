"""The check of a table tells each region's newest date and next step; the sensor tells it without a run or Spark."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from dagster_project import freshness as module
from dagster_project.definitions import definitions_for
from dagster_project.freshness import CHECK, freshness_sensor, results
from dagster_project.instance import open_instance
from jobs.job_inputs import Workplace
from jobs.registry import JOBS
from jobs.run_ledger import RunLedger
from tests.jobs.test_plan import land
from tests.jobs.test_status import D2, NEXT_MORNING, publish, tables_are_there  # noqa: F401  the fixture

PINGS = dg.AssetKey(["raw", "pings"])


@pytest.fixture
def places(home, no_spark):
    """Two regions: the newest date of the first is five days older than that of the other."""
    eu, us = (Workplace.open(home, home.region(name), no_spark) for name in ("eu", "us"))
    land(eu, D2)
    land(us, D2 + timedelta(days=5), digit="e")
    publish(eu)
    publish(us)
    return eu, us


@pytest.fixture
def clock(monkeypatch):
    """Set the moment that the sensor looks at."""

    def clock(days):
        monkeypatch.setattr(module, "now", lambda: NEXT_MORNING + timedelta(days=days))

    clock(0)
    return clock


def pings(home, days=0):
    found = results(home, NEXT_MORNING + timedelta(days=days))["raw.pings"]
    table = found["metadata"]["regions"]
    return found, {record.data["region"]: record.data for record in table.records}


def test_a_table_that_is_fresh_everywhere_passes(home, places):
    found, lines = pings(home)

    assert found["passed"]
    assert found["description"] == "Every region is fresh."
    assert (lines["eu"]["newest"], lines["eu"]["days_late"], lines["eu"]["next_step"]) == ("2024-05-02", "0", "")


def test_a_table_that_is_late_in_one_region_warns_and_tells_the_others(home, places):
    found, lines = pings(home, days=5)

    assert not found["passed"]
    assert (found["severity"], found["description"]) == (dg.AssetCheckSeverity.WARN, "eu: late")
    assert {name: (line["state"], line["days_late"]) for name, line in lines.items()} == {
        "eu": ("late", "4"), "us": ("fresh", "0"),
    }  # fmt: skip
    assert "geoward ingest" in lines["eu"]["next_step"]


def test_a_date_missing_in_between_is_named(home, places):
    land(places[0], D2 + timedelta(days=2), digit="d")
    publish(places[0])

    found, lines = pings(home, days=3)

    assert (found["passed"], found["description"]) == (False, "eu: late")
    assert lines["eu"]["missing"] == str(D2 + timedelta(days=1))


def test_a_stuck_run_is_an_error(home, places):
    begun = RunLedger(places[0].region).entered("r1", "raw.pings", [D2])
    begun.__enter__()

    found, lines = pings(home)

    assert (found["severity"], found["description"]) == (dg.AssetCheckSeverity.ERROR, "eu: stuck")
    assert lines["eu"]["next_step"] == "Run `geoward run`: it clears up and goes on."


def test_where_nothing_was_published_no_date_is_told(home, no_spark):
    land(Workplace.open(home, home.region("eu"), no_spark), D2)

    found, lines = pings(home)

    assert (found["description"], lines["eu"]["newest"], lines["eu"]["days_late"]) == ("Every region is fresh.", "", "")
    assert results(home, NEXT_MORNING)["raw.labels"]["description"] == "Nothing has landed for it."


def test_the_sensor_tells_every_table_when_something_changed_and_each_day(home, places, clock):
    sensor, cursor, told = freshness_sensor(home), None, []
    with open_instance(home) as instance:
        for days in (0, 0, 1, 5):
            clock(days)
            tick = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=cursor))
            cursor = tick.cursor
            told.append(len(tick.asset_events))

    assert told == [len(JOBS), 0, len(JOBS), len(JOBS)]
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_what_the_sensor_tells_is_what_the_table_shows_without_any_run(home, places, clock):
    clock(5)
    with open_instance(home) as instance:
        for event in freshness_sensor(home).evaluate_tick(dg.build_sensor_context(instance)).asset_events:
            instance.report_runless_asset_event(event)
        key = dg.AssetCheckKey(PINGS, CHECK)
        [record] = instance.event_log_storage.get_asset_check_execution_history(key, limit=5)

        shown = record.event.dagster_event.event_specific_data
        assert (shown.passed, shown.description) == (False, "eu: late")
        assert len(shown.metadata["regions"].records) == 2
        assert instance.get_runs_count() == 0


def test_the_check_can_be_asked_for_too_and_needs_no_pool_and_no_spark(home, places, clock, no_spark):
    definitions = definitions_for(home, no_spark)
    checks = [one for one in definitions.asset_checks if dg.AssetCheckKey(PINGS, CHECK) in one.check_keys]
    with open_instance(home) as instance:
        result = dg.Definitions(asset_checks=checks).resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance
        )  # fmt: skip

    [evaluation] = result.get_asset_check_evaluations()
    assert evaluation.passed
    assert [one.op.pool for one in checks] == [None]
    assert len(definitions.asset_checks) == len(JOBS)

"""The alerts' sensor tells a real server on loopback what is wrong, without any run; it outlives one that fails."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import dagster as dg
import pytest

from dagster_project.alert_sensor import alert_sensor
from dagster_project.definitions import definitions_for
from dagster_project.instance import open_instance
from jobs.alerts.config import Channel
from jobs.job_inputs import Workplace
from jobs.run_ledger import RunLedger
from quality.contracts.errors import AuditFailed, EnvironmentFault
from tests.jobs.test_plan import land
from tests.jobs.test_status import D2, NEXT_MORNING, fail, publish, tables_are_there  # noqa: F401  the fixture


@pytest.fixture
def channeled(home, hook, monkeypatch):
    """The installation with one channel, the server on loopback."""
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)
    return replace(
        home, alerts=(Channel.model_validate({"name": "night", "webhook": {"url_env": "GEOWARD_ALERT_URL"}}),)
    )


@pytest.fixture
def place(home, no_spark):
    """A region where a date landed and was published."""
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D2)
    publish(place)
    return place


@pytest.fixture
def look(channeled, monkeypatch):
    """Let the sensor look so many days after the morning on which all was well; return what it says of it."""

    def look(days=0):
        monkeypatch.setattr("jobs.status.now", lambda: NEXT_MORNING + timedelta(days=days))
        with open_instance(channeled) as instance:
            tick = alert_sensor(channeled).evaluate_tick(dg.build_sensor_context(instance))
            assert (tick.run_requests, instance.get_runs_count()) == ([], 0)
        return tick.skip_message

    return look


def told(hook):
    """Return the kinds of problems, and of those mended, of each message."""
    bodies = [json.loads(request.body) for request in hook.received]
    return [tuple([one["kind"] for one in body[which]] for which in ("problems", "resolved")) for body in bodies]


def stuck(place):
    run = RunLedger(place.region).entered("r1", "raw.pings", [D2])
    run.__enter__()
    return run  # which would end with it


def unpublished(place):
    land(place, D2, digit="e")


def failed(place):
    unpublished(place)
    fail(place, EnvironmentFault("The disk is full.", mend="Make room."))


def refused(place):
    unpublished(place)
    fail(place, AuditFailed("raw.pings", "eu", ("expectations",), "See the contract."))


def kept_back(place):
    unpublished(place)
    publish(place, quarantined=50)


def test_when_all_is_well_nobody_is_told_anything(look, place, hook):
    assert look() == "There is nothing that the channels were not told."
    assert hook.received == []


@pytest.mark.parametrize(
    ("wrong", "days", "kinds"),
    [
        pytest.param(stuck, 0, {"stuck"}, id="a-run-whose-process-is-gone"),
        pytest.param(failed, 0, {"failed"}, id="a-run-that-failed"),
        pytest.param(refused, 0, {"check"}, id="a-check-that-failed"),
        pytest.param(kept_back, 0, {"quarantine"}, id="rows-in-quarantine"),
        pytest.param(unpublished, 1, {"stale"}, id="a-night-that-never-came"),
        pytest.param(lambda place: None, 2, {"late"}, id="a-log-that-never-came"),
    ],
)
def test_what_is_wrong_is_told_though_no_run_tells_it(look, place, hook, wrong, days, kinds):
    begun = wrong(place)

    assert look(days) == "night: Sent.", begun
    [(problems, resolved)] = told(hook)
    assert (set(problems), resolved) == (kinds, [])


def test_it_is_told_once_and_then_that_it_is_mended(look, place, hook):
    look(days=2)
    look(days=2)
    land(place, D2 + timedelta(days=1), digit="e")
    publish(place)
    look(days=2)

    assert told(hook) == [(["late"], []), ([], ["late"])]


@pytest.mark.parametrize("answer", [500, "close"])
def test_a_channel_that_fails_is_named_without_its_secret_and_tried_again(look, place, hook, capfd, caplog, answer):
    hook.answer = answer
    said = look(days=2)
    hook.answer = 200
    assert look(days=2) == "night: Sent."

    assert said.startswith("night: It ")
    written = capfd.readouterr()
    assert "planted-token" not in said + written.out + written.err + caplog.text
    assert told(hook) == [(["late"], [])] * 2


def test_only_an_installation_with_channels_has_the_sensor_and_it_runs_by_itself(home, channeled, no_spark):
    without, with_them = (
        {one.name: one for one in definitions_for(each, no_spark).sensors} for each in (home, channeled)
    )

    assert with_them.keys() - without.keys() == {"alerts"}
    assert with_them["alerts"].default_status is dg.DefaultSensorStatus.RUNNING

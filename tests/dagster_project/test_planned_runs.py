"""Planned runs begin once, make what is stale in their range and selection, and end with their owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import dagster as dg
import pytest

from dagster_project import planned_runs as planned_module
from dagster_project.planned_runs import PLANNED, PlannedRuns
from jobs import run_ahead
from jobs.catalog import Catalog
from jobs.nightly import Sessions
from jobs.plan import Stale
from jobs.registry import JOBS

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def runs(home, monkeypatch):
    """Planned runs over a plan in which two tables are stale on two dates; the tables made are noted."""
    made = []
    stale = [Stale(table, day, "why", "", {}) for table in ("raw.pings", "raw.labels") for day in (DAY, NEXT)]
    monkeypatch.setattr(planned_module, "date_files", lambda place: 0)
    monkeypatch.setattr(planned_module, "plan", lambda place: stale)
    monkeypatch.setattr(run_ahead, "run_table", lambda place, table, dates, run_id: made.append((table, dates)) or [])
    runs = PlannedRuns(home, Sessions(home))
    runs.made = made
    yield runs
    runs.close()


def asset_of_run(tags=None, **fields):
    """What an asset of a run is given by Dagster, as far as it matters here."""
    run = dg.DagsterRun(job_name="nightly", run_id="r1", tags={PLANNED: "true"} if tags is None else tags, **fields)
    return SimpleNamespace(run=run)


@pytest.mark.parametrize(
    ("fields", "tables"),
    [
        pytest.param({}, {"raw.pings", "raw.labels"}, id="all"),
        pytest.param({"asset_selection": frozenset({dg.AssetKey(["raw", "pings"])})}, {"raw.pings"}, id="selected"),
        pytest.param({"step_keys_to_execute": ["raw__labels"]}, {"raw.labels"}, id="a-retry-from-failure"),
    ],
)
def test_a_run_makes_what_is_stale_of_its_selection_and_range_once(runs, fields, tables):
    for table in (*JOBS, *JOBS):
        assert runs.result(asset_of_run(**fields), table, "eu", [NEXT]) == []

    assert sorted(runs.made) == sorted((table, {NEXT}) for table in tables)


def test_a_run_begun_before_dagster_asks_is_not_planned_again(runs):
    runs.begin("r1", "eu", {"raw.pings": {DAY}})

    runs.result(asset_of_run(), "raw.pings", "eu", [DAY, NEXT])

    assert runs.made == [("raw.pings", {DAY})]


def test_a_run_without_the_tag_makes_all_of_its_selection_and_range(runs):
    selected = frozenset({dg.AssetKey(["clean", "pings"])})

    runs.result(asset_of_run(tags={}, asset_selection=selected), "clean.pings", "eu", [DAY, NEXT])

    assert runs.made == [("clean.pings", {DAY, NEXT})]


def test_a_table_that_a_killed_run_published_is_told_by_the_next(runs, home, report):
    published = report("raw.actors", date=DAY, rows_out=7)
    catalog = Catalog(home.region("eu"))
    catalog.record("raw.actors", DAY, 1, "digest", {}, published.as_dict())
    catalog.record("raw.actors", NEXT, 1, "digest", {}, replace(published, date=NEXT).as_dict())

    assert runs.result(asset_of_run(), "raw.actors", "eu", [DAY]) == [published]
    assert runs.result(asset_of_run(), "raw.consents", "eu", [DAY]) == []

"""What an asset hands on of a run, and what it must never hand on: a row's value."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta

import dagster as dg
import pytest

from dagster_project import planned_runs as planned_module
from dagster_project.assets import asset_for, checks_of, key_of
from dagster_project.instance import open_instance
from dagster_project.materialize import materialize_batches
from dagster_project.partitions import partition_key, range_tags
from dagster_project.planned_runs import PLANNED, PlannedRuns
from jobs import run_ahead
from jobs.batches import Batch
from jobs.explain_failure import kind_of
from jobs.nightly import Sessions
from jobs.plan import Stale
from jobs.registry import JOBS
from quality.checks.verdict import Verdict
from quality.contracts.errors import UNEXPLAINED, AuditFailed, UsageError

SECRET = "51.5007N secret"
DAY = date(2026, 6, 1)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def materialize(home, hold, tiny_job, monkeypatch):
    """Materialize the tiny job's asset for some dates of eu; return the result and the instance's facts."""
    hold("eu", DAY, NEXT)
    monkeypatch.setitem(JOBS, tiny_job.name, tiny_job)

    def materialize(*days, on_table=lambda table, reports: None, asset=None, **tags):
        made = asset or asset_for(tiny_job, home, PlannedRuns(home, Sessions(home)), on_table)
        with open_instance(home) as instance:
            result = dg.materialize(
                [made], instance=instance, raise_on_error=False, selection=[made],
                tags={**range_tags("eu", days[0], days[-1]), **tags},
            )  # fmt: skip
            events = [event for event in result.all_events if event.is_step_materialization]
        return result, events

    return materialize


@pytest.fixture
def runs(monkeypatch):
    """Let ``run_table`` call a function of (table, dates) instead of Spark."""

    def runs(answer):
        monkeypatch.setattr(run_ahead, "run_table", lambda place, table, dates, run_id: answer(table, sorted(dates)))

    return runs


def test_every_partition_gets_its_own_row_counts(materialize, runs, report):
    runs(lambda table, dates: [report(table, date=day, rows_out=day.day) for day in dates])

    result, events = materialize(DAY, NEXT)

    counts = {e.partition: e.step_materialization_data.materialization.metadata for e in events}
    assert result.success
    assert {str(key): found["dagster/partition_row_count"].value for key, found in counts.items()} == {
        "2026-06-01|eu": 1, "2026-06-02|eu": 2,
    }  # fmt: skip


def test_progress_is_told_at_begin_and_end(materialize, runs, report):
    told = []
    runs(lambda table, dates: [report(table)])

    materialize(DAY, on_table=lambda table, reports: told.append((table, reports and len(reports))))

    assert told == [("clean.tiny", None), ("clean.tiny", 1)]


def test_a_planned_run_makes_only_what_is_stale_and_another_all(materialize, runs, report, monkeypatch):
    asked = []
    runs(lambda table, dates: asked.append(dates) or [report(table, date=day) for day in dates])
    monkeypatch.setattr(planned_module, "date_files", lambda place: 0)
    monkeypatch.setattr(planned_module, "plan", lambda place: [Stale("clean.tiny", NEXT, "why", "", {})])

    materialize(DAY, NEXT, **{PLANNED: "true"})
    materialize(DAY, NEXT)

    assert asked == [[NEXT], [DAY, NEXT]]


def test_checks_without_rows_pass_and_say_so(materialize, runs, report, tiny_job):
    runs(lambda table, dates: [report(table, checks=())])

    result, _ = materialize(DAY)

    found = {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}
    assert found.keys() == checks_of(tiny_job).keys()
    assert all(one.passed and "There were no rows." in one.description for one in found.values())


def test_a_failed_audit_is_a_failed_check_with_its_mend_and_publishes_nothing(materialize, runs):
    verdicts = (
        Verdict("region_stays_home", True, "All below.", "Move it."),
        Verdict("expectations", False, "2 rows fail.", "Fix the mapping.", {"rows": 2}),
    )

    def fail(table, dates):
        raise AuditFailed(table, "eu", ("expectations",), "Fix the mapping.", verdicts=verdicts)

    runs(fail)
    result, events = materialize(DAY)

    found = {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}
    assert not result.success
    assert not events
    assert found["region_stays_home"].passed
    assert not found["expectations"].passed
    assert found["expectations"].metadata["mend"].value == "Fix the mapping."
    assert "mend" not in found["region_stays_home"].metadata
    assert found["expectations"].blocking


def test_what_a_failed_audit_did_not_reach_is_neither_passed_nor_failed(materialize, runs, tiny_job):
    bad = Verdict("region_stays_home", False, "1 file lies elsewhere.", "Move it.")

    def fail(table, dates):
        raise AuditFailed(table, "eu", (bad.check,), bad.mend, verdicts=(bad,))

    runs(fail)
    result, _ = materialize(DAY)

    assert [evaluation.check_name for evaluation in result.get_asset_check_evaluations()] == [bad.check]
    assert len(checks_of(tiny_job)) > 1


def test_a_warning_hides_no_check_that_had_no_rows(materialize, runs, report, tiny_job):
    warning = Verdict("region_stays_home", False, "Look at it.", "Move it.", severity="warn")
    runs(lambda table, dates: [report(table, checks=(warning,))])

    result, _ = materialize(DAY)

    found = {evaluation.check_name: evaluation.passed for evaluation in result.get_asset_check_evaluations()}
    assert found == {**dict.fromkeys(checks_of(tiny_job), True), "region_stays_home": False}


def test_a_check_tells_the_dates_by_region_that_it_was_judged_on(materialize, runs, report):
    runs(lambda table, dates: [report(table, date=day) for day in dates])

    result, _ = materialize(DAY, NEXT)

    evaluations = result.get_asset_check_evaluations()
    assert evaluations
    assert {evaluation.metadata["eu"].value for evaluation in evaluations} == {"2026-06-01 to 2026-06-02"}


def test_an_error_that_geoward_explains_is_told_with_its_mend(materialize, runs):
    def fail(table, dates):
        raise UsageError("There is no such thing.", mend="Make one.")

    runs(fail)
    result, _ = materialize(DAY)

    assert _sentence(result) == "There is no such thing. Make one."


def test_any_other_error_is_told_by_its_kind_only(materialize, runs):
    error = ValueError(SECRET)

    def fail(table, dates):
        raise error

    runs(fail)
    result, _ = materialize(DAY)

    assert _sentence(result) == f"failed with {kind_of(error)}. {UNEXPLAINED}"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError(SECRET), id="plain"),
        pytest.param(KeyError(SECRET), id="key"),
        pytest.param(ExceptionGroup(SECRET, [ValueError(SECRET)]), id="group"),
    ],
)
def test_a_value_in_an_error_of_a_build_reaches_no_file_and_no_terminal(
    home, materialize, tiny_job, monkeypatch, capfd, caplog, error
):
    caplog.set_level(logging.DEBUG)

    built = []

    def build(inputs):
        built.append(inputs.region.name)
        secret = f"{SECRET} in a local variable"
        assert secret
        raise error

    monkeypatch.setitem(JOBS, tiny_job.name, replace(tiny_job, build=build))
    monkeypatch.setattr("jobs.nightly.provenance", lambda place, table, days: [])
    monkeypatch.setattr(Sessions, "__call__", lambda sessions: None)
    asset = asset_for(replace(tiny_job, build=build), home, PlannedRuns(home, Sessions(home)))
    result, _ = materialize(DAY, asset=asset)

    told = capfd.readouterr()
    assert built == ["eu"]
    assert _sentence(result) == f"failed with {kind_of(error)}. {UNEXPLAINED}"
    assert _files_with(home.path, SECRET) == []
    assert SECRET not in told.out + told.err + caplog.text


def test_the_scan_finds_the_value_where_a_plain_asset_lets_it_out(home, capfd):
    @dg.asset
    def leaky():
        raise ValueError(SECRET)

    with open_instance(home) as instance:
        dg.materialize([leaky], instance=instance, raise_on_error=False)

    assert _files_with(home.path / "dagster", SECRET)


def test_a_batch_tells_what_failed_and_what_was_left_out(home, hold, runs, report, monkeypatch):
    hold("eu", DAY)

    def answer(table, dates):
        if table == "raw.pings":
            raise UsageError("Not to be had.")
        return [report(table, date=day) for day in dates]

    runs(answer)
    tables = ("raw.pings", "raw.labels", "clean.pings", "protected.pings")
    stale = tuple(Stale(table, DAY, "never published", "", {}) for table in tables)
    batch = Batch("eu", tables, (DAY,), stale)

    (outcome,) = materialize_batches(home, Sessions(home), [batch], lambda table, reports: None)

    with open_instance(home) as instance:
        tags = instance.get_run_by_id(outcome.run_id).tags
    assert (tags["geoward/region"], tags["geoward/dates"]) == ("eu", "2026-06-01 to 2026-06-01")
    assert tags["dagster/max_retries"] == "0"  # who started it in a shell repeats it
    left_out = "left out: what it is made from failed"
    assert outcome.errors == {
        "raw.pings": "Not to be had.", "clean.pings": left_out, "protected.pings": left_out,
    }  # fmt: skip


def test_the_key_of_a_table_is_its_layer_and_name():
    assert key_of("curated.mobility") == dg.AssetKey(["curated", "mobility"])


def test_every_check_that_a_job_verifies_is_described():
    assert all(set(job.verifies) <= checks_of(job).keys() for job in JOBS.values())


def test_partitions_of_one_run_may_be_one(materialize, runs, report):
    runs(lambda table, dates: [report(table, date=day) for day in dates])

    _, events = materialize(DAY)

    assert [str(event.partition) for event in events] == [str(partition_key("eu", DAY))]


def _sentence(result):
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    return failure.step_failure_data.user_failure_data.description


def _files_with(folder, text):
    return [p for p in folder.rglob("*") if p.is_file() and text.encode() in p.read_bytes()]


def test_an_interrupt_ends_all_batches_and_begins_no_further_table(home, hold, runs, monkeypatch):
    hold("eu", DAY)
    begun = []

    def answer(table, dates):
        begun.append(table)
        raise KeyboardInterrupt

    runs(answer)
    batches = [Batch("eu", (table,), (DAY,), (Stale(table, DAY, "", "", {}),)) for table in ("raw.pings", "raw.labels")]
    sessions = Sessions(home)
    monkeypatch.setattr(Sessions, "side_by_side", 1)

    with pytest.raises(KeyboardInterrupt):
        list(materialize_batches(home, sessions, batches, lambda table, reports: None))

    assert begun[0] == "raw.pings"

"""What is ordered and answered survives as JSON, and an answer holds nothing that a row could have put there."""

from __future__ import annotations

import json
from datetime import date

import pytest

from jobs import pipes, run_ahead
from jobs.explain_failure import kind_of
from jobs.nightly import Sessions
from jobs.pipes import answers, order, reports_in
from jobs.report import RunReport
from jobs.run_lock import give_run_lock
from quality.checks.verdict import Verdict
from quality.contracts.errors import UNEXPLAINED, AuditFailed, EnvironmentFault, GeowardError

DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)
SECRET = "51.5007N planted"
VERDICT = Verdict("expectations", False, "2 rows fail.", "Fix the mapping.", {"rows": 2})


@pytest.fixture
def answered(home, monkeypatch):
    """Return the answers to an order, as the other side reads them; ``make`` stands for the making of a table."""
    monkeypatch.setattr(Sessions, "__call__", lambda sessions: None)

    def answered(make, *tables):
        monkeypatch.setattr(run_ahead, "run_table", lambda place, table, dates, run_id: make(table, dates, run_id))
        ordered = order("eu", {table: {NEXT, DAY} for table in tables}, "r1")
        return [json.loads(json.dumps(told)) for told in answers(json.loads(json.dumps(ordered)))]

    yield answered
    give_run_lock(home)


def report(table, day, run_id):
    return RunReport(
        table, "eu", day, 10, 7, 2, {"bad_cell": 2}, {"no_consent": 1}, version=3, seconds=1.5, reason="why",
        checks=(Verdict("expectations", True, "All hold.", "Look.", {"rows": 7, "share": 0.5}),), run_id=run_id,
    )  # fmt: skip


def fail_with(error):
    def make(table, dates, run_id):
        raise error

    return make


def test_reports_arrive_as_the_runner_made_them_in_the_order_of_the_tables(answered):
    told = answered(
        lambda table, dates, run_id: [report(table, day, run_id) for day in dates], "raw.labels", "raw.pings"
    )

    assert [answer["table"] for answer in told] == ["raw.pings", "raw.labels"]
    assert reports_in(told[0]) == [report("raw.pings", day, "r1") for day in (DAY, NEXT)]


def test_a_failed_audit_arrives_with_its_verdicts(answered):
    error = AuditFailed("raw.pings", "eu", ("expectations",), "Fix the mapping.", verdicts=(VERDICT,))
    (told,) = answered(fail_with(error), "raw.pings")

    with pytest.raises(AuditFailed) as raised:
        reports_in(told)

    assert str(raised.value) == str(error)
    assert (raised.value.verdicts, raised.value.mend) == (error.verdicts, error.mend)


def test_an_explained_error_arrives_with_mend_and_exit_code(answered):
    (told,) = answered(fail_with(EnvironmentFault("The disk is full.", mend="Free space.")), "raw.pings")

    with pytest.raises(GeowardError, match=r"^The disk is full\. Free space\.$") as raised:
        reports_in(told)

    assert raised.value.exit_code == EnvironmentFault.exit_code


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), KeyError(SECRET), ExceptionGroup(SECRET, [ValueError(SECRET)])], ids=repr
)
def test_an_error_that_is_not_explained_arrives_as_its_kind_only(answered, error):
    told = answered(fail_with(error), "raw.pings")

    assert SECRET not in json.dumps(told)
    with pytest.raises(GeowardError) as raised:
        reports_in(told[0])
    assert str(raised.value) == f"failed with {kind_of(error)}. {UNEXPLAINED}"


def test_what_fails_before_the_first_table_is_told_of_each(answered, monkeypatch):
    error = ValueError(SECRET)
    monkeypatch.setattr(pipes, "open_home", lambda: fail_with(error)(0, 0, 0))

    told = answered(fail_with(AssertionError), "raw.pings", "raw.labels")

    assert {answer["table"]: answer["message"] for answer in told} == {
        table: f"failed with {kind_of(error)}." for table in ("raw.pings", "raw.labels")
    }

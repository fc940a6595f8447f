from datetime import datetime

import pytest

from quality.checks.check_consent import check_consent

pytestmark = pytest.mark.spark

NOON = datetime(2026, 3, 1, 12)
CLEAN = "actor_id string, event_time timestamp, purposes array<string>, source string"
CONSENTS = "subject_id string, purpose string, given boolean, event_time timestamp"


def at(hour, minute=0):
    return datetime(2026, 3, 1, hour, minute)


def said(given, hour):
    return ("ann", "analytics", given, at(hour))


def _check(spark, rows, statements):
    return check_consent(
        spark.createDataFrame(rows, CLEAN),
        spark.createDataFrame(statements, CONSENTS),
        {"app": frozenset({"analytics"}), "roads": frozenset()},
        purpose="analytics",
    )


@pytest.mark.parametrize(
    ("statements", "passed"),
    [
        pytest.param([said(True, 11)], True, id="given-before"),
        pytest.param([("ann", "analytics", True, NOON)], True, id="given-at-that-moment"),
        pytest.param([], False, id="never-asked"),
        pytest.param([("ann", "analytics", True, at(12, 1))], False, id="given-after"),
        pytest.param([said(True, 9), said(False, 11)], False, id="withdrawn"),
        pytest.param([said(False, 9), said(True, 11)], True, id="given-again"),
        pytest.param([said(True, 9), said(False, 13)], True, id="withdrawn-later"),
        pytest.param([said(True, 9), said(False, 9)], False, id="a-tie-is-a-no"),
        pytest.param([said(False, 9), said(True, 9)], False, id="a-tie-is-a-no-either-way"),
        pytest.param([said(None, 9)], False, id="unclear-is-a-no"),
        pytest.param([("ann", "analytics", True, None)], False, id="undated-is-nothing"),
        pytest.param([("bob", "analytics", True, at(9))], False, id="somebody-else-said-yes"),
        pytest.param([("ann", "risk", True, at(9))], False, id="yes-to-something-else"),
    ],
)
def test_the_latest_statement_as_of_the_event_holds(spark, statements, passed):
    verdict = _check(spark, [("ann", NOON, ["analytics"], "app")], statements)

    assert (verdict.check, verdict.passed) == ("consent_present", passed)
    assert verdict.measured["without_consent"] == (0 if passed else 1)
    assert "ann" not in repr(verdict)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(("ann", NOON, ["analytics"], "roads"), id="source-with-another-basis"),
        pytest.param(("ann", NOON, ["risk"], "app"), id="another-purpose"),
    ],
)
def test_rows_that_do_not_rest_on_consent_are_not_asked(spark, row):
    verdict = _check(spark, [row], [])

    assert (verdict.passed, verdict.measured["on_consent"]) == (True, 0)


@pytest.mark.parametrize("purposes", [pytest.param([], id="none"), pytest.param(None, id="null")])
def test_a_row_without_a_purpose_fails(spark, purposes):
    verdict = _check(spark, [("ann", NOON, purposes, "roads")], [])

    assert (verdict.passed, verdict.measured["without_purpose"]) == (False, 1)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param((None, NOON, ["analytics"], "app"), id="nobody"),
        pytest.param(("ann", None, ["analytics"], "app"), id="undated"),
    ],
)
def test_a_row_whose_consent_cannot_be_told_fails(spark, row):
    statements = [said(True, 9), (None, "analytics", True, at(9))]

    assert _check(spark, [row], statements).measured["without_consent"] == 1


def test_no_rows_pass(spark):
    assert _check(spark, [], []).passed

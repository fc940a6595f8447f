"""What a person has looked at alarms no more, stays listed, and is looked at anew when it is made anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.dismiss_quarantine import dismiss
from jobs.job_inputs import Workplace
from jobs.list_quarantine import list_quarantine
from jobs.plan import plan
from jobs.status import problems
from jobs.unreadable_files import CHANGED
from quality.contracts.errors import UsageError
from tests.jobs.test_plan import land, refuse

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    return place


def publish(place, *days, rows=9, digest=""):
    report = {"quarantined": rows, "rows_in": 10, "quarantined_by": {"missing:actor_id": rows}}
    for one in plan(place, tables=("raw.pings",), force=True):
        if one.date in days:
            place.catalog.record(one.table, one.date, 1, digest or one.digest, one.parts, report)


def alarms(home):
    return [(one.table, one.date) for one in problems(home) if one.kind == "quarantine"]


def test_dismissed_rows_are_no_problem_and_stay_listed_with_the_reason(home, place):
    publish(place, D1, D2)

    dismissed = dismiss(home, "raw.pings", "eu", "a broken receiver", D2)

    assert [(one.subject, one.part, one.rows) for one in dismissed] == [("raw.pings", "2024-05-02", 9)]
    assert alarms(home) == [("raw.pings", D1)]
    assert [(row.date, row.dismissed) for row in list_quarantine(home).rows] == [(D1, ""), (D2, "a broken receiver")]


def test_a_date_with_other_rows_in_quarantine_is_looked_at_anew(home, place):
    publish(place, D1)
    dismiss(home, "raw.pings", "eu", "known")
    publish(place, D1, rows=8)

    assert alarms(home) == [("raw.pings", D1)]


def test_a_date_made_again_under_a_new_policy_with_the_same_outcome_stays_dismissed(home, place):
    publish(place, D1)
    dismiss(home, "raw.pings", "eu", "known")
    publish(place, D1, digest="of another policy")

    assert alarms(home) == []


def test_a_dismissed_file_is_no_problem_until_another_mapping_judges_it(home, place):
    catalog = Catalog(home.region("eu"))
    [file] = catalog.files()
    catalog.quarantine_file(file, "empty_file")
    assert alarms(home) == [("", file.landed_at.date())]

    dismiss(home, file.file_id[:8], "eu", "a test by the sender")
    assert alarms(home) == []
    assert [one.dismissed for one in list_quarantine(home).files] == ["a test by the sender"]

    catalog.quarantine_file(file, "no_columns_known")
    assert alarms(home) == [("", file.landed_at.date())]


@pytest.fixture
def mended(place):
    """A file that was quarantined, dismissed, and entered again since: it is in use."""
    [file] = place.catalog.files()
    place.catalog.quarantine_file(file, CHANGED)
    dismiss(place.home, file.file_id, "eu", "the disk was replaced")
    place.catalog.land(file)
    return file


def test_a_file_that_was_mended_and_is_damaged_again_is_looked_at_anew_though_nothing_else_differs(home, place, mended):
    assert alarms(home) == []

    place.catalog.quarantine_file(mended, CHANGED)

    assert alarms(home) == [("", mended.landed_at.date())]
    assert [one.dismissed for one in list_quarantine(home).files] == [""]
    dismiss(home, mended.file_id, "eu", "again")
    assert (alarms(home), len(dismissals(home))) == ([], 2), "each dismissal stays in the audit log"


def test_a_dismissed_file_that_is_found_bad_once_more_is_looked_at_anew(home, place):
    [file] = place.catalog.files()
    place.catalog.quarantine_file(file, CHANGED)
    dismiss(home, file.file_id, "eu", "the disk was replaced")

    place.catalog.quarantine_file(file, CHANGED)

    assert alarms(home) == [("", file.landed_at.date())]


def test_a_dismissed_file_that_another_mapping_cannot_read_either_is_looked_at_anew(home, place):
    [file] = place.catalog.files()
    place.catalog.quarantine_file(file, "empty_file")
    dismiss(home, file.file_id, "eu", "a test by the sender")

    assert place.catalog.land(replace(file, mapping_version="v2", reason="missing_column:who")) == "still"

    assert alarms(home) == [("", file.landed_at.date())]


def test_the_dismissal_of_rows_outlives_what_becomes_of_files(home, place):
    publish(place, D1)
    dismiss(home, "raw.pings", "eu", "known")

    [file] = place.catalog.files()
    place.catalog.quarantine_file(file, CHANGED)
    place.catalog.land(file)

    assert alarms(home) == []


def test_a_dry_run_dismisses_and_audits_nothing(home, place):
    publish(place, D1)

    assert len(dismiss(home, "raw.pings", "eu", "known", dry_run=True)) == 1
    assert alarms(home) == [("raw.pings", D1)] and not dismissals(home)


def test_who_dismissed_what_and_why_is_audited(home, place):
    publish(place, D1)
    dismiss(home, "raw.pings", "", "known")

    [entry] = dismissals(home)
    assert (entry["subject"], entry["region"]) == ("raw.pings", "eu") and entry["who"]
    assert entry["detail"] == {"parts": ["2024-05-01"], "why": "known"}


@pytest.mark.parametrize("subject", ["raw.pings", "ab", "00000000"])
def test_what_is_not_in_quarantine_cannot_be_dismissed(home, place, subject):
    with pytest.raises(UsageError, match="Nothing is quarantined"):
        dismiss(home, subject, "", "known")


def dismissals(home):
    return [entry for entry in read_audit(home) if entry["outcome"] == "quarantine dismissed"]

from __future__ import annotations

from datetime import date

from jobs.catalog import Catalog
from quality.contracts.errors import UsageError


def _dirty(home):
    report = {"quarantined_by": {"missing:actor_id": 2}, "run_id": "r"}
    Catalog(home.region("eu")).record("raw.pings", date(2026, 6, 1), 1, "d", {}, report)


def test_an_empty_quarantine_says_so(geoward, fits):
    assert "Nothing is in quarantine." in geoward("quarantine", "list").stdout
    assert fits(geoward("quarantine", "list", "--json").document, "quarantine-list")


def test_rows_are_listed_by_reason_and_shown_with_their_mend(geoward, home, fits):
    _dirty(home)

    listed = geoward("quarantine", "list", "--json")
    shown = geoward("quarantine", "show", "raw.pings", "--json")

    assert fits(listed.document, "quarantine-list")
    assert listed.document["rows"][0]["reason"] == "missing:actor_id"
    assert fits(shown.document, "quarantine-show")
    assert shown.document["reasons"][0]["mend"]
    assert "missing:actor_id" in geoward("quarantine", "list").stdout
    assert "mend" in geoward("quarantine", "show", "raw.pings").stdout


def test_what_is_not_in_quarantine_is_wrong_use(geoward):
    assert isinstance(geoward("quarantine", "show", "0" * 64).exception, UsageError)


def test_what_is_dismissed_is_told_with_its_reason(geoward, home, fits):
    report = {"quarantined": 2, "quarantined_by": {"missing:actor_id": 2}, "run_id": "r"}
    Catalog(home.region("eu")).record("raw.pings", date(2026, 6, 1), 1, "d", {}, report)

    done = geoward("quarantine", "dismiss", "raw.pings", "--reason", "known", "--json")

    assert fits(done.document, "quarantine-dismiss")
    assert [(part["part"], part["rows"]) for part in done.document["parts"]] == [("2026-06-01", 2)]
    assert geoward("quarantine", "list", "--json").document["rows"][0]["dismissed"] == "known"


def test_a_dismissal_needs_a_reason(geoward):
    assert isinstance(geoward("quarantine", "dismiss", "raw.pings", "--reason", " ").exception, UsageError)

from __future__ import annotations

from jobs.audit_log import audit


def test_before_the_first_entry_there_is_nothing(geoward):
    assert "There is no entry yet." in geoward("audit", "list").stdout


def test_the_newest_entries_are_listed_oldest_first(geoward, home, fits):
    audit(home, "ingest", "tiny", "landed", region="eu", files=1)
    audit(home, "decision", "analytics", "refused", rule="purpose")
    audit(home, "read", "curated.mobility", "answered", region="eu")

    listed = geoward("audit", "list", "--last", 2, "--json")

    assert fits(listed.document, "audit-list")
    assert [entry["kind"] for entry in listed.document["entries"]] == ["decision", "read"]
    assert "refused" in geoward("audit", "list").stdout


def test_entries_may_be_limited_to_a_kind(geoward, home):
    audit(home, "ingest", "tiny", "landed", region="eu", files=1)
    audit(home, "decision", "analytics", "refused", rule="purpose")

    (entry,) = geoward("audit", "list", "--kind", "decision", "--json").document["entries"]
    assert entry["detail"] == {"rule": "purpose"}


def test_a_kind_that_does_not_exist_is_wrong_use_and_the_kinds_are_told(geoward):
    done = geoward("audit", "list", "--kind", "refused")

    assert done.exception.exit_code == 2
    assert "Known: run, decision, read, ingest, config, alert." in str(done.exception)

from __future__ import annotations

import pytest

from jobs.audit_chain import entry_files
from jobs.audit_log import audit, read_audit
from jobs.audit_witness import audit_path
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.manifest import log_file
from quality.contracts.errors import UsageError


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
    assert "Known: run, decision, read, ingest, config, alert, key, reveal." in str(done.exception)


def cut(home, *versions):
    for version in versions:
        for file in entry_files(audit_path(home), version):
            file.unlink()
        log_file(audit_path(home), version).unlink()


def told(home):
    return [one.kind for one in fsck(home, checked=Checked())]


def test_what_is_lost_for_good_is_accepted_by_a_person_and_the_log_says_so_and_is_held_to_what_it_is(
    geoward, home, fits
):
    for n in range(4):
        audit(home, "read", f"table{n}", "allowed")
    cut(home, 2, 3)
    assert told(home) == ["audit_damaged"]

    accepted = geoward("audit", "accept", "--reason", "disk lost", "--json")

    assert fits(accepted.document, "audit-accept") and told(home) == []
    assert [entry["subject"] for entry in read_audit(home)] == ["table0", "table1", "audit log"]
    [aside] = home.path.glob("audit_aside-*")
    assert accepted.document["entries"][0]["detail"] == {
        "found": "entries were cut off its end: it had 4 commits", "commits_before": 4, "commits_lost": 2,
        "entries_left": 2, "why": "disk lost", "aside": aside.name,
    }  # fmt: skip
    audit(home, "read", "later", "allowed")
    assert told(home) == []
    cut(home, 1)
    assert told(home) == ["audit_damaged"], "from then on it is held to what it was when it was accepted"


def test_a_listing_of_a_log_that_is_damaged_says_so(geoward, home, fits):
    for n in range(3):
        audit(home, "read", f"table{n}", "allowed")
    cut(home, 2)

    listed = geoward("audit", "list", "--json").document
    assert fits(listed, "audit-list") and len(listed["entries"]) == 2
    assert listed["damage"] == "entries were cut off its end: it had 3 commits"
    assert "geoward fsck" in geoward("audit", "list").stdout


@pytest.mark.parametrize("words", [["--reason", " "], ["--reason", "nothing is wrong"]])
def test_nothing_is_accepted_without_a_reason_or_where_nothing_is_wrong(geoward, home, words):
    audit(home, "read", "table", "allowed")

    assert isinstance(geoward("audit", "accept", *words).exception, UsageError)
    assert len(read_audit(home)) == 1

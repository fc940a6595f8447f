"""The nightly run on a small sample, once; the tests read what it left and judge it by the planted truth."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from deltalake import DeltaTable

from jobs.batches import Batch
from jobs.nightly import Scope, plan_all, run_table
from jobs.query import query
from jobs.registry import JOBS
from jobs.run_ahead import run_here
from quality.checks.verdict import Verdict
from quality.contracts.errors import AuditFailed

pytestmark = [pytest.mark.e2e, pytest.mark.spark]

FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)
RELEASED = ("curated.mobility", "curated.place_counts")
NOISY = ("curated.visits_noisy", "curated.privacy_spends")


def test_every_table_is_made_without_a_failure(night):
    assert {table for table, why in night.ran.items() if not why} == set(JOBS) - {"reference.ip_ranges"}


def test_the_row_equation_holds_for_every_partition(night):
    reports = night.reports()

    assert len(reports) > 25
    for report in reports:
        kept_back = report.quarantined + sum(report.rejected.values())
        left, right = report.rows_in, report.rows_out + kept_back
        if report.contributing is not None:
            right = report.contributing + report.suppressed
            assert sum(report.contributing_by.values()) in (0, report.contributing), (report.table, report.date)
        assert left == right, (report.table, report.date)


def test_reports_count_what_lies_in_the_files_and_the_tables(night):
    for table, lines in (
        ("raw.pings", _lines(night, "pings.csv.gz") - 1),
        ("raw.actions", _lines(night, "actions.jsonl.gz")),
    ):
        assert sum(report.rows_in for report in night.reports(table)) == lines
    for table in JOBS:
        out = {report.date: report.rows_out for report in night.reports(table) if report.rows_out}
        assert Counter(row["event_date"] for row in (night.rows(table) if out else ())) == out, table


def test_quarantine_holds_the_rows_that_reports_say_with_their_reasons(night):
    for table in JOBS:
        told = _sum(report.quarantined_by for report in night.reports(table))
        if told:
            assert Counter(row["reason"] for row in night.rows(f"quarantine.{table.replace('.', '_')}")) == told


def test_planted_dirt_is_kept_back_for_the_right_reason(night):
    dirt = {(row["file"].partition(".")[0], row["kind"]): int(row["rows"]) for row in night.truth("dirt.csv")}
    raw = {kind: _sum(r.quarantined_by for r in night.reports(f"raw.{kind}")) for kind in ("pings", "actions")}
    clean = {kind: _sum(r.rejected for r in night.reports(f"clean.{kind}")) for kind in ("pings", "actions")}

    assert raw["pings"] == {
        "missing:actor_id": dirt["pings", "missing_actor"], "unparseable:event_time": dirt["pings", "unparseable_time"],
    }  # fmt: skip
    assert raw["actions"] == {
        "missing:actor_id": dirt["actions", "missing_actor"],
        "unparseable:event_time": dirt["actions", "unparseable_time"],
        "malformed_record": dirt["actions", "broken_json"],
    }
    assert _sum(report.quarantined_by for report in night.reports("clean.pings")) == {
        "out_of_bounds:latitude": dirt["pings", "latitude_91"]
    }
    for kind in ("pings", "actions"):
        assert clean[kind]["duplicate_exact"] == dirt[kind, "exact_duplicate"]
        assert clean[kind]["duplicate_event_id"] == dirt[kind, "same_id_other_content"]


def test_a_second_plan_is_empty(place, planned):
    assert planned(place) == []


def test_the_release_can_be_queried(night):
    sql = "SELECT status, count(*) AS n, min(persons) AS least FROM curated.mobility GROUP BY ALL ORDER BY ALL"
    found = query(sql, purpose="analytics", home=night.home).to_pylist()

    assert [row["status"] for row in found] == ["published", "suppressed"]
    assert found[0]["least"] >= 10
    assert found[1]["least"] is None


def test_a_late_file_makes_its_date_and_what_depends_on_it_stale_and_nothing_else(
    night, place, land, planned, reports_of, tmp_path
):
    added = _late_file(night, tmp_path / "late.csv")
    land(place.home, "sample_pings", tmp_path / "late.csv")
    before = {(r.table, r.date): r for r in reports_of(place.home)}

    batch = _one(planned(place))
    assert {(entry.table, entry.date) for entry in batch.stale} == {
        (table, SECOND)
        for table in ("raw.pings", "clean.pings", "protected.pings", *RELEASED, *NOISY, "curated.actor_features")
    }
    two = ("raw.pings", "clean.pings")
    assert run_here(place, replace(batch, tables=two), lambda table, reports, why: None)

    after = {(r.table, r.date): r for r in reports_of(place.home)}
    assert {key for key in after if after[key] != before.get(key)} == {(table, SECOND) for table in two}
    for table in two:
        assert after[table, SECOND].rows_out == before[table, SECOND].rows_out + added
        assert place.lake.rows(table)[FIRST] == before[table, FIRST].rows_out


def test_a_failed_check_leaves_what_is_published_where_it_was(place, reports_of, monkeypatch):
    def fail(job, *_):
        yield Verdict("expectations", job.name != "raw.labels", "Made to fail.", "Mend it.")

    labels = place.lake.path("raw.labels")
    before, version = _state(place, reports_of), DeltaTable(labels).version()
    monkeypatch.setattr("jobs.audit_staged.audit_staged", fail)

    with pytest.raises(AuditFailed, match=r"raw\.labels .* failed expectations; not published"):
        run_table(place, "raw.labels", [FIRST])

    assert (_state(place, reports_of), DeltaTable(labels).version()) == (before, version)


def test_what_is_made_from_a_failed_table_is_left_out(place, monkeypatch):
    monkeypatch.setattr(
        "jobs.audit_staged.audit_staged", lambda *_: [Verdict("expectations", False, "Made to fail.", "Mend it.")]
    )
    tables = ("raw.pings", "clean.pings", "protected.pings")
    told = {}

    batch = Batch("us", tables, (FIRST,), tuple(e for e in _forced(place, tables) if e.date == FIRST))
    good = run_here(place, batch, lambda table, reports, why: told.update({table: why}))

    assert not good
    assert "failed expectations" in told["raw.pings"]
    assert told["clean.pings"] == told["protected.pings"] == "left out: what it is made from failed"


def _forced(place, tables):
    return plan_all([place], Scope(tables=tables, force=True), lambda text: None)["us"]


def _state(place, reports_of):
    return [report.as_dict() for report in reports_of(place.home)], {t: dict(place.lake.rows(t)) for t in JOBS}


def _one(found):
    (one,) = found
    return one


def _sum(counts):
    return dict(sum((Counter(found) for found in counts), Counter()))


def _lines(night, file):
    return len(gzip.decompress((night.sample / "us" / file).read_bytes()).splitlines())


def _late_file(night, path):
    """Write new positions of the second day, as copies of others under ids of their own; return how many."""
    header, *lines = gzip.decompress((night.sample / "us" / "pings.csv.gz").read_bytes()).decode().splitlines()
    good = [line for line in lines if f",{SECOND}T1" in line and line.split(",")[1]][:7]
    late = [f"us-late{number},{line.split(',', 1)[1]}" for number, line in enumerate(good)]
    path.write_text("\n".join((header, *late)) + "\n")
    return len(late)

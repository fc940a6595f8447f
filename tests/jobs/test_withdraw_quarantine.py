"""What was kept back goes with the rows that are taken back: in = out + quarantined, before and after. No Spark."""

from __future__ import annotations

from unittest.mock import Mock

import pyarrow.parquet as pq
import pytest

from jobs import finish_publications, finish_withdrawals, manifest, withdraw_quarantine
from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.job_inputs import Workplace
from jobs.lake import Lake
from jobs.quarantine import quarantine_contract
from jobs.run_lock import give_run_lock
from jobs.take_over import take_over
from jobs.withdraw import withdraw
from quality.contracts.errors import UsageError
from tests.jobs.damaged import D1, D2, flip, kinds
from tests.jobs.publisher import TABLE, publish_as_a_run
from tests.jobs.test_plan import land, refuse
from tests.jobs.test_withdraw import shown

BAD = quarantine_contract(TABLE.name)
BOTH = (D1, D2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    yield place
    give_run_lock(home)


def kept_back(place):
    """Return, by date, who kept a row back."""
    root = place.lake.path(BAD.name)
    files = place.lake.published(BAD).files
    return {file.date: pq.ParquetFile(root / file.path).read(["source"])["source"][0].as_py() for file in files}


def balanced(place):
    """Each date that is published has as many rows, shown and kept back, as its report says."""
    rows, bad = place.lake.rows(TABLE.name), place.lake.rows(BAD.name)
    reports = {day: report for (table, day), (*_, report) in place.catalog.published().items() if table == TABLE.name}
    assert {day: (r["rows_out"], r["quarantined"]) for day, r in reports.items()} == {
        day: (rows[day], bad[day]) for day in reports
    }
    assert bad.keys() <= reports.keys() and all(
        r["rows_in"] == r["rows_out"] + r["quarantined"] for r in reports.values()
    )
    assert kinds(place, TABLE.name) == kinds(place, BAD.name) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        pytest.param(BOTH, BOTH, id="both-kept-rows-back"),
        pytest.param(None, BOTH, id="the-good-one-kept-nothing-back"),
        pytest.param(BOTH, (), id="the-bad-one-kept-nothing-back"),
        pytest.param((D2,), (D1,), id="of-different-dates"),
    ],
)
def test_readers_of_quarantine_see_what_belongs_to_the_rows_that_are_shown(place, good, bad):
    publish_as_a_run(place, "good", D1, D2, code="older", quarantine=good)
    version = publish_as_a_run(place, "bad", D1, D2, quarantine=bad)
    assert kept_back(place) == dict.fromkeys(bad, "bad")

    withdraw(place, TABLE.name, version, "wrong zone")

    assert shown(place) == {D1: "good", D2: "good"}
    assert kept_back(place) == dict.fromkeys(good or (), "good")
    balanced(place)


def test_a_date_that_was_not_taken_back_keeps_what_was_kept_back_from_it(place):
    publish_as_a_run(place, "good", D1, D2, code="older", quarantine=BOTH)
    version = publish_as_a_run(place, "bad", D2, quarantine=(D2,))

    withdraw(place, TABLE.name, version, "wrong zone")

    assert kept_back(place) == {D1: "good", D2: "good"}
    balanced(place)


def test_where_nothing_good_is_known_nothing_is_kept_back_either(place):
    version = publish_as_a_run(place, "bad", D1, quarantine=(D1,))

    withdraw(place, TABLE.name, version, "wrong zone")

    assert kept_back(place) == shown(place) == {}
    balanced(place)


def test_a_second_withdrawal_goes_back_to_what_the_first_passed_over(place):
    for mark in ("one", "two", "three"):
        publish_as_a_run(place, mark, D1, code=mark, quarantine=(D1,))
    withdraw(place, TABLE.name, 3, "wrong")
    withdraw(place, TABLE.name, 2, "wrong too")

    assert (shown(place), kept_back(place)) == ({D1: "one"}, {D1: "one"})
    balanced(place)


def test_where_nothing_was_ever_kept_back_there_is_nothing_to_do(place):
    publish_as_a_run(place, "good", D1, code="older")
    version = publish_as_a_run(place, "bad", D1)

    withdraw(place, TABLE.name, version, "wrong zone")

    assert place.lake.table(BAD.name) is None
    balanced(place)


def test_a_file_of_the_quarantine_that_is_gone_or_changed_is_refused_before_anything_is_taken_back(place):
    publish_as_a_run(place, "good", D1, code="older", quarantine=(D1,))
    version = publish_as_a_run(place, "bad", D1, quarantine=(D1,))
    flip(data(place, BAD.name, "good"), 9)

    with pytest.raises(UsageError, match=rf"A file of {BAD.name} .*is gone or changed"):
        withdraw(place, TABLE.name, version, "wrong zone")
    assert (shown(place), kept_back(place)) == ({D1: "bad"}, {D1: "bad"})


STEPS = {
    "the table was taken back": (finish_withdrawals, "withdraw_quarantine"),
    "the quarantine was about to be": (withdraw_quarantine, "commit"),
    "its commit had no manifest": (manifest, "complete"),
    "auditors were not told": (finish_withdrawals, "audit_many"),
    "the catalog was not": (Catalog, "end_withdrawal"),
}


@pytest.mark.parametrize("step", STEPS)
def test_one_that_was_interrupted_is_ended_by_the_next_run_and_told_once(place, step):
    publish_as_a_run(place, "good", D1, D2, code="older", quarantine=BOTH)
    version = publish_as_a_run(place, "bad", D1, D2, quarantine=(D1,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*STEPS[step], lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            withdraw(place, TABLE.name, version, "wrong zone")

    take_over(place.home)

    assert (shown(place), kept_back(place)) == (dict.fromkeys(BOTH, "good"), dict.fromkeys(BOTH, "good"))
    balanced(place)
    told = [(e["subject"], e["detail"]["new_version"]) for e in read_audit(place.home) if e["outcome"] == "withdrawn"]
    assert sorted(told) == [(BAD.name, 3), (TABLE.name, 3)]
    assert place.catalog.begun_withdrawals() == []


HARMED = {
    "a file of the quarantine": lambda place: data(place, BAD.name, "good"),
    "a manifest of the table": lambda place: manifest.manifest_file(place.lake.path(TABLE.name), 2),
}


@pytest.mark.parametrize("harmed", HARMED)
def test_one_that_cannot_be_ended_for_damage_stops_nobody_and_is_ended_once_that_is_mended(place, harmed):
    publish_as_a_run(place, "good", D1, code="older", quarantine=(D1,))
    version = publish_as_a_run(place, "bad", D1, quarantine=(D1,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finish_withdrawals, "withdraw_quarantine", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            withdraw(place, TABLE.name, version, "wrong zone")
    content = HARMED[harmed](place).read_bytes()
    HARMED[harmed](place).write_bytes(b"{")

    take_over(place.home)
    assert len(place.catalog.begun_withdrawals()) == 1

    give_run_lock(place.home)
    HARMED[harmed](place).write_bytes(content)
    take_over(place.home)
    assert (shown(place), kept_back(place)) == ({D1: "good"}, {D1: "good"})
    balanced(place)


def data(place, table, mark):
    return place.lake.path(table) / f"stage-{mark}" / f"event_date={D1}" / "p.parquet"


@pytest.mark.parametrize("step", [None, (finish_publications, "audit_once"), (Catalog, "forget_publication")])
def test_a_quarantine_that_was_committed_without_its_table_is_taken_back_by_whoever_comes_next(place, step):
    publish_as_a_run(place, "one", D1, D2, quarantine=[D1])
    real, commits = Lake.commit, []

    def killed_at_the_table(lake, staged, dates, facts):
        commits.append(staged)
        if len(commits) == 2:
            raise KeyboardInterrupt
        return real(lake, staged, dates, facts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lake, "commit", killed_at_the_table)
        with pytest.raises(KeyboardInterrupt):
            publish_as_a_run(place, "two", D1, D2, code="x", quarantine=[D2])
    assert kept_back(place) == {D2: "two"}
    if step:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*step, Mock(side_effect=KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                take_over(place.home)
        give_run_lock(place.home)

    take_over(place.home)

    assert (kept_back(place), shown(place)) == ({D1: "one"}, {D1: "one", D2: "one"})
    balanced(place)
    told = [entry["outcome"] for entry in read_audit(place.home) if entry["subject"] == BAD.name]
    assert told == ["published", "published", "withdrawn"]

"""Withdrawing a version of a table whose files were made by hand: no Spark."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from jobs import finish_publications, manifest
from jobs.catalog import Catalog
from jobs.job_inputs import Workplace
from jobs.plan import held_back, plan
from jobs.released_views import table_files
from jobs.restore_landed import restore_landed
from jobs.status import status
from jobs.withdraw import withdraw, would_withdraw
from quality.contracts.errors import UsageError
from tests.audited import audited
from tests.jobs.publisher import TABLE, publish, publish_as_a_run
from tests.jobs.test_plan import FILE, land, refuse

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    return place


def shown(place):
    files = table_files(TABLE, [place.region]).get("eu", [])
    if not files:
        return {}
    found = duckdb.sql(f"SELECT event_date, source FROM read_parquet({files!r}, hive_partitioning=true)").fetchall()
    return {day: mark for day, mark in found}


def planned(place):
    return {(one.table, one.date) for one in plan(place)}


def test_readers_fall_back_to_the_last_good_version_of_exactly_its_dates(place):
    publish(place, "good", D1, D2, code="older")
    bad = publish(place, "bad", D2)

    done = withdraw(place, TABLE.name, bad, "wrong zone")

    assert shown(place) == {D1: "good", D2: "good"}
    assert [(one.date, one.version) for one in done.fallbacks] == [(D2, 1)]
    assert done.new_version == bad + 1


def test_a_date_that_was_good_only_in_a_withdrawn_version_becomes_empty(place):
    first, second = publish(place, "one", D1, code="a"), publish(place, "two", D1, code="b")
    withdraw(place, TABLE.name, second, "bad")

    done = withdraw(place, TABLE.name, first, "bad too")

    assert shown(place) == {}
    assert [(one.date, one.version) for one in done.fallbacks] == [(D1, None)]


def test_what_was_withdrawn_is_not_made_again_until_something_changes(place):
    publish(place, "good", D1, D2, code="older")
    bad = publish(place, "bad", D1, D2)
    assert (TABLE.name, D1) not in planned(place)

    withdraw(place, TABLE.name, bad, "wrong zone")

    assert not {(TABLE.name, D1), (TABLE.name, D2)} & planned(place)
    assert {(one.table, one.date, one.reason) for one in held_back(place)} == {
        (TABLE.name, D1, "wrong zone"), (TABLE.name, D2, "wrong zone"),
    }  # fmt: skip
    assert {one.state for one in status(place.home) if one.table == TABLE.name} == {"withdrawn"}
    land(place, D1, digit="e")
    assert {(TABLE.name, D1)} == {one for one in planned(place) if one[0] == TABLE.name}
    assert (TABLE.name, D2) in {(one.table, one.date) for one in plan(place, force=True)}, "a person may insist"


def test_a_date_that_shows_nothing_since_a_withdrawal_is_planned_as_withdrawn_once_it_changed(place):
    withdraw(place, TABLE.name, publish(place, "bad", D1), "wrong zone")
    land(place, D1, D2, digit="e")

    found = {one.date: one.reason for one in plan(place, tables=(TABLE.name,))}

    assert found == {D1: "withdrawn, and changed since", D2: "never published"}


def test_what_was_made_from_it_is_made_again_and_nothing_else(place):
    publish(place, "good", D1, D2, code="older")
    bad = publish(place, "bad", D2)
    for one in plan(place):
        place.catalog.record(one.table, one.date, 1, one.digest, one.parts, {"quarantined": 0, "rows_in": 1})
    assert planned(place) == set()

    done = withdraw(place, TABLE.name, bad, "wrong zone")

    assert {day for _, day in planned(place)} == {D2}
    assert done.downstream["clean.pings"] == 1


@pytest.mark.parametrize("step", [(manifest, "complete"), (finish_publications, "audit_many"), (Catalog, "record_all")])
def test_a_publication_that_was_interrupted_can_be_taken_back_and_is_not_made_again(place, step):
    publish(place, "good", D1, D2, code="older")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*step, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_as_a_run(place, "bad", D1, D2)

    withdraw(place, TABLE.name, 2, "wrong zone")

    assert shown(place) == {D1: "good", D2: "good"}
    assert not {day for table, day in planned(place) if table == TABLE.name}
    assert {(one.date, one.reason) for one in held_back(place)} == {(D1, "wrong zone"), (D2, "wrong zone")}
    assert {one.state for one in status(place.home) if one.table == TABLE.name} == {"withdrawn"}
    assert [e["outcome"] for e in audited(place.home)] == ["published"] * 3 + ["withdrawn"]


def test_a_dry_run_changes_nothing(place):
    version = publish(place, "one", D1)

    done = would_withdraw(place.home, place.region, TABLE.name, version)

    assert done.new_version is None and [one.version for one in done.fallbacks] == [None]
    assert shown(place) == {D1: "one"} and held_back(place) == []


def test_a_dry_run_does_not_fall_back_to_what_is_being_withdrawn(place):
    for mark in ("one", "two"):
        publish(place, mark, D1, code=mark)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalog, "end_withdrawal", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            withdraw(place, TABLE.name, 2, "wrong")
    version = publish(place, "four", D1, code="four")

    looked = would_withdraw(place.home, place.region, TABLE.name, version)
    assert [one.version for one in looked.fallbacks] == [1]
    assert looked.fallbacks == withdraw(place, TABLE.name, version, "wrong too").fallbacks


def test_a_version_that_nothing_shows_is_refused_with_those_that_are_shown(place):
    publish(place, "one", D1, code="a")
    publish(place, "two", D1)

    with pytest.raises(UsageError, match=r"Versions shown now: 2"):
        withdraw(place, TABLE.name, 1, "too late")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"X")])
def test_a_fallback_whose_file_is_gone_or_changed_is_refused(place, harm):
    publish(place, "one", D1, code="a")
    bad = publish(place, "two", D1)
    harm(place.lake.path(TABLE.name) / "stage-one" / f"event_date={D1}" / "p.parquet")

    with pytest.raises(UsageError, match=f"run {TABLE.name} --date {D1} --force"):
        withdraw(place, TABLE.name, bad, "bad")
    assert shown(place) == {D1: "two"}


def test_auditors_read_who_took_back_what_and_why(place):
    version = publish(place, "one", D1)
    withdraw(place, TABLE.name, version, "wrong zone")

    [entry] = [entry for entry in audited(place.home) if entry["outcome"] == "withdrawn"]
    assert (entry["subject"], entry["region"], entry["detail"]["why"]) == (TABLE.name, "eu", "wrong zone")
    newest = manifest.manifest_file(place.lake.path(TABLE.name), entry["detail"]["new_version"])
    assert entry["detail"]["manifest"] == manifest.sha256_of(newest)


def lose_the_catalog(place):
    """Follow the mend of a lost catalog; the file made by hand is entered by hand."""
    (place.region.root / "catalog.sqlite").unlink()
    restore_landed(place.home)
    land(place, D1, D2)


def test_rows_withdrawn_before_the_catalog_was_lost_are_never_fallen_back_to(place):
    publish(place, "good", D1, D2, code="older")
    withdraw(place, TABLE.name, publish(place, "bad", D1, D2), "leak")
    lose_the_catalog(place)
    again = publish(place, "bad again", D1, D2)

    assert {one.version for one in would_withdraw(place.home, place.region, TABLE.name, again).fallbacks} == {1}
    done = withdraw(place, TABLE.name, again, "leak, again")

    assert {one.version for one in done.fallbacks} == {1}
    assert shown(place) == {D1: "good", D2: "good"}


def test_what_is_withdrawn_after_the_catalog_was_lost_is_not_made_again(place):
    publish(place, "good", D1, D2, code="older")
    bad = publish_as_a_run(place, "bad", D1, D2)
    lose_the_catalog(place)

    withdraw(place, TABLE.name, bad, "leak")

    assert not {day for table, day in planned(place) if table == TABLE.name}
    assert {(one.date, one.reason) for one in held_back(place)} == {(D1, "leak"), (D2, "leak")}
    assert shown(place) == {D1: "good", D2: "good"}
    land(place, D1, digit="e")
    assert {day for table, day in planned(place) if table == TABLE.name} == {D1}, "until something changes"


def test_one_withdrawn_before_the_kept_files_are_dated_again_waits_until_a_person_insists(place):
    bad = publish_as_a_run(place, "bad", D1, D2)
    (place.region.root / "catalog.sqlite").unlink()
    restore_landed(place.home)
    place.catalog.land(FILE)

    withdraw(place, TABLE.name, bad, "leak")

    land(place, D1, D2)
    assert not {day for table, day in planned(place) if table == TABLE.name}
    assert {(one.date, one.reason) for one in held_back(place)} == {(D1, "leak"), (D2, "leak")}
    publish(place, "insisted on", D1)
    land(place, D1, digit="e")
    assert {day for table, day in planned(place) if table == TABLE.name} == {D1}, "as after any publication"

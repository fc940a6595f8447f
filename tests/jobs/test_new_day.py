"""A new day costs what it did when the history was short: counted by the kernel and by calls, not by the clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import Mock

import pytest

from benchmarks.files_read import files_read
from jobs import manifest
from jobs import plan as planning
from jobs.batches import landed_bytes
from jobs.catalog import Catalog
from jobs.job import Read
from jobs.job_inputs import Workplace
from jobs.lake import Lake
from jobs.nightly import SMALL_RUN_BYTES, Sessions
from jobs.plan import plan, provenance
from jobs.registry import JOBS
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import FILE, land, refuse

FIRST = date(2024, 5, 1)


def days(count):
    return [FIRST + timedelta(days=n) for n in range(count)]


def place_of(home, region="eu"):
    return Workplace.open(home, home.region(region), refuse)


@pytest.fixture
def read_after(tmp_path, home):
    """What a plan and a publication read after so many nights of one table."""

    def read_after(count, use=lambda place: None):
        place = place_of(home)
        land(place, *days(count + 1))
        for day in days(count):
            publish(place, f"night-{day}", day)
        fresh = place_of(home)
        with files_read(home.region("eu").root) as seen:
            plan(fresh)
            use(fresh)
            provenance(fresh, TABLE.name, [days(count + 1)[-1]])
            publish(fresh, "new", days(count + 1)[-1])
        return seen.counts()

    return read_after


COUNTED = ("log commits", "log commits: entries", "manifests", "data files", "landed files")


@pytest.mark.parametrize("count", [5, 25])
def test_the_log_is_read_from_its_last_checkpoint_on_and_no_manifest_but_the_newest(read_after, count):
    found = read_after(count)

    assert {name: found[name] for name in COUNTED} == {
        "log commits": 6, "log commits: entries": 18, "manifests": 1, "data files": 0, "landed files": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scan", "counted"),
    [
        pytest.param(lambda path: manifest.history(path), "manifests", id="all-manifests"),
        pytest.param(lambda path: [p.read_bytes() for p in path.glob("_delta_log/*.json")], "log commits", id="log"),
        pytest.param(lambda path: [p.open().close() for p in path.glob("stage-*/*/*")], "data files", id="data"),
    ],
)
def test_a_scan_of_the_history_would_be_counted(read_after, scan, counted):
    assert read_after(25, lambda place: scan(place.lake.path(TABLE.name)))[counted] >= 25


@pytest.mark.parametrize("lines", [1, 300])
def test_what_a_scan_reads_is_seen(home, tmp_path, lines):
    """The guard itself: a file that is only opened counts, and one made and written meanwhile does not."""
    log = home.region("eu").folder("raw", "pings", "_delta_log") / f"{0:020}.json"
    log.write_text("{}\n" * lines)
    with files_read(home.region("eu").root) as seen:
        log.read_text()
        (home.region("eu").folder("raw", "new", "_delta_log") / f"{1:020}.json").write_text("{}\n")

    assert (seen.counts()["log commits"], seen.counts()["log commits: entries"]) == (1, lines)


@pytest.mark.parametrize("count", [5, 25])
def test_a_build_is_given_the_files_of_its_own_date(home, monkeypatch, count):
    place, given = place_of(home), []
    land(place, *days(count))
    for day in days(count):
        publish(place, f"night-{day}", day)
    monkeypatch.setattr(Lake, "_read_files", lambda lake, contract, files: given.extend(files) or Mock(columns=()))
    monkeypatch.setattr(Lake, "_nothing", lambda lake, contract: None)

    job = replace(JOBS["clean.pings"], reads=JOBS["clean.pings"].reads[:1])
    place.inputs(job, (days(count)[-1],))
    assert [file.parent.name for file in given] == [f"event_date={days(count)[-1]}"]
    given.clear()
    place.inputs(replace(job, reads=(Read(TABLE.name, "all_dates"),)), (days(count)[-1],))
    assert len(given) == count, "the guard itself: a scan would be seen"


def test_a_plan_reads_no_report_of_the_history(home):
    place = place_of(home)
    land(place, *days(3))
    for one in plan(place):
        place.catalog.record(one.table, one.date, 1, one.digest, one.parts, {})
    with place.catalog.open() as db:
        db.execute("UPDATE publications SET report = 'no JSON'")

    assert plan(place) == []
    assert [one.digest for one in provenance(place, TABLE.name, [FIRST])]


@pytest.mark.parametrize("count", [5, 25])
def test_a_table_that_is_read_up_to_a_date_is_looked_at_once_for_each_date(home, monkeypatch, count):
    place, asked = place_of(home), Counter()
    land(place, *days(count))
    land(place, *days(count), table="raw.consents", digit="c")
    original = planning._Made._input

    def counted(made, source, day):
        asked[source.name, day] += 1
        return original(made, source, day)

    monkeypatch.setattr(planning._Made, "_input", counted)
    found = {(one.table, one.date): one for one in plan(place)}

    assert {asked["raw.consents", day] for day in days(count)} == {1}
    said = [found["raw.consents", day].digest for day in days(count)]
    assert [found["clean.pings", day].parts["input:raw.consents"] for day in days(count)] == [
        planning._digest(said[: n + 1]) for n in range(count)
    ]


def test_a_session_fits_what_the_run_reads_and_not_what_years_have_left_behind(home):
    place = place_of(home, "us")
    old, new, waiting = (replace(FILE, file_id=digit * 64, bytes=SMALL_RUN_BYTES) for digit in "abc")
    for file, day in ((old, FIRST), (new, FIRST + timedelta(days=1))):
        land(place, day, digit=file.file_id[0])
        with place.catalog.open() as db:
            db.execute("UPDATE files SET bytes = ?", (SMALL_RUN_BYTES,))
    for one in plan(place):
        if one.date == FIRST:
            place.catalog.record(one.table, one.date, 1, one.digest, one.parts, {})

    assert landed_bytes(place, plan(place)) == SMALL_RUN_BYTES
    assert landed_bytes(place, []) == 0
    assert landed_bytes(place, plan(place, force=True)) == 2 * SMALL_RUN_BYTES
    place.catalog.land(waiting)
    assert landed_bytes(place, []) == SMALL_RUN_BYTES, "who knows which dates it holds"
    assert Sessions(home, lambda: landed_bytes(place, [])).side_by_side == 2
    assert Sessions(home, lambda: landed_bytes(place, plan(place))).side_by_side == 1
    assert Sessions(home).side_by_side == 1


def test_a_release_over_more_than_a_day_may_be_made_anew_of_everything(home):
    place = place_of(home, "cn")
    land(place, *days(2))

    assert landed_bytes(place, []) == sum(file.bytes for file in Catalog(place.region).files()) > 0


def test_consents_of_all_years_are_read_by_what_is_cleaned(home):
    place = place_of(home, "us")
    land(place, FIRST, digit="a")
    land(place, FIRST - timedelta(days=300), digit="c", table="raw.consents")

    assert landed_bytes(place, [one for one in plan(place, tables=[TABLE.name]) if one.date == FIRST]) == 1
    assert landed_bytes(place, [one for one in plan(place) if one.date == FIRST]) == 2


def test_a_log_is_read_once_and_again_only_when_it_has_grown_by_whoever_it_was(home, monkeypatch):
    import deltalake

    opened = []

    class Counted(deltalake.DeltaTable):
        def __init__(self, *args, **kwargs):
            opened.append(args)
            super().__init__(*args, **kwargs)

    publish(place_of(home), "one", FIRST)
    lake = place_of(home).lake
    monkeypatch.setattr(deltalake, "DeltaTable", Counted)
    assert [lake.rows(TABLE.name)[FIRST], lake.table(TABLE.name).version(), len(opened)] == [1, 1, 1]

    later = FIRST + timedelta(days=1)
    publish(place_of(home), "two", later)
    opened.clear()
    assert [lake.rows(TABLE.name)[later], lake.claims(TABLE.name, [later])[later], len(opened)] == [1, 1, 1]

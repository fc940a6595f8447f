from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.landing_ledger import File, Part
from jobs.registry import JOBS
from quality.contracts import contract
from quality.sources.load_mapping import load_mapping

D1, D2, D3 = date(2024, 5, 1), date(2024, 5, 2), date(2024, 5, 3)
FILE = File("tiny", "f" * 64, "v1", "a.csv", "csv", 1, (), (), datetime(2024, 5, 3, tzinfo=UTC))


def refuse():
    raise AssertionError("Spark was started for what needs none")


@pytest.fixture
def place(home):
    return Workplace.open(home, home.region("eu"), refuse)


def ping(day, who="a"):
    return {name: None for name in contract("protected.pings").column_names} | {"actor_key": who, "event_date": day}


def test_rows_in_are_those_of_the_ledger_for_a_landing_job(place):
    place.catalog.land(FILE)
    place.catalog.land(replace(FILE, file_id="e" * 64))
    rows = [("tiny", digit * 64, "raw.pings", day.isoformat(), n, n)
            for digit, day, n in (("f", D1, 3), ("e", D1, 4), ("f", D3, 9))]  # fmt: skip
    place.catalog.set_dates([FILE], rows)

    assert place.rows_in(JOBS["raw.pings"], (D1, D2)) == {D1: 7, D2: 0}


def test_rows_in_are_those_of_the_counted_tables_for_the_others(place, publish):
    publish("eu", "protected.pings", [ping(D1), ping(D1), ping(D3)])

    assert place.rows_in(JOBS["curated.mobility"], (D1, D2)) == {D1: 2, D2: 0}


def test_a_window_counts_all_of_its_dates(home, publish):
    place = Workplace.open(home, home.region("cn"), refuse)
    publish("cn", "protected.pings", [ping(D1), ping(D1), ping(D3)])

    assert place.rows_in(JOBS["curated.mobility"], (date(2000, 1, 1),)) == {date(2000, 1, 1): 3}


def test_each_source_is_read_by_the_mapping_it_landed_under(place, mapping_file, tmp_path):
    rows = tmp_path / "a.csv"
    rows.write_text("id,who,at,lat,lon\n1,a,2024-05-01T10:00:00Z,1,2\n")
    path = mapping_file()
    [landed] = land_files(place.home, place.region, load_mapping(path), path.read_text(), [rows])
    version = load_mapping(path).version
    mapping_file("legal_basis: {analytics: Consent}\nevidence: changed later")

    [(mapping, files)] = place.mappings(place.catalog.files())
    assert (mapping.version, len(files)) == (version, 1)
    [kept] = place.kept(place.catalog.files())
    with kept.content.open() as file:
        assert file.read() == rows.read_bytes()
    assert (kept.file_id, kept.columns) == (landed.file_id, ("id", "who", "at", "lat", "lon"))


def test_the_release_is_that_of_the_regions_jurisdiction(home, place):
    assert place.release == home.policy.jurisdiction("eu").release
    assert Workplace.open(home, home.region("cn"), refuse).release.window == "epoch"


@pytest.mark.spark
def test_a_build_sees_only_the_dates_it_may_and_no_key(home, publish, spark):
    place = Workplace.open(home, home.region("eu"), lambda: spark)
    empty = dict.fromkeys(contract("raw.consents").column_names)
    statements = [empty | {"subject_id": f"s{day.day}", "event_date": day} for day in (D1, D2, D3)]
    publish("eu", "raw.consents", statements)

    inputs = place.inputs(JOBS["clean.pings"], (D1, D2))

    assert set(inputs.tables) == {"raw.pings", "raw.consents", "raw.actors"}
    assert {row.subject_id for row in inputs.tables["raw.consents"].collect()} == {"s1", "s2"}
    assert inputs.tables["raw.pings"].count() == 0
    assert inputs.nothing(contract("raw.pings")).columns[-2:] == ["_reason", "_payload"]
    assert inputs.keys.pseudonym.open() not in repr(inputs).encode()
    assert inputs.keys.pseudonym.open().hex() not in repr(inputs)


@pytest.mark.spark
def test_rows_of_an_erased_subject_are_seen_only_where_they_are_counted(home, publish, spark):
    place = Workplace.open(home, home.region("eu"), lambda: spark)
    empty = dict.fromkeys(contract("raw.pings").column_names)
    publish("eu", "raw.pings", [empty | {"actor_id": who, "event_date": D1} for who in ("ada", "bob")])
    said = [
        dict.fromkeys(contract("raw.consents").column_names) | {"subject_id": who, "event_date": D1}
        for who in ("ada", "bob")
    ]
    publish("eu", "raw.consents", said)

    place.keys.vault.destroy("actor", ["ada"])
    inputs = place.inputs(JOBS["clean.pings"], (D1,))

    pings = {row.actor_id: row._erased for row in inputs.tables["raw.pings"].collect()}
    assert pings == {None: True, "bob": False}
    assert [row.subject_id for row in inputs.tables["raw.consents"].collect()] == ["bob"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param({D1: (3, 3), D2: (2, 1)}, D2, id="where-the-ledger-counts-them"),
        pytest.param({D1: (3, 2), D2: (2, 2)}, D1, id="not-always-the-last-date"),
        pytest.param({D1: (3, 3), D2: (2, 2)}, D2, id="none-to-place"),
        pytest.param({}, D3, id="no-dates-at-all"),
    ],
)
def test_rows_without_a_time_are_built_where_the_ledger_counts_them(place, dates, expected):
    parts = {day: Part("tiny", FILE.file_id, "v1", *counts) for day, counts in dates.items()}

    assert place.kept([FILE], {FILE.file_id: parts})[0].stand_in == expected

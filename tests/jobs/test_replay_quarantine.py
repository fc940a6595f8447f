from __future__ import annotations

import json
from datetime import date

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import Catalog
from jobs.cli.app import app
from jobs.land_files import land_files
from jobs.replay_quarantine import ROWS, replay
from quality.sources.load_mapping import load_mapping, mapping_text

D1, D2 = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def land(home, mapping_file):
    """Land files under the mapping, and say which date each holds."""

    def land(*paths):
        path = str(mapping_file())
        landed = land_files(home.region("eu"), load_mapping(path), mapping_text(path), paths)
        return [one.file_id for one in landed]

    return land


@pytest.fixture
def mended(mapping_file):
    """Write the mapping with another name for a column."""

    def mended(old="who", new="person"):
        path = mapping_file()
        path.write_text(path.read_text().replace(f"from: {old}", f"from: {new}"))
        return str(path)

    return mended


def catalog(home):
    return Catalog(home.region("eu"))


def outcomes(found):
    return [(one.name, one.was, one.outcome, one.reason) for one in found]


def date_it(home, file_id, day, quarantined):
    held = catalog(home)
    [file] = [file for file in held.files() if file.file_id == file_id]
    held.set_dates([file], [(file.source, file_id, "raw.pings", day.isoformat(), 2, 2)])
    held.record("raw.pings", day, 1, "d", {}, {"quarantined": quarantined})


def test_a_file_whose_column_was_renamed_lands_under_the_mended_mapping(home, land, log_file, mended):
    [file_id] = land(log_file("1,a,2026-06-01T00:00:00Z,1,2,n,x", header="id,person,at,lat,lon,note,extra"))
    [before] = catalog(home).files()
    assert before.reason == "missing_column:who"

    found = replay(home, mended())

    assert outcomes(found) == [("log.csv", "missing_column:who", "landed", "")]
    [after] = catalog(home).files()
    assert (after.reason, after.dated, after.file_id, after.landed_at) == ("", False, file_id, before.landed_at)
    [entry] = [entry for entry in read_audit(home) if entry["outcome"] == "replayed"]
    assert entry["detail"]["files"] == {"landed": 1} and "log.csv" not in json.dumps(entry)


def test_only_files_of_dates_with_quarantined_rows_are_entered_again(home, land, log_file, mended):
    good, bad = land(log_file("1,a,t,1,2,n,x", name="good.csv"), log_file("2,a,t,1,2,n,x", name="bad.csv"))
    date_it(home, good, D1, quarantined=0)
    date_it(home, bad, D2, quarantined=1)

    found = replay(home, mended("lat", "lon"))

    assert outcomes(found) == [("bad.csv", ROWS, "landed", "")]
    assert {file.name: file.dated for file in catalog(home).files()} == {"good.csv": True, "bad.csv": False}


def test_under_the_same_mapping_nothing_changes_and_it_is_said(home, land, log_file, mapping_file):
    [bad] = land(log_file("2,a,t,1,2,n,x"))
    date_it(home, bad, D2, quarantined=1)

    assert outcomes(replay(home, str(mapping_file()))) == [("log.csv", ROWS, "unchanged", "")]
    assert catalog(home).files()[0].dated


def test_a_file_that_spark_could_not_read_is_tried_again_even_under_the_same_mapping(
    home, land, log_file, mapping_file
):
    land(log_file("2,a,t,1,2,n,x"))
    catalog(home).quarantine_file(catalog(home).files()[0], "unreadable_by_spark")

    assert outcomes(replay(home, str(mapping_file()))) == [("log.csv", "unreadable_by_spark", "landed", "")]
    assert not catalog(home).files()[0].dated


def test_a_dry_run_tells_and_changes_nothing(home, land, log_file, mended):
    land(log_file("1,a,t,1,2,n,x", header="id,person,at,lat,lon,note,extra"))

    assert outcomes(replay(home, mended(), dry_run=True)) == [("log.csv", "missing_column:who", "readable", "")]
    assert [file.reason for file in catalog(home).files()] == ["missing_column:who"]


def test_a_mapping_that_is_still_wrong_leaves_the_file_in_quarantine(home, land, log_file, mended):
    land(log_file("1,a,t,1,2,n,x", header="id,person,at,lat,lon,note,extra"))

    found = replay(home, mended("who", "actor"))

    assert outcomes(found) == [("log.csv", "missing_column:who", "quarantined", "missing_column:actor")]


def test_kept_bytes_that_are_gone_are_said_to_be_unreadable(home, land, log_file, mended):
    [file_id] = land(log_file("1,a,t,1,2,n,x", header="id,person,at,lat,lon,note,extra"))
    next((home.region("eu").root / "landing").glob(f"{file_id}*")).unlink()

    assert outcomes(replay(home, mended())) == [("log.csv", "missing_column:who", "quarantined", "unreadable")]


def test_the_command_says_what_to_do_next_and_ends_with_1_while_a_file_is_bad(home, land, log_file, mended):
    from typer.testing import CliRunner

    land(log_file("1,a,t,1,2,n,x", header="id,person,at,lat,lon,note,extra"))

    still = CliRunner().invoke(app, ["quarantine", "replay", mended("who", "actor"), "--json"])
    assert still.exit_code == 1 and json.loads(still.stdout)["ok"] is False
    done = CliRunner().invoke(app, ["quarantine", "replay", mended()])
    assert done.exit_code == 0 and "geoward run" in done.stdout

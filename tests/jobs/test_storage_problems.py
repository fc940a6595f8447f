"""A region that is gone or cannot be read, and what fsck found last, are told by the status; the rest goes on."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs.audit_witness import audit_path
from jobs.check_published import check_published
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.ingest import ingest
from jobs.job_inputs import Workplace
from jobs.list_status import list_status
from jobs.plan import provenance
from jobs.status import problems, status
from jobs.storage_problems import MEMORY, refuse_lost, remember
from quality.contracts.errors import EnvironmentFault
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import land, refuse

DAY = date(2024, 5, 1)


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, DAY)
    publish(place, "one", DAY)
    return place


def storage(home):
    return [(one.region, one.table, one.what) for one in problems(home) if one.kind == "storage"]


def look(home):
    remember(home, fsck(home, tables=(TABLE.name,), checked=Checked()), home.regions)


def test_what_is_well_is_no_problem(home, place):
    look(home)

    assert storage(home) == []


@pytest.mark.parametrize("gone", ["catalog", "storage root"])
def test_a_region_that_is_gone_is_told_by_the_audit_log(home, place, gone):
    if gone == "catalog":
        (place.region.root / "catalog.sqlite").unlink()
    else:
        shutil.rmtree(place.region.root)

    assert storage(home) == [("eu", "", f"its {gone} is gone, which held 1 published table")]


@pytest.mark.parametrize("name", ["catalog.sqlite", "runs.sqlite"])
def test_a_region_that_cannot_be_read_is_told_and_the_others_go_on(home, place, name):
    other = Workplace.open(home, home.region("us"), refuse)
    land(other, DAY)
    place.region.folder().joinpath(name).write_bytes(b"no database")

    assert storage(home) == [("eu", "", "What is stored in region eu cannot be read (DatabaseError)")]
    assert [(one.region, one.table) for one in status(home)][:2] == [("eu", ""), ("us", "raw.pings")]


def test_what_fsck_found_is_told_until_it_finds_all_well(home, place):
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    good = file.read_bytes()
    file.write_bytes(good[:-1])
    look(home)
    today = problems(home)[0].date
    assert storage(home) == [("eu", TABLE.name, f"`geoward fsck` found on {today}: 1 file_changed")]
    assert (home.path / MEMORY).stat().st_mode & 0o077 == 0

    file.write_bytes(good)
    look(home)

    assert storage(home) == []


def test_a_memory_of_fsck_that_cannot_be_read_is_told_and_made_anew(home, place):
    (home.path / MEMORY).write_text("[{")

    assert storage(home) == [("", "", "what `geoward fsck` found last cannot be read")]
    look(home)
    assert storage(home) == []


def test_a_region_where_files_had_landed_and_nothing_was_published_is_told_when_it_is_gone(
    home, mapping_file, log_file
):
    ingest(home, str(mapping_file()), "us", [log_file("1,a,2024-05-01T10:00:00Z,1.0,2.0,,")])
    shutil.rmtree(home.region("us").root)

    assert storage(home) == [("us", "", "its storage root is gone, which held landed files")]
    with pytest.raises(EnvironmentFault, match="Region us: its storage root is gone"):
        refuse_lost(home, home.region("us"))


def test_a_region_that_is_gone_takes_no_files_and_no_runs_but_one_whose_catalog_was_set_aside_does(home, place):
    (place.region.root / "catalog.sqlite").rename(place.region.root / "catalog_aside.sqlite")
    refuse_lost(home, place.region)

    shutil.rmtree(place.region.root)

    with pytest.raises(EnvironmentFault, match="Region eu: its storage root is gone"):
        refuse_lost(home, place.region)


@pytest.mark.parametrize("region", ["", "us"])
def test_an_audit_log_that_is_gone_is_told_whatever_region_is_asked_for(home, place, region):
    shutil.rmtree(audit_path(home))

    told = list_status(home, status(home), problems(home), region)

    assert not told.ok and ("", "", "the audit log is damaged: it is gone") in storage(home)


@pytest.fixture
def keyless(home, place):
    """An installation of which a table was made with a keyring that is gone."""
    (place.region.root / "curated" / "mobility" / "_delta_log").mkdir(parents=True)
    return home.path / "keys" / "keyring.json"


def test_a_keyring_that_is_gone_is_told(home, keyless):
    assert ("", "", "the keyring is missing, though tables were made with it") in storage(home)


def test_no_run_makes_a_keyring_anew_where_one_is_lost(place, keyless):
    with pytest.raises(EnvironmentFault, match="The keyring is missing.*Restore"):
        provenance(place, TABLE.name, [DAY])
    assert not keyless.exists()


def test_a_check_makes_no_keyring(home, place):
    with pytest.raises(EnvironmentFault, match="The keyring is missing"):
        list(check_published([place], (), lambda text: None))
    assert not (home.path / "keys").exists()

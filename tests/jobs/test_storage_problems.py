"""A region that is gone or cannot be read, and what fsck found last, are told by the status; the rest goes on."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs.audit_witness import audit_path
from jobs.catalog import Catalog
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.ingest import ingest
from jobs.job_inputs import Workplace
from jobs.land_files import LANDING, land_files
from jobs.nightly import open_place
from jobs.restore_landed import restore_landed
from jobs.status import problems, status
from jobs.storage_problems import MEMORY, refuse_lost, remember
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping, mapping_text
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


@pytest.mark.parametrize("said", [True, False], ids=["auditors-know", "the-audit-log-is-gone-too"])
def test_while_a_catalog_is_gone_nobody_writes_and_none_is_made_but_by_the_restoring_of_what_landed(home, place, said):
    copy = place.region.folder(LANDING) / f"{'f' * 64}.csv"
    copy.write_text("kept")
    (place.region.root / "catalog.sqlite").unlink()
    if not said:
        shutil.rmtree(audit_path(home))

    for write in (
        lambda: refuse_lost(home, place.region),
        lambda: open_place(home, place.region, refuse),
        lambda: Workplace.open(home, place.region, refuse),
        lambda: land_files(place.region, load_mapping("sample_pings"), mapping_text("sample_pings"), [copy]),
    ):
        with pytest.raises(EnvironmentFault, match=r"Region eu: its catalog is gone") as refused:
            write()
        assert "`geoward landed restore --region eu`" in refused.value.mend
        assert "A catalog set aside" in refused.value.mend
    assert not (place.region.root / "catalog.sqlite").exists()

    restore_landed(home, "eu")

    refuse_lost(home, place.region)
    assert Catalog(place.region).files() == []


@pytest.mark.parametrize("held", ["raw/pings/_delta_log", "landing/f.csv"])
def test_either_tables_or_landed_files_tell_that_a_catalog_is_gone(home, held):
    (home.region("eu").folder() / held).mkdir(parents=True)

    with pytest.raises(EnvironmentFault, match="its catalog is gone"):
        Catalog(home.region("eu"))


def test_a_region_whose_root_is_gone_takes_no_files_and_no_runs(home, place):
    shutil.rmtree(place.region.root)

    with pytest.raises(EnvironmentFault, match="Region eu: its storage root is gone"):
        refuse_lost(home, place.region)

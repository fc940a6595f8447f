"""A region that is gone or cannot be read, and what fsck found last, are told by the status; the rest goes on."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from jobs import manifest
from jobs.audit_witness import audit_path
from jobs.catalog import Catalog, now
from jobs.check_published import check_published
from jobs.damage import Checked
from jobs.finish_publications import finish_publications
from jobs.fsck import fsck
from jobs.ingest import ingest
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.land_files import LANDING, land_files
from jobs.list_status import list_status
from jobs.nightly import open_place
from jobs.plan import provenance
from jobs.restore_landed import restore_landed
from jobs.status import problems, status
from jobs.storage_problems import MEMORY, refuse_lost, remember
from jobs.unfinished import remove
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.jobs.publisher import TABLE, publish, publish_as_a_run, stage
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


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "unreadable"])
def test_a_region_that_cannot_be_looked_at_says_so_and_what_fsck_found_does_not(home, place, gone):
    stage(place, "killed", DAY)
    look(home)
    assert [one.hides for one in problems(home) if one.kind == "storage"] == [False]

    catalog = place.region.root / "catalog.sqlite"
    catalog.unlink() if gone else catalog.write_bytes(b"no database")

    assert [(one.table, one.hides) for one in problems(home) if one.kind == "storage"] == [
        (TABLE.name, False), ("", True),
    ]  # fmt: skip


def fsck_said(home, *what):
    today = now().date()
    return [("eu", TABLE.name, f"`geoward fsck` found on {today}: {', '.join(what)}")] if what else []


def test_what_a_run_has_cleared_up_since_is_told_no_more(home, place):
    stage(place, "killed", DAY)
    look(home)
    assert storage(home) == fsck_said(home, "1 unfinished")

    remove(place.lake.path(TABLE.name), "killed")

    assert storage(home) == []


def test_a_publication_is_told_as_unfinished_until_auditors_know_of_it(home, place):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalog, "record_all", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_as_a_run(place, "killed", DAY)
    look(home)
    assert storage(home) == fsck_said(home, "1 unfinished")

    finish_publications(home, place.region)

    assert storage(home) == []


def test_a_changed_file_of_a_date_that_was_made_again_is_told_as_of_an_earlier_version_until_it_is_gone(home, place):
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    file.write_bytes(file.read_bytes()[:-1])
    look(home)

    publish(place, "again", DAY)
    assert storage(home) == fsck_said(home, "1 history_changed")
    file.unlink()
    assert storage(home) == []


def test_a_missing_file_is_told_until_its_date_is_made_again(home, place):
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    file.unlink()
    look(home)
    assert storage(home) == fsck_said(home, "1 file_missing")

    publish(place, "again", DAY)

    assert storage(home) == []


def test_a_missing_file_is_told_where_no_manifest_says_any_more_what_is_shown(home, place):
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    file.unlink()
    look(home)

    shutil.rmtree(place.lake.path(TABLE.name) / "_manifest")

    assert storage(home) == fsck_said(home, "1 file_missing")


def test_a_changed_file_of_checksums_is_told_as_its_data_file_would_be(home, place):
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    sums = file.with_name(f".{file.name}.crc")
    sums.write_bytes(b"not those")
    look(home)
    assert storage(home) == fsck_said(home, "1 file_changed"), "readers are still shown its data"

    publish(place, "again", DAY)

    assert storage(home) == fsck_said(home, "1 history_changed")


def test_a_missing_table_is_told_until_it_is_back_with_all_that_was_published(home, place):
    publish(place, "two", DAY)
    folder, aside = place.lake.path(TABLE.name), home.path / "aside"
    folder.rename(aside)
    look(home)
    assert storage(home) == [("eu", TABLE.name, "it was published and its folder, or the log in it, is gone")], "once"

    shutil.copytree(aside, folder)
    manifest.manifest_file(folder, 2).unlink()
    assert storage(home) == fsck_said(home, "1 table_missing"), "a backup may be older"
    shutil.copytree(aside, folder, dirs_exist_ok=True)

    assert storage(home) == []


@pytest.mark.parametrize("name", ["stranger", "_manifest/odd"])
def test_what_nobody_published_is_told_until_it_is_gone(home, place, name):
    stranger = place.lake.path(TABLE.name) / name
    stranger.symlink_to("nowhere")
    look(home)
    assert len(storage(home)) == 1

    stranger.unlink()

    assert storage(home) == []


def test_what_cannot_be_looked_at_again_is_told(home, place):
    stage(place, "killed", DAY)
    [file] = place.lake.path(TABLE.name).glob("stage-one/*/*.parquet")
    file.unlink()
    look(home)
    for each in place.lake.path(TABLE.name).glob("_manifest/*.json"):
        each.write_text("{")
    assert storage(home) == fsck_said(home, "1 file_missing", "1 unfinished")

    shutil.move(place.region.root, home.path / "unmounted")

    assert storage(home)[0] == fsck_said(home, "1 file_missing", "1 unfinished")[0]


def test_what_only_fsck_can_see_is_told_until_it_looks(home, place):
    log = manifest.log_file(place.lake.path(TABLE.name), 1)
    good = log.read_bytes()
    log.write_bytes(good + b"\n")
    look(home)
    log.write_bytes(good)

    assert storage(home) == fsck_said(home, "1 log_edited")


def test_a_root_that_is_gone_is_told_once_and_no_more_when_it_is_back(home, place):
    shutil.move(place.region.root, home.path / "unmounted")
    look(home)
    assert storage(home) == [("eu", "", "its storage root is gone, which held 1 published table")]

    shutil.move(home.path / "unmounted", place.region.root)

    assert storage(home) == []


@pytest.mark.parametrize("text", ["[{", '[{"region": "eu"}]', "[1]"])
def test_a_memory_of_fsck_that_cannot_be_read_is_told_and_made_anew(home, place, text):
    (home.path / MEMORY).write_text(text)

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
        lambda: land_files(
            place.home, place.region, load_mapping("sample_pings"), mapping_text("sample_pings"), [copy]
        ),
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


@pytest.mark.parametrize("region", ["", "us"])
def test_an_audit_log_that_is_gone_is_told_whatever_region_is_asked_for(home, place, region):
    shutil.rmtree(audit_path(home))

    told = list_status(home, status(home), problems(home), region)

    assert not told.ok and ("", "", "the audit log is damaged: it is gone") in storage(home)


@pytest.fixture
def keyless(home, place):
    """An installation of which a table was made with a keyset that is gone."""
    keyset = home.path / "keys" / "keyset.json"
    keyset.unlink()
    return keyset


def test_a_keyset_that_is_gone_is_told(home, keyless):
    assert ("", "", "the keyset is missing, though tables were made with it") in storage(home)


def test_a_vault_that_is_gone_is_told(home, place):
    (home.path / "vault" / "eu.sqlite").unlink()

    assert ("eu", "", "its vault is missing, though tables were made with it") in storage(home)


def test_no_run_makes_a_keyset_anew_where_one_is_lost(home, place, keyless):
    with pytest.raises(EnvironmentFault, match="The keyset is missing.*Restore"):
        provenance(Workplace.open(home, place.region, no_spark), TABLE.name, [DAY])
    assert not keyless.exists()


def test_a_check_makes_no_keyset(place, keyless):
    with pytest.raises(EnvironmentFault, match="The keyset is missing"):
        list(check_published([place], (), lambda text: None))
    assert not keyless.exists()

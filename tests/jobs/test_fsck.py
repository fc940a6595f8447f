"""Each kind of damage is done by hand to a tiny installation, and found; none is found where none was done."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import manifest
from jobs.audit_witness import audit_path
from jobs.catalog import Catalog
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.fsck_catalog import CATALOG
from jobs.land_files import LANDING, MAPPINGS, land_files
from jobs.quarantine import quarantine_contract
from jobs.region_keys import region_keys
from jobs.run_lock import give_run_lock, take_run_lock
from jobs.withdraw import withdraw
from quality.contracts.errors import EnvironmentFault
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.jobs.damaged import D1, D2, data, find, flip, kinds, log, proof, replace, table, twice_published
from tests.jobs.kept import kept_bytes, shred
from tests.jobs.publisher import TABLE, publish, publish_as_a_run


@pytest.fixture
def place(home):
    yield twice_published(home)
    give_run_lock(home)


@pytest.fixture
def landed(home, tmp_path, mapping_file):
    """One real file, landed under a real mapping."""
    mapping = mapping_file()
    log = tmp_path / "log.csv"
    log.write_text("id,who,at,lat,lon,note\n1,a,2024-05-01T00:00:00Z,1,2,x\n")
    land_files(home, home.region("eu"), load_mapping(mapping), mapping_text(mapping), [log])
    [file] = Catalog(home.region("eu")).files()
    return home.region("eu").root / LANDING / f"{file.file_id}.csv"


def test_an_untouched_lake_is_as_it_was_published_and_counted(place):
    checked = Checked()

    assert list(fsck(place.home, tables=(TABLE.name,), checked=checked)) == []
    assert (checked.tables, checked.versions, checked.files) == (1, 2, 3)
    files = (data(place), data(place, "one", D2), data(place, "two", D2))
    assert checked.bytes == sum(path.stat().st_size for path in files)


def test_before_anything_landed_there_is_nothing_to_check(home):
    assert list(fsck(home, checked=Checked())) == []


def test_a_check_makes_nothing(home):
    home.region("eu").folder("raw")

    assert list(fsck(home, checked=Checked())) == []
    assert [path.name for path in home.region("eu").root.rglob("*")] == ["raw"]


@pytest.mark.parametrize("where", [0, 4, 0.25, 0.5, 0.75, -1])
def test_one_changed_bit_of_a_published_file_is_found(place, where):
    path = data(place)
    flip(path, where if isinstance(where, int) else int(path.stat().st_size * where))

    [found] = find(place)
    assert (found.kind, found.region, found.path) == (
        "file_changed", "eu", f"raw/pings/stage-one/event_date={D1}/p.parquet",
    )  # fmt: skip
    assert f"`geoward run raw.pings --date {D1} --force --region eu`" in found.mend


def test_an_open_column_beside_a_sealed_row_that_was_changed_is_found(place):
    path = data(place)
    rows = pq.read_table(path)
    where = rows.column_names.index("source")
    pq.write_table(rows.set_column(where, "source", pa.array(["another"])), path)

    assert kinds(place) == ["file_changed"]


def test_a_missing_file_is_found_and_one_that_no_reader_is_shown_is_not_missed(place):
    data(place, "one", D2).unlink()
    assert kinds(place) == []

    data(place).unlink()
    assert kinds(place) == ["file_missing"]


def test_a_changed_file_of_an_earlier_version_is_found_and_told_apart(place):
    flip(data(place, "one", D2), 9)

    [found] = find(place)
    assert found.kind == "history_changed" and "readers are not shown it" in found.mend


def test_a_published_file_that_is_a_link_to_the_same_bytes_is_found(place, tmp_path):
    data(place).rename(tmp_path / "elsewhere.parquet")
    data(place).symlink_to(tmp_path / "elsewhere.parquet")

    assert kinds(place) == ["file_changed"]


def test_a_date_whose_newer_version_was_withdrawn_is_not_to_be_made_again(place):
    withdraw(place, TABLE.name, 2, "wrong")
    flip(data(place, "one", D2), 9)

    [found] = find(place)
    assert found.kind == "file_changed" and "Restore" in found.mend and "geoward run" not in found.mend
    shutil.rmtree(table(place))
    assert "withdraw it again" in find(place)[0].mend


def test_the_checksums_that_spark_keeps_beside_a_file_are_held_to_it(place):
    path = data(place)
    from zlib import crc32

    blocks = [path.read_bytes()[at : at + 512] for at in range(0, path.stat().st_size, 512)]
    sums = path.with_name(f".{path.name}.crc")
    sums.write_bytes(b"crc\0\0\0\2\0" + b"".join(crc32(block).to_bytes(4, "big") for block in blocks))
    assert kinds(place) == []

    flip(sums, 9)
    assert kinds(place) == ["file_changed"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("stage-one/event_date=2024-05-01/q.parquet", "file_added", id="beside-published-files"),
        pytest.param("stage-one/event_date=2024-05-01/q.crc", "file_added", id="checksums-of-nothing"),
        pytest.param("notes.txt", "file_added", id="in-the-table"),
        pytest.param("stage-dead/p.parquet", "orphan", id="of-no-run"),
        pytest.param("stage-dead/.p.parquet.crc", "orphan", id="checksums-of-no-run"),
        pytest.param("_delta_log/notes.txt", "log_added", id="in-the-log"),
        pytest.param("_delta_log/00000000000000000001.checkpoint.parquet", "log_added", id="a-checkpoint"),
        pytest.param("_delta_log/00000000000000000001.crc", "log_added", id="checksums-in-the-log"),
        pytest.param("_delta_log/00000000000000000003.json#1", "orphan", id="a-commit-half-written"),
        pytest.param("_manifest/notes.txt", "manifest_added", id="among-manifests"),
        pytest.param("_manifest/00000000000000000003.json.part", "orphan", id="a-manifest-half-written"),
    ],
)
def test_an_added_file_is_found_wherever_it_lies(place, name, kind):
    (table(place) / name).parent.mkdir(exist_ok=True)
    (table(place) / name).write_bytes(b"more")

    assert kind in kinds(place)
    assert set(kinds(place)) <= {kind, "unopenable"}, "a checkpoint that is none keeps Delta from opening the table"


@pytest.mark.parametrize("staged", [True, False])
def test_what_a_killed_run_left_is_told_apart_from_what_nobody_owns(place, staged):
    manifest.begin(table(place), "dead")
    if staged:
        (table(place) / "stage-dead").mkdir()
        (table(place) / "stage-dead" / "p.parquet").write_bytes(b"rows")

    [found] = find(place)
    assert (found.kind, f"{int(staged)} files" in found.what) == ("unfinished", True)


def test_what_another_process_stages_now_is_no_damage(place, monkeypatch):
    manifest.begin(table(place), "alive")
    monkeypatch.setattr("jobs.fsck.run_is_alive", lambda home: True)
    assert kinds(place) == []

    take_run_lock(place.home)
    assert kinds(place) == ["unfinished"], "this process knows that it stages nothing"


def test_an_edited_a_missing_and_an_added_commit_are_found(place):
    original = log(place, 1).read_text()
    replace(log(place, 1), '"one"', '"two"')
    assert kinds(place) == ["log_edited"]
    log(place, 1).write_text(original)
    assert kinds(place) == []

    entry = {"commitInfo": {"timestamp": 0, "operation": "WRITE"}}
    log(place, 3).write_text(json.dumps(entry) + "\n")
    assert kinds(place) == ["log_added"]


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_missing_or_garbled_commit_is_found_and_the_rest_is_still_looked_at(place, version):
    flip(data(place), 9)
    original = log(place, version).read_bytes()

    log(place, version).write_bytes(b"\xff{")
    assert {"log_edited", "file_changed"} <= set(kinds(place))
    log(place, version).unlink()
    assert {"log_missing", "file_changed"} <= set(kinds(place))
    log(place, version).write_bytes(original)
    assert kinds(place) == ["file_changed"]


def test_a_log_that_is_gone_is_found_once(place):
    shutil.rmtree(table(place) / "_delta_log")

    [found] = find(place)
    assert (found.kind, found.path) == ("log_missing", "raw/pings/_delta_log")


def test_a_commit_of_another_hand_that_hides_rows_is_found_even_if_a_run_publishes_after_it(place):
    from deltalake import DeltaTable

    DeltaTable(table(place)).delete(f"event_date = '{D1}'")
    assert set(kinds(place)) == {"log_added", "state_differs"}

    publish(place, "three", D2)
    assert set(kinds(place)) == {"log_added", "state_differs"}


def test_a_checkpoint_is_held_to_its_sha256_and_the_pointer_to_the_checkpoint(place):
    for n in range(8):
        publish(place, f"more{n}", D2)
    assert kinds(place) == []
    [checkpoint] = (table(place) / "_delta_log").glob("*.checkpoint.parquet")
    original = checkpoint.read_bytes()

    flip(checkpoint, -1)
    assert "log_edited" in kinds(place)
    checkpoint.unlink()
    assert "log_missing" in kinds(place)
    checkpoint.write_bytes(original)
    assert kinds(place) == []
    replace(table(place) / "_delta_log" / "_last_checkpoint", '"numOfAddFiles":2', '"numOfAddFiles":3')
    assert kinds(place) == ["log_edited"]


def test_an_edited_manifest_shows_in_the_next_one_and_in_the_audit_log(place):
    replace(proof(place, 1), '"run_id": "one"', '"run_id": "two"')
    assert kinds(place) == ["manifest_edited"]

    shutil.rmtree(audit_path(place.home))
    assert set(kinds(place)) == {"audit_damaged", "manifest_edited"}


def test_a_changed_byte_of_the_newest_manifest_shows_against_its_commit_without_any_audit_log(place):
    shutil.rmtree(audit_path(place.home))
    text = proof(place, 2).read_text()
    for old, new in (
        ('"run_id": "two"', '"run_id": "twp"'), ('"kind": "publish"', '"kind": "withdraw"'), ('"rows": 1', '"rows": 3'),
        (f'"dates": ["{D2}"]', f'"dates": ["{D1}"]'), ('"bytes": ', '"bytes": 1'), ("stage-two", "stage-twp"),
        (f'"date": "{D2}"', f'"date": "{D1}"'), ('"version": 2', '"version": 3'), ('"previous": ', '"previous":  '),
    ):  # fmt: skip
        replace(proof(place, 2), old, new)
        assert "manifest_edited" in kinds(place), old
        proof(place, 2).write_text(text)
    assert kinds(place) == ["audit_damaged"]


def test_an_edited_sum_of_a_file_that_is_no_longer_there_shows_in_the_next_manifest(place):
    shutil.rmtree(audit_path(place.home))
    data(place, "one", D2).unlink()
    digest = next(f.sha256 for f in manifest.read(table(place), 1).files if f.date == str(D2))
    before, _, after = proof(place, 1).read_text().rpartition(digest)
    proof(place, 1).write_text(before + digest[::-1] + after)

    assert kinds(place) == ["audit_damaged", "manifest_edited"]


def test_manifest_commit_and_file_made_anew_together_show_against_the_audit_log(place):
    data(place, "two", D2).write_bytes(b"other rows")
    content = data(place, "two", D2).read_bytes()
    each = manifest.read(table(place), 2)
    size = each.files[0].bytes
    replace(log(place, 2), f'"size":{size},"modificationTime"', f'"size":{len(content)},"modificationTime"')
    text = proof(place, 2).read_text().replace(each.files[0].sha256, hashlib.sha256(content).hexdigest())
    text = text.replace(each.logs["2"], manifest.sha256_of(log(place, 2)))
    proof(place, 2).write_text(text.replace(f'"bytes": {size}', f'"bytes": {len(content)}'))

    [found] = find(place)
    assert (found.kind, found.what) == ("manifest_edited", "the audit log names another SHA-256")


def test_the_manifest_of_another_version_is_refused(place):
    shutil.copy(proof(place, 1), proof(place, 2))

    with pytest.raises(ValueError, match="not the manifest of that version"):
        manifest.read(table(place), 2)


def test_a_commit_of_another_shape_that_its_manifest_vouches_for_is_found_and_ends_nothing(place):
    shutil.rmtree(audit_path(place.home))
    digest = manifest.sha256_of(log(place, 2))
    replace(log(place, 2), '"stats":', '"other":')
    replace(proof(place, 2), digest, manifest.sha256_of(log(place, 2)))

    found = {one.kind: one.what for one in find(place)}
    assert found["manifest_edited"] == "its commit is none of ours"


@pytest.mark.parametrize("text", ["{}", "", "[" * 5000, "\x00", '{"version": true}'])
def test_a_manifest_that_is_none_is_found(place, text):
    proof(place, 2).write_text(text)

    assert kinds(place)[0] == "manifest_edited"


@pytest.mark.parametrize("version", [1, 2])
def test_after_a_lost_manifest_nobody_is_told_to_remove_what_it_named(place, version):
    proof(place, version).unlink()

    found = find(place)
    assert [one.kind for one in found] == ["manifest_missing"]
    assert "mv raw/pings raw_pings_aside" in found[0].mend and "remove" not in found[0].mend


def test_the_newest_manifest_is_missed_even_if_nobody_else_names_its_version(place):
    proof(place, 2).unlink()
    shutil.rmtree(audit_path(place.home))
    with place.catalog.open() as db:
        db.execute("DELETE FROM publications WHERE version = 2")

    assert "manifest_missing" in kinds(place)


def rolled_back(place):
    """Take the newest version back: manifest, commit and files together."""
    proof(place, 2).unlink()
    log(place, 2).unlink()
    shutil.rmtree(table(place) / "stage-two")


@pytest.mark.parametrize("witness", ["audit log", "catalog"])
def test_a_table_taken_back_to_an_earlier_version_is_found_by_either_witness(place, witness):
    rolled_back(place)
    if witness == "audit log":
        with place.catalog.open() as db:
            db.execute("DELETE FROM publications WHERE version = 2")
    else:
        shutil.rmtree(audit_path(place.home))

    [found] = [one for one in find(place) if one.kind != "audit_damaged"]
    assert found.kind == "table_rolled_back" and "version 2 was published" in found.what


def test_a_table_taken_back_is_still_found_when_a_run_published_since(place):
    rolled_back(place)
    publish(place, "three", D2)

    assert kinds(place) == ["table_rolled_back"]


def test_files_of_a_run_that_published_are_no_orphans(place):
    proof(place, 2).unlink()
    log(place, 2).unlink()

    assert set(kinds(place)) == {"table_rolled_back"}


def test_a_table_that_is_gone_is_found_and_so_is_a_region_that_is_gone(place):
    shutil.rmtree(table(place))
    [found] = find(place)
    assert (found.kind, found.path) == ("table_missing", "raw/pings")

    place.region.root.rename(place.region.root.with_name("unmounted"))
    [found] = find(place)
    assert (found.kind, found.table) == ("table_missing", "")


def test_a_quarantine_commit_and_manifest_that_were_changed_to_fit_are_found_against_the_audit_log(place):
    bad = quarantine_contract(TABLE.name).name
    publish_as_a_run(place, "three", D2, quarantine=())
    assert kinds(place, bad) == []

    path = manifest.log_file(place.lake.path(bad), 1)
    before = manifest.sha256_of(path)
    replace(path, '"audit"', '"other"')
    replace(manifest.manifest_file(place.lake.path(bad), 1), before, manifest.sha256_of(path))

    [found] = find(place, bad)
    assert (found.kind, found.what) == ("manifest_edited", "the audit log names another SHA-256")


def test_a_quarantine_table_is_missed_if_its_rows_are_and_its_mend_names_a_job(place):
    [one] = [one for one in place.catalog.publications() if (one.date, one.version) == (D1, 1)]
    place.catalog.record(TABLE.name, D1, 1, "d", {}, {**one.report, "quarantined": 3})

    found = find(place, quarantine_contract(TABLE.name).name)
    assert [one.kind for one in found] == ["table_missing"]
    assert "`geoward run raw.pings --force --region eu`" in found[0].mend


def test_a_table_that_delta_cannot_open_is_found(place):
    (table(place) / "_delta_log" / "_last_checkpoint").write_text("{}")
    shutil.copy(data(place), table(place) / "_delta_log" / f"{1:020}.checkpoint.parquet")

    assert {"unopenable", "log_added", "log_edited"} == set(kinds(place))


def test_landed_files_are_held_to_their_names(home, landed):
    assert list(fsck(home, checked=Checked())) == []

    flip(landed, 0)
    [found] = fsck(home, checked=Checked())
    assert (found.kind, found.path) == ("landed_changed", f"landing/{landed.name}")
    assert "geoward ingest --source tiny --region eu FILE" in found.mend
    landed.unlink()
    assert [one.kind for one in fsck(home, checked=Checked())] == ["landed_missing"]


def test_of_a_landed_file_each_byte_on_disk_counts(home, landed):
    whole = landed.read_bytes()
    for at in range(len(whole)):
        landed.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert [one.kind for one in fsck(home, checked=Checked())] == ["landed_changed"], at


def test_a_landed_file_in_the_clear_as_earlier_versions_kept_it_is_told_with_its_mend(home, landed):
    landed.write_bytes(kept_bytes(home, landed))

    [found] = fsck(home, checked=Checked())

    assert (found.kind, "earlier version" in found.what, "Ingest the file again" in found.mend) == (
        "landed_changed", True, True,
    )  # fmt: skip


def test_a_landed_file_whose_key_was_destroyed_is_told_as_such(home, landed):
    shred(home, landed.stem)

    [found] = fsck(home, checked=Checked())

    assert (found.kind, "its key was destroyed" in found.what) == ("landed_changed", True)


def test_landed_files_of_which_the_vault_is_gone_are_told_at_once_and_no_vault_is_made(home, landed):
    vault = home.path / "vault" / "eu.sqlite"
    vault.rename(vault.with_name("elsewhere"))

    [found, lost] = fsck(home, checked=Checked())

    assert (found.kind, found.path, "vault" in found.what) == ("landed_changed", "landing", True)
    assert (lost.kind, lost.path) == ("vault_missing", "vault/eu.sqlite")
    assert "backup" in found.mend and not vault.exists()
    with pytest.raises(EnvironmentFault, match="vault of region eu is missing"):
        region_keys(home, home.region("eu"))


def test_mappings_are_held_to_their_names(home, landed):
    [mapping] = (home.region("eu").root / MAPPINGS).iterdir()

    mapping.write_text(mapping.read_text() + "\n")
    assert [one.kind for one in fsck(home, checked=Checked())] == ["landed_changed"]
    mapping.unlink()
    assert [one.kind for one in fsck(home, checked=Checked())] == ["landed_missing"]


def test_a_landed_file_that_the_catalog_does_not_know_is_found_and_one_that_lands_now_is_not(home, landed):
    landed.with_name("incoming-1.part").write_bytes(b"half")
    assert list(fsck(home, checked=Checked())) == []

    landed.with_name("other.csv").write_bytes(b"other")
    [found] = fsck(home, checked=Checked())
    assert (found.kind, found.path) == ("landed_added", "landing/other.csv")
    assert "remove" not in found.mend.lower()


@pytest.mark.parametrize("name", ["catalog.sqlite", "runs.sqlite"])
@pytest.mark.parametrize("how", ["garbled", "cut", "emptied"])
def test_a_damaged_ledger_is_found_and_the_rest_is_still_looked_at(place, name, how):
    from jobs.run_ledger import RunLedger

    RunLedger(place.region)
    flip(data(place), 9)
    path = place.region.root / name
    content = path.read_bytes()
    path.write_bytes({"garbled": b"no SQLite" * 999, "cut": content[: len(content) // 2], "emptied": b""}[how])

    found = {one.kind: one for one in find(place)}
    assert set(found) == {"catalog_damaged", "file_changed"}
    assert f"mv {name} {name.replace('.', '_aside.')}" in found["catalog_damaged"].mend


def test_a_catalog_that_is_gone_is_found(place):
    (place.region.root / "catalog.sqlite").unlink()

    assert kinds(place) == ["catalog_damaged"]
    assert not (place.region.root / "catalog.sqlite").exists(), "and not made anew in silence"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE files SET columns = 'x'", id="columns"),
        pytest.param("UPDATE publications SET report = '{'", id="report"),
        pytest.param("UPDATE dates SET event_date = '2024-13-01' WHERE event_date = '2024-05-01'", id="date"),
    ],
)
def test_a_line_of_the_catalog_that_cannot_be_read_is_found(place, change):
    with place.catalog.open() as db:
        db.execute(change)

    assert kinds(place) == ["catalog_damaged"]


def test_a_catalog_that_is_in_use_is_not_called_damaged(place, monkeypatch):
    from quality.contracts.errors import EnvironmentFault

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "timeout": 0}))
    with place.catalog.open() as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(EnvironmentFault, match="in use"):
            find(place)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE dates SET file_id = 'e'", id="dates-of-no-file"),
        pytest.param("UPDATE publications SET report = replace(report, '_out\": 1', '_out\": 2')", id="other-rows"),
        pytest.param("UPDATE publications SET event_date = '2024-05-03' WHERE version = 2", id="other-date"),
    ],
)
def test_a_catalog_that_says_other_than_what_was_published_is_found(place, change):
    with place.catalog.open() as db:
        assert db.execute(change).rowcount

    found = {one.kind for one in fsck(place.home, checked=Checked())}
    assert "catalog_differs" in found
    assert found <= {"catalog_differs", "landed_missing", "landed_changed"}, "the fixture kept no bytes"


@pytest.mark.parametrize(
    ("days", "said"), [((D1,), "1 of its lines is of a file that"), ((D1, D2), "2 of its lines are of files that")]
)
def test_lines_of_the_catalog_that_are_of_no_file_are_counted(place, days, said):
    with place.catalog.open() as db:
        db.executemany("UPDATE dates SET file_id = 'e' WHERE event_date = ?", [(str(day),) for day in days])

    assert [one.what.startswith(said) for one in fsck(place.home, checked=Checked()) if one.path == CATALOG] == [True]


def test_an_audit_log_that_cannot_be_read_is_found_and_the_rest_is_still_looked_at(place):
    flip(data(place), 9)
    [first] = audit_path(place.home).glob("_delta_log/00000000000000000000.json")
    first.write_text("garbled")

    assert kinds(place) == ["audit_damaged", "file_changed"]


def test_what_was_set_aside_is_told_until_it_is_deleted(home):
    home.region("eu").folder("raw_pings_aside", "_delta_log")

    [found] = fsck(home, checked=Checked())
    assert (found.kind, found.path) == ("set_aside", "raw_pings_aside")


def test_a_table_of_a_name_that_no_job_makes_is_found(place):
    shutil.copytree(table(place), table(place).with_name("pongs"))

    assert [(one.kind, one.path) for one in find(place, "raw.pongs")] == [("file_added", "raw/pongs")]

"""Orphans are removed and nothing else is, whatever else is wrong. No Spark."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import pytest
from jsonschema import validate
from typer.testing import CliRunner

from jobs.audit_log import read_audit
from jobs.audit_witness import audit_path
from jobs.cli import commands  # noqa: F401  adds the command
from jobs.damage import Checked
from jobs.listings import FsckListing
from jobs.remove_orphans import remove_orphans
from jobs.run_lock import give_run_lock, lock_path
from quality.contracts.errors import Busy
from tests.jobs.damaged import D1, data, flip, kinds, log, proof, table, twice_published
from tests.jobs.publisher import TABLE
from tests.jobs.test_withdraw import shown


@pytest.fixture
def place(home):
    yield twice_published(home)
    give_run_lock(home)


def orphan(place, name="stage-dead/event_date=2024-05-01/p.parquet"):
    path = table(place) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"rows")
    return path


def remove(place, **options):
    return remove_orphans(place.home, tables=(TABLE.name,), checked=Checked(), **options)


def everything(place):
    return {path for path in table(place).rglob("*") if path.is_file()}


def test_orphans_are_removed_listed_and_audited_and_all_else_stays(place):
    before, seen = everything(place), shown(place)
    (
        orphan(place),
        orphan(place, "stage-dead/event_date=2024-05-02/p.parquet"),
        orphan(place, "_delta_log/_commit_0a.json.tmp"),
    )

    removed, other = remove(place)

    assert [(one.path, one.files, one.bytes) for one in removed] == [
        ("raw/pings/_delta_log/_commit_0a.json.tmp", 1, 4), ("raw/pings/stage-dead", 2, 8),
    ]  # fmt: skip
    assert (other, everything(place), shown(place)) == ([], before, seen)
    assert not (table(place) / "stage-dead").exists()
    assert kinds(place) == []
    [entry] = [entry for entry in read_audit(place.home) if entry["outcome"] == "orphans removed"]
    assert (entry["subject"], entry["region"], entry["detail"]["orphans"]) == (TABLE.name, "eu", 2)
    assert remove(place) == ([], [])


def test_a_dry_run_changes_nothing(place):
    left, entries = orphan(place), len(read_audit(place.home))

    [removed], other = remove(place, dry_run=True)

    assert (removed.path, other) == ("raw/pings/stage-dead", [])
    assert left.exists() and len(read_audit(place.home)) == entries
    assert not lock_path(place.home).exists()


HARMS = {
    "a changed file": lambda place: flip(data(place), 9),
    "a lost manifest": lambda place: proof(place, 2).unlink(),
    "a lost commit": lambda place: log(place, 2).unlink(),
    "a table taken back": lambda place: (proof(place, 2).unlink(), log(place, 2).unlink()),
    "a lost audit log": lambda place: shutil.rmtree(audit_path(place.home)),
    "a damaged catalog": lambda place: (place.region.root / "catalog.sqlite").write_bytes(b"no SQLite"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_where_anything_else_is_wrong_nothing_is_removed(place, harm):
    orphan(place)
    HARMS[harm](place)
    before = everything(place)

    removed, other = remove(place)

    assert removed == [] and "orphan" in {one.kind for one in other} and len(other) > 1
    assert everything(place) == before


def test_if_auditors_cannot_be_told_nothing_is_removed(place, monkeypatch):
    left = orphan(place)

    def refuse(*args, **detail):
        raise OSError("disk full")

    monkeypatch.setattr("jobs.remove_orphans.audit", refuse)

    with pytest.raises(OSError, match="disk full"):
        remove(place)
    assert left.exists()


def test_of_a_link_only_the_link_is_removed(place, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "p.parquet").write_bytes(b"rows")
    (table(place) / "stage-dead").symlink_to(tmp_path / "precious")

    remove(place)

    assert not (table(place) / "stage-dead").is_symlink()
    assert (tmp_path / "precious" / "p.parquet").exists()


def test_while_another_process_runs_nothing_is_removed(place):
    left = orphan(place)
    code = "import sys, time; from jobs.home import open_home; from jobs.run_lock import take_run_lock\n"
    other = subprocess.Popen([sys.executable, "-c", code + "take_run_lock(open_home()); time.sleep(60)"])
    try:
        while not (lock_path(place.home).exists() and lock_path(place.home).read_text()):
            time.sleep(0.05)
        with pytest.raises(Busy):
            remove(place)
    finally:
        other.kill()
        other.wait()
    assert left.exists()


def invoke(*words):
    from jobs.cli.app import app

    return CliRunner().invoke(app, ["fsck", *words])


def test_the_command_says_what_it_found_as_its_schema_says_and_ends_with_1(place):
    orphan(place)
    flip(data(place), 9)

    found = invoke(TABLE.name, "--json")
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    validate(document, FsckListing.model_json_schema())
    assert {one["kind"] for one in document["damage"]} == {"orphan", "file_changed"} and not document["ok"]
    assert f"geoward run raw.pings --date {D1} --force --region eu" in " ".join(invoke(TABLE.name).stdout.split())


def test_the_command_removes_orphans_and_ends_with_0_when_all_is_right_then(place):
    orphan(place)

    dry = invoke(TABLE.name, "--remove-orphans", "--dry-run")
    assert (dry.exit_code, "would remove eu raw/pings/stage-dead: 1 files" in dry.stdout) == (1, True)
    done = invoke(TABLE.name, "--remove-orphans", "--json")
    assert done.exit_code == 0
    assert [one["path"] for one in json.loads(done.stdout)["removed"]] == ["raw/pings/stage-dead"]
    assert "all is as it was published" in invoke(TABLE.name).stdout


def test_a_dry_run_of_the_command_changes_no_byte_and_does_not_count_as_a_look(place):
    orphan(place)
    invoke()
    files = [path for path in place.home.path.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    orphan(place, "stage-other/p.parquet")
    before[table(place) / "stage-other" / "p.parquet"] = b"rows"

    invoke("--remove-orphans", "--dry-run")

    assert {path: path.read_bytes() for path in place.home.path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("words", [["raw.pongs"], ["--dry-run"], ["--region", "mars"]])
def test_what_cannot_be_meant_is_refused(home, words):
    from quality.contracts.errors import UsageError

    assert isinstance(invoke(*words).exception, UsageError)

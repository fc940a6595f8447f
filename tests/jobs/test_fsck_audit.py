"""Delta's own files in the audit log are held as those of tables; damaged, they stop no run and are told of."""

from __future__ import annotations

import pytest

from jobs import withdraw as withdrawing
from jobs.accept_audit import accept_audit
from jobs.audit_log import audit, read_audit
from jobs.audit_witness import audit_path
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landed_notes import note_missing, read_notes
from jobs.quarantine import quarantine_contract
from tests.jobs.damaged import D1, D2, find, flip, replace, twice_published
from tests.jobs.publisher import TABLE, publish_as_a_run, stage
from tests.jobs.test_plan import land

LINES = 13
"""More than Delta takes to write a checkpoint."""


@pytest.fixture
def log(home):
    for n in range(LINES):
        audit(home, "read", f"table{n}", "allowed", region="eu")
    return audit_path(home)


def told(home):
    return [(one.kind, one.path) for one in fsck(home, checked=Checked())]


def checkpoint(log):
    [found] = log.glob("_delta_log/*.checkpoint.parquet")
    return found


DAMAGED = [("audit_damaged", "audit")]


@pytest.mark.parametrize("at", [2, 5, 900, -900, -20, -3])
def test_a_changed_checkpoint_is_found_stops_no_entry_and_is_mended(home, log, at):
    flip(checkpoint(log), at)
    for n in range(11):
        assert told(home) == DAMAGED
        audit(home, "run", f"later{n}", "published")
    assert told(home) == DAMAGED, "a new checkpoint does not make up for it"

    accept_audit(home, "bit rot")
    assert told(home) == [] and len(read_audit(home)) == LINES + 12
    audit(home, "read", "later", "allowed")


def test_a_checkpoint_that_is_gone_is_found(home, log):
    checkpoint(log).unlink()

    assert told(home) == DAMAGED


@pytest.mark.parametrize("text", ["garbage", '{"version":99,"size":3}\n', '{"version":5,"size":1}'])
def test_a_changed_pointer_is_found_and_stops_no_entry(home, log, text):
    (log / "_delta_log" / "_last_checkpoint").write_text(text)
    assert told(home) == DAMAGED

    audit(home, "read", "later", "allowed")
    assert read_audit(home)[-1]["subject"] == "later"


@pytest.mark.parametrize("name", ["stray.parquet", "_delta_log/zzz.json", "a/b", "x\n.parquet"])
def test_what_no_commit_names_is_found_and_its_mend_mends(home, log, name):
    import subprocess

    (log / name).parent.mkdir(exist_ok=True)
    (log / name).write_text("x")

    [found] = fsck(home, checked=Checked())
    assert found.kind == "file_added" and "\n" not in found.path
    subprocess.run(["bash", "-c", found.mend.split("`")[1]], cwd=home.path, check=True)
    assert told(home) == []


def test_a_log_whose_checkpoints_were_not_held_yet_is_held_to_those_after(home, log):
    import json

    from jobs.audit_witness import head_path

    facts = json.loads(head_path(home).read_text())
    head_path(home).write_text(json.dumps({"version": facts["version"], "chain": facts["chain"]}))
    assert told(home) == []
    for n in range(10):
        audit(home, "read", f"later{n}", "allowed")
    assert told(home) == []
    flip(sorted(log.glob("_delta_log/*.checkpoint.parquet"))[1], 5)
    assert told(home) == DAMAGED


def test_a_version_of_which_nobody_was_ever_told_is_found(home):
    place = twice_published(home)
    place.lake.publish(stage(place, "rogue", D2), (D2,), {"run_id": "rogue"})

    [found] = [one for one in find(place) if one.table]
    assert found.kind == "manifest_added" and "nobody was ever told of version 3" in found.what


def killed_withdrawal(home, monkeypatch):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1, D2)
    publish_as_a_run(place, "one", D1, D2)
    publish_as_a_run(place, "two", D2, code="x", quarantine=[D2])
    with monkeypatch.context() as patch:
        patch.setattr(withdrawing, "end_withdrawal", lambda *words, **facts: exit())
        with pytest.raises(SystemExit):
            withdrawing.withdraw(place, TABLE.name, 2, "leak")
    return place


def test_a_withdrawal_that_was_committed_and_of_which_nobody_was_told_is_unfinished(home, monkeypatch):
    place = killed_withdrawal(home, monkeypatch)

    assert [one.kind for one in find(place) if one.table] == ["unfinished"]


def test_a_withdrawal_whose_begin_was_lost_with_the_catalog_is_ended_when_it_is_repeated(home, monkeypatch):
    place = killed_withdrawal(home, monkeypatch)
    with place.catalog.open() as db:
        db.execute("DELETE FROM withdrawing")
    quarantine = quarantine_contract(TABLE.name).name
    assert {one.kind for one in find(place) if one.table} == {"manifest_added", "catalog_differs"}

    for _ in range(2):
        withdrawing.withdraw(place, TABLE.name, 2, "leak")
        told_of = [entry["subject"] for entry in read_audit(home) if entry["outcome"] == "withdrawn"]
        assert told_of == [TABLE.name, quarantine]
        assert [one.kind for one in find(place, TABLE.name, quarantine) if one.table] == []


@pytest.mark.parametrize(
    "change",
    [
        "withdrawn = '' WHERE version = 2", "withdrawn = 'so' WHERE version = 1",
        "report = json_set(report, '$.rows_in', 99)", "report = json_set(report, '$.quarantined', 99)",
        "report = json_set(report, '$.run_id', 'x') WHERE version = 2",
    ],
)  # fmt: skip
def test_a_line_of_the_catalog_that_was_changed_is_found(home, change):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1, D2)
    publish_as_a_run(place, "one", D1, D2)
    publish_as_a_run(place, "two", D2, code="x", quarantine=[D2])
    withdrawing.withdraw(place, TABLE.name, 2, "leak")
    assert find(place) == []

    with place.catalog.open() as db:
        db.execute(f"UPDATE publications SET {change}")
    assert {one.kind for one in find(place)} == {"catalog_differs"}


def noted(home):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1)
    note_missing(place.region, place.catalog)
    [note] = (place.region.root / "entries").glob("*/*.json")
    return place, note


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lambda note: note.unlink(), "landed_missing"),
        (lambda note: (note.unlink(), note.mkdir()), "landed_missing"),
        (lambda note: replace(note, "+00:00", ""), "landed_missing"),
        (lambda note: replace(note, '"name": "', '"name": "x'), "landed_changed"),
    ],
    ids=["gone", "a-folder", "no-time-zone", "another-name"],
)
def test_a_note_that_is_gone_or_says_otherwise_than_the_catalog_is_found(home, harm, kind):
    place, note = noted(home)
    where = note.relative_to(place.region.root).as_posix()
    assert where not in {one.path for one in fsck(home, checked=Checked())}

    harm(note)

    assert (kind, where) in {(one.kind, one.path) for one in fsck(home, checked=Checked())}
    assert not [each for each in read_notes(place.region) if kind == "landed_missing"]

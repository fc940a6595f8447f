"""A vault that forgot whom it destroyed is found out, also where what is remembered of it was taken away or edited."""

from __future__ import annotations

import shutil

import pytest

from jobs.audit_witness import audit_path
from jobs.damage import Checked
from jobs.destroyed_subjects import refuse_put_back
from jobs.examine import examine
from jobs.fsck import fsck
from jobs.keys.config import keyset_of
from jobs.region_keys import region_keys, vault_of
from jobs.vault_keys import destroy_again, destroy_subjects
from quality.contracts.errors import EnvironmentFault


@pytest.fixture
def eu(home):
    return home.region("eu")


@pytest.fixture
def keyed(home, eu):
    """A region with two subjects in its vault."""
    keys = region_keys(home, eu)
    keys.vault.data_keys("actor", ["ada", "bob"], "2024-06")
    return keys


@pytest.fixture
def older(home, eu, keyed):
    """The region, once one of the two was destroyed and the vault of before was put back."""
    file = keyed.vault.database.path
    backup = file.read_bytes()
    destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)
    for one in file.parent.iterdir():
        one.unlink()
    file.write_bytes(backup)
    file.chmod(0o600)
    return keyed


def counter(home):
    return home.vault.memory(home.path)


def told(home):
    """Return what fsck says of the region's vault, and what the doctor says."""
    damage = [(one.kind, one.what, one.mend) for one in fsck(home, checked=Checked()) if one.region == "eu"]
    (finding,) = [one for one in examine(home.path).findings if one.subject == "vault eu"]
    return damage, finding


def test_an_older_vault_is_refused_and_told_where_its_counter_is_gone_too(home, eu, older):
    counter(home).unlink()

    for ask in (region_keys, vault_of):
        with pytest.raises(EnvironmentFault, match=r"remembered .* region eu is gone.*Mount.*keys shred --again"):
            ask(home, eu)
    ((kind, what, mend),), finding = told(home)
    assert kind == "vault_damaged" and "is gone" in what and "keys shred --again --region eu" in mend
    assert finding.status == "fail" and "is gone" in finding.found and "keys shred --again" in finding.mend

    assert destroy_again(home, eu, dry_run=True).destroyed == 1
    assert destroy_again(home, eu, dry_run=False).destroyed == 1
    assert region_keys(home, eu).subjects.tokens("actor", ["ada"]) == [None]
    assert counter(home).read_text() == '{"eu": 1}'
    damage, finding = told(home)
    assert (damage, finding.status) == ([], "ok")


def test_an_older_vault_is_told_whatever_its_counter_says(home, eu, older):
    counter(home).write_text('{"eu": 0}')

    ((kind, what, mend),), finding = told(home)
    assert (kind, what) == (
        "vault_damaged",
        "it is older than it was: 1 whom the audit log names as destroyed are not",
    )
    assert "keys shred --again --region eu" in mend
    assert finding.status == "fail" and "1 whom the audit log names" in finding.found
    destroy_again(home, eu, dry_run=False)
    damage, finding = told(home)
    assert (damage, finding.status) == ([], "ok")


def test_a_counter_that_is_gone_is_begun_anew_only_by_who_destroys_again(home, eu, keyed):
    destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)
    counter(home).unlink()

    with pytest.raises(EnvironmentFault, match="is gone, though subjects were destroyed"):
        region_keys(home, eu)
    assert not counter(home).exists()
    assert destroy_again(home, eu, dry_run=False).destroyed == 0
    region_keys(home, eu)


def test_where_nobody_was_destroyed_a_run_begins_the_counter_and_a_reader_makes_none(home, eu, keyed):
    assert counter(home).read_text() == '{"eu": 0}', "from the first use on: an empty place shows"
    counter(home).unlink()

    vault_of(home, eu)
    assert not counter(home).exists()
    assert told(home)[0] == []
    region_keys(home, eu)
    assert counter(home).read_text() == '{"eu": 0}'
    region_keys(home, home.region("us"))
    assert counter(home).read_text() == '{"eu": 0, "us": 0}'


def test_a_counter_whose_disk_lets_nobody_write_keeps_no_run_from_going_on(home, eu, keyed, monkeypatch):
    counter(home).unlink()
    counter(home).with_name("vault.counter.lock").unlink()
    counter(home).with_name("vault.counter.lock").mkdir()

    assert region_keys(home, eu).subjects.tokens("actor", ["ada"])


def test_without_counter_and_audit_log_a_vault_is_not_taken_for_whole(home, eu, older):
    counter(home).unlink()
    shutil.rmtree(audit_path(home))

    with pytest.raises(EnvironmentFault, match="is gone"):
        refuse_put_back(home, eu, older.vault)


def test_a_record_that_somebody_made_up_does_not_stand_for_one_that_was_taken_away(home, eu, keyed):
    destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)
    with keyed.vault.database.alone() as rows:
        rows.change("DELETE FROM vault_destroyed WHERE at <> ?", [("",)])
        rows.change("INSERT INTO vault_destroyed (idx, at, seal) VALUES (?, ?, ?)", [(bytes(32), "2024", bytes(32))])

    with pytest.raises(EnvironmentFault, match="older than it was: 1 who were destroyed are back"):
        region_keys(home, eu)


def test_a_keyset_whose_counter_is_gone_is_told_until_it_is_begun_anew(home, eu, keyed):
    assert [one.status for one in examine(home.path).findings if one.subject == "keyset"] == ["ok"]
    (home.path / "keys.counter").unlink()

    (one,) = fsck(home, checked=Checked())
    assert (one.kind, one.path) == ("counter_missing", "keys.counter")
    assert "older copy of the keyset would pass" in one.what and "keys rewrap --again" in one.mend
    (finding,) = [one for one in examine(home.path).findings if one.subject == "keyset"]
    assert (finding.status, finding.mend) == ("fail", one.mend) and "is gone" in finding.found

    keyset_of(home).rewrap(again=True)
    assert list(fsck(home, checked=Checked())) == []
    assert (home.path / "keys.counter").exists()

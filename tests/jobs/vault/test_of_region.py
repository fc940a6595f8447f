"""A region's vault: made once, never begun anew, and open after a rotation."""

from __future__ import annotations

import pytest

from jobs.keys.config import begin_key, begin_keys, keyset_of
from jobs.keys.keyset import KeyDomain
from jobs.vault.of_region import begin_vault, vault_of
from jobs.vault.sqlite import SqliteDatabase
from quality.contracts.errors import EnvironmentFault, KeyUnusable, UsageError

SUBJECTS = KeyDomain("subject", "eu", "none")


def keys_of(vault):
    return vault.data_keys("actor", ["ada"], "none")


def test_a_vault_is_made_once_and_keeps_its_subjects(home):
    assert keys_of(begin_vault(home, "eu")) == keys_of(begin_vault(home, "eu")) == keys_of(vault_of(home, "eu"))


def test_regions_do_not_share_a_subject(home):
    assert begin_vault(home, "eu").indexes("actor", ["ada"]) != begin_vault(home, "us").indexes("actor", ["ada"])


def test_a_rotation_finds_the_same_subjects(home):
    before = keys_of(begin_vault(home, "eu"))
    keyset_of(home).rotate(SUBJECTS)

    assert keys_of(vault_of(home, "eu")) == before
    assert vault_of(home, "eu").data_keys("actor", ["bob"], "none")


def test_a_vault_that_was_lost_is_not_begun_anew(home):
    keys_of(vault := begin_vault(home, "eu"))
    for file in vault.database.path.parent.iterdir():
        file.unlink()

    for again in (begin_vault, vault_of):
        with pytest.raises(EnvironmentFault, match="vault of region eu is missing"):
            again(home, "eu")


@pytest.mark.parametrize("step", ["begin_key", "SqliteDatabase.make"])
def test_one_that_was_killed_while_its_vault_was_made_is_gone_on_with(home, monkeypatch, step):
    with monkeypatch.context() as patched:
        patched.setattr(f"jobs.vault.of_region.{step}", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            begin_vault(home, "eu")

    assert keys_of(begin_vault(home, "eu"))


def test_whoever_only_reads_makes_neither_vault_nor_key(home):
    begin_keys(home)
    with pytest.raises(KeyUnusable, match="there is none"):
        vault_of(home, "eu")
    assert keyset_of(home).read().keys == ()


def test_where_its_last_key_was_destroyed_nothing_is_opened_and_nothing_made(home):
    keys_of(begin_vault(home, "eu"))
    keyset = keyset_of(home)
    keyset.destroy(keyset.read().primary(SUBJECTS).id)

    for again in (begin_vault, vault_of):
        with pytest.raises(KeyUnusable, match="none that may be used"):
            again(home, "eu")


def test_of_two_who_make_a_first_key_one_does_and_both_go_on(home, monkeypatch):
    keyset, looks = begin_keys(home), iter([False, True])
    keyset.new_key(SUBJECTS)
    monkeypatch.setattr("jobs.keys.config._had_one", lambda *_: next(looks))  # as if it came in between

    begin_key(keyset, SUBJECTS)
    assert len(keyset.read().keys) == 1


def test_a_key_that_cannot_be_made_is_no_silence(home, monkeypatch):
    keyset = begin_keys(home)
    keyset.new_key(SUBJECTS)
    monkeypatch.setattr("jobs.keys.config._had_one", lambda *_: False)

    with pytest.raises(UsageError):
        begin_key(keyset, SUBJECTS)


def test_the_vault_lies_in_its_region_for_its_owner_alone(home):
    keys_of(vault := begin_vault(home, "eu"))

    assert isinstance(vault.database, SqliteDatabase) and vault.database.path.stat().st_mode & 0o077 == 0
    assert vault.database.path.is_relative_to(home.region("eu").root)

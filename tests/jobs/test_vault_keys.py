"""Data keys follow their wrapping key; no key that a vault needs is destroyed; subjects are, with a date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.audit_log import read_audit
from jobs.catalog import now
from jobs.keys.config import keyset_of
from jobs.region_keys import key_for, region_keys
from jobs.vault.rows import RowRefused
from jobs.vault.store import Vault
from jobs.vault_keys import destroy_again, destroy_subjects, refuse_in_use, rewrap_vaults
from quality.contracts.errors import UsageError


@pytest.fixture
def eu(home):
    return home.region("eu")


@pytest.fixture
def keyed(home, eu):
    """A region with a subject's key in its vault."""
    keys = region_keys(home, eu)
    keys.vault.data_keys("actor", ["ada"], "2024-06")
    return keys


def key_of(home, purpose):
    keyset = keyset_of(home).read()
    return next(key for key in keyset.keys if key.domain.purpose == purpose and key.state == "primary")


def test_after_a_rotation_data_keys_come_under_the_new_key_and_open_as_before(home, eu, keyed):
    before = keyed.vault.data_keys("actor", ["ada"], "2024-06")
    old, keyset = key_of(home, "subject"), keyset_of(home)
    assert rewrap_vaults(home, keyset) == [], "nothing was rotated"
    keyset.rotate(old.domain)

    (would,) = rewrap_vaults(home, keyset_of(home, dry_run=True))
    (done,) = rewrap_vaults(home, keyset)

    assert (would.region, would.data_keys, would.old_gone) == ("eu", 1, False)
    assert (done.region, done.data_keys, done.old_gone) == ("eu", 1, True)
    assert rewrap_vaults(home, keyset) == []
    keyset.destroy(old.id)
    assert region_keys(home, eu).vault.data_keys("actor", ["ada"], "2024-06") == before


def test_a_key_that_wraps_data_keys_is_not_destroyed_until_they_are_under_another(home, keyed):
    old, keyset = key_of(home, "subject"), keyset_of(home)
    with pytest.raises(UsageError, match="uses for new rows.*Rotate"):
        refuse_in_use(home, old)
    keyset.rotate(old.domain)
    with pytest.raises(UsageError, match="wraps 1 data keys in the vault of eu.*rewrap"):
        refuse_in_use(home, keyset.read().key(old.id))
    keyset.disable(old.id)
    with pytest.raises(UsageError, match="is disabled.*Enable it first"):
        refuse_in_use(home, keyset.read().key(old.id))
    keyset.enable(old.id)
    rewrap_vaults(home, keyset_of(home))

    refuse_in_use(home, keyset_of(home).read().key(old.id))


def test_the_key_that_finds_subjects_is_neither_destroyed_nor_rotated(home, keyed):
    index = key_of(home, "index")

    with pytest.raises(UsageError, match="finds every subject in the vault of eu"):
        refuse_in_use(home, index)
    with pytest.raises(UsageError, match="is not rotated.*rekey"):
        keyset_of(home).rotate(index.domain)


def test_a_wrapping_key_stays_while_its_vault_is_not_there_to_be_asked(home, keyed):
    old, keyset = key_of(home, "subject"), keyset_of(home)
    keyset.rotate(old.domain)
    (home.path / "vault").rename(home.path / "away")

    with pytest.raises(UsageError, match="is not there.*Bring it back"):
        refuse_in_use(home, keyset.read().key(old.id))


def test_the_key_that_new_pseudonyms_take_is_rotated_before_it_goes(home, eu, keyed):
    old, keyset = key_of(home, "pseudonym"), keyset_of(home)
    with pytest.raises(UsageError, match="uses for new rows"):
        refuse_in_use(home, old)
    keyset.rotate(old.domain)

    refuse_in_use(home, keyset.read().key(old.id))


def test_a_region_goes_on_without_its_key_of_tokens(home, eu, keyed):
    key_for(home, "token", eu)
    refuse_in_use(home, token := key_of(home, "token"))
    keyset_of(home).destroy(token.id)

    assert region_keys(home, eu).subjects.tokens("actor", ["ada"])


def test_subjects_are_destroyed_once_and_told_until_when_a_copy_may_be_left(home, eu, keyed):
    would = destroy_subjects(home, eu, "actor", ["ada", "bob", "ada"], dry_run=True)
    assert (would.asked, would.destroyed, would.already, would.unknown, would.last_copy_until) == (3, 1, 0, 1, None)
    assert isinstance(keyed.vault.data_keys("actor", ["ada"], "2024-06")[0], bytes), "a dry run destroys nobody"

    done = destroy_subjects(home, eu, "actor", ["ada", "bob", "ada"], dry_run=False, unknown=True)
    again = destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)

    assert (done.destroyed, done.unknown, again.destroyed, again.already) == (2, 1, 0, 1)
    assert abs(done.last_copy_until - now() - timedelta(days=30)) < timedelta(minutes=1)
    assert again.last_copy_until == done.last_copy_until
    assert keyed.subjects.tokens("actor", ["ada", "bob", "eve"])[:2] == [None, None], "whoever comes later too"


def test_what_is_killed_midway_is_told_to_auditors(home, eu, keyed, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, "destroy", killed)
    with pytest.raises(KeyboardInterrupt):
        destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)

    (entry,) = [one for one in read_audit(home) if one["kind"] == "key" and one["outcome"] != "made"]
    assert entry["outcome"] == "subjects are being destroyed" and entry["detail"]["subjects"] == 1


def put_back(vault, name):
    """Take a subject's data key out as a backup of that one table does, and return what brings it back."""
    (index,) = vault.indexes("actor", [name])
    with vault.database.reading() as rows:
        kept = rows.ask("SELECT * FROM vault_keys WHERE idx = ?", index)

    def again():
        with vault.database.alone() as rows:
            rows.change("INSERT INTO vault_keys VALUES (?, ?, ?, ?)", kept)

    return again


@pytest.mark.parametrize(
    "mend",
    [
        pytest.param(lambda home, eu, dry: destroy_subjects(home, eu, "actor", ["ada"], dry_run=dry), id="by-name"),
        pytest.param(lambda home, eu, dry: destroy_again(home, eu, dry_run=dry), id="again"),
    ],
)
def test_a_key_that_came_back_beside_the_record_of_its_subject_is_destroyed_again(home, eu, keyed, mend):
    restore = put_back(keyed.vault, "ada")
    destroy_subjects(home, eu, "actor", ["ada"], dry_run=False)
    restore()
    with keyed.vault.database.reading() as rows:
        ((wrapped,),) = rows.ask("SELECT wrapped FROM vault_keys")

    assert mend(home, eu, True).destroyed == 1
    assert keyed.vault.knows("actor", ["ada"]) == [True], "a dry run only counts"
    done = mend(home, eu, False)

    assert (done.destroyed, keyed.vault.knows("actor", ["ada"])) == (1, [False])
    assert wrapped not in keyed.vault.database.path.read_bytes()
    (record,) = keyed.vault.destroyed("actor", ["ada"])
    assert record.last_copy_until - now() > timedelta(days=29), "the date is of the last destruction"
    assert mend(home, eu, False).destroyed == 0


def test_a_key_that_came_back_is_destroyed_whether_or_not_the_audit_log_names_its_subject(home, eu, keyed):
    restore = put_back(keyed.vault, "ada")
    keyed.vault.destroy("actor", ["ada"])
    restore()

    assert destroy_again(home, eu, dry_run=False).destroyed == 1


def test_a_record_that_somebody_wrote_beside_a_living_subject_destroys_nobody(home, eu, keyed):
    (index,) = keyed.vault.indexes("actor", ["ada"])
    with keyed.vault.database.alone() as rows:
        rows.change("INSERT INTO vault_destroyed (idx, at, seal) VALUES (?, ?, ?)", [(index, "2024-06-01", bytes(32))])

    with pytest.raises(RowRefused, match="record of a destroyed subject"):
        destroy_again(home, eu, dry_run=False)
    assert keyed.vault.knows("actor", ["ada"]) == [True]

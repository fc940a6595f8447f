"""fsck opens every row of a vault: one flipped bit in its file is found, in whatever column and copy it is."""

from __future__ import annotations

import pytest

from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.region_keys import region_keys
from jobs.vault.verify import look
from jobs.vault_keys import destroy_again
from tests.jobs.damaged import flip

ADA = "planted-person-Ada"


@pytest.fixture
def vault(home):
    """A vault with a row of each table, each subject in one only."""
    vault = region_keys(home, home.region("eu")).vault
    vault.tokens("actor", [ADA])
    vault.data_keys("actor", ["bob"], "2024-06")
    vault.destroy("actor", ["eve"])
    vault.database.scrub()
    return vault


def file_of(vault):
    """Return the vault's file, with nothing left in a log beside it."""
    assert [path.name for path in vault.database.path.parent.glob("eu.sqlite-*")] == []
    return vault.database.path


def places(vault, value):
    """Return where a value begins in the vault's file: in its table, and in the index of it."""
    raw = file_of(vault).read_bytes()
    return [at for at in range(len(raw)) if raw.startswith(value, at)]


def found(home, **how):
    return [one for one in fsck(home, checked=Checked(), **how) if one.region == "eu"]


def test_a_vault_that_is_as_it_was_is_counted(home, vault):
    checked = Checked()

    assert list(fsck(home, checked=checked)) == []
    assert checked.vault_rows == 3 + 2, "rows, and notes of two keys"


COLUMNS = {
    "vault_tokens": ["idx", "token", "seal"],
    "vault_keys": ["idx", "epoch", "wrapped", "wrapping"],
    "vault_destroyed": ["idx", "at", "until", "seal"],
    "vault_facts": ["index", "wrapping"],
}


@pytest.mark.parametrize(("table", "column"), [(table, one) for table, all_ in COLUMNS.items() for one in all_])
def test_one_flipped_bit_in_the_file_is_found_in_any_copy(home, vault, table, column):
    with vault.database.reading() as rows:
        fact = f"value FROM vault_facts WHERE name = '{column}'" if table == "vault_facts" else f"{column} FROM {table}"
        ((value,),) = rows.ask(f"SELECT {fact}")
    value = value.encode() if isinstance(value, str) else value
    copies = places(vault, value)
    assert copies

    for at in copies:
        for byte, bit in ((0, 0), (len(value) - 1, 3)):
            flip(file_of(vault), at + byte, bit)
            damage = found(home)
            assert {one.kind for one in damage} == {"vault_damaged"}, (column, at)
            assert {one.path for one in damage} == {"vault/eu.sqlite"}
            assert all(one.mend for one in damage) and ADA not in str(damage)
            flip(file_of(vault), at + byte, bit)
    assert found(home) == []


def test_rows_that_were_changed_are_counted_by_what_they_are(home, vault):
    vault.tokens("actor", ["carl", "dora"])
    with vault.database.alone() as rows:
        rows.change("UPDATE vault_tokens SET token = ?", [(bytes(16),)])
        rows.change("UPDATE vault_keys SET epoch = ?", [("2024-07",)])

    assert [one.what for one in found(home)] == [
        "1 row changed outside of it, or moved: data key",
        "3 rows changed outside of it, or moved: token",
    ]


def test_a_number_where_bytes_were_is_a_changed_row_and_takes_no_memory(home, vault):
    with vault.database.alone() as rows:
        rows.change("UPDATE vault_tokens SET token = ?", [(1 << 62,)])

    assert look(vault)[1] == {"a token": 1}


def test_data_keys_of_a_key_that_is_disabled_are_told_as_such(home, vault):
    keyset = keyset_of(home)
    old = next(key for key in keyset.read().keys if key.domain.purpose == "subject")
    keyset.rotate(old.domain)
    assert found(home) == [], "both open what they wrote"
    keyset.disable(old.id)

    (one,) = found(home)
    assert one.what == "2 rows under a wrapping key that is not there, or is disabled", "and the note which is in use"
    assert "Enable the key" in one.mend


def test_a_vault_that_is_gone_is_told_and_none_is_made(home, vault):
    file_of(vault).unlink()

    (one,) = found(home)
    assert (one.kind, one.path) == ("vault_missing", "vault/eu.sqlite")
    assert "is missing" in one.what and "Restore" in one.mend
    assert not vault.database.path.exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.write_bytes(b"planted" * 4096), "it cannot be read", id="no-database"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), "", id="cut"),
        pytest.param(lambda path: path.chmod(0o644), "mode 0644", id="open-to-others"),
    ],
)
def test_a_vault_that_cannot_be_read_is_told_in_a_sentence(home, vault, spoil, said):
    spoil(file_of(vault))

    damage = found(home)
    assert {one.kind for one in damage} == {"vault_damaged"}
    assert said in damage[0].what and damage[0].mend and "planted" not in str(damage)


def test_a_vault_whose_keyset_is_gone_is_told_in_a_sentence(home, vault):
    (home.path / "keys" / "keyset.json").unlink()

    (one,) = found(home)
    assert one.kind == "vault_damaged" and "keyset" in one.what


def test_who_asks_for_one_table_is_not_told_of_vaults_and_no_vault_is_no_damage(home, vault):
    flip(file_of(vault), 0)

    assert found(home, tables=("raw.pings",)) == []
    assert [one for one in fsck(home, checked=Checked()) if one.region == "us"] == []


def test_a_server_that_is_not_reached_is_told_in_a_sentence_of_each_region(home, vault):
    file = home.path / "geoward.yaml"
    file.write_text(file.read_text() + f"vault: {{postgres: 'host={home.path} dbname=planted_{{region}}'}}\n")

    damage = list(fsck(open_home(), checked=Checked()))

    assert {(one.kind, one.path, one.what) for one in damage} == {
        ("vault_damaged", "its database", "it cannot be read")
    }
    assert "server runs" in damage[0].mend and "planted" not in str(damage)


def test_keys_of_the_dead_beside_their_record_are_told_until_they_are_destroyed_again(home, vault):
    with vault.database.reading() as rows:
        kept = rows.ask("SELECT * FROM vault_keys")
    vault.destroy("actor", ["bob"])
    with vault.database.alone() as rows:
        rows.change("INSERT INTO vault_keys VALUES (?, ?, ?, ?)", kept)

    (one,) = found(home)
    assert (one.kind, one.what) == ("vault_damaged", "it has keys again of 1 subject that was destroyed")
    assert "keys shred --again --region eu" in one.mend
    destroy_again(home, home.region("eu"), dry_run=False)
    assert found(home) == []


def test_something_made_in_a_vault_that_may_keep_what_is_deleted_is_told(home, vault):
    with vault.database.alone() as rows:
        rows.ask("CREATE TRIGGER planted BEFORE DELETE ON vault_keys BEGIN SELECT 1; END")

    (one,) = found(home)
    assert (one.kind, one.what) == ("vault_damaged", "somebody made something in it: trigger")
    assert "an incident" in one.mend

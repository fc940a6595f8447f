"""A vault keeps no identifier, gives each subject the same secrets for ever, and refuses rows that were changed."""

from __future__ import annotations

import hmac
import pickle
import stat
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.vault import store
from jobs.vault.rows import Destroyed, RowRefused
from jobs.vault.sqlite import SqliteDatabase
from jobs.vault.store import Vault
from jobs.vault.verify import look, verify
from quality.contracts.errors import EnvironmentFault
from tests.jobs.vault.conftest import DAYS, INDEX, NEW, OLD, Key


def test_a_subject_keeps_its_token_and_its_data_key_of_each_epoch(vault):
    first = vault.tokens("actor", ["ada", "bob", "ada"])
    june, july = vault.data_keys("actor", ["ada"], "2024-06"), vault.data_keys("actor", ["ada"], "2024-07")

    assert first[0] == first[2] != first[1]
    assert [len(token) for token in first] == [16, 16, 16]
    assert len(june[0]) == len(july[0]) == 32 and june != july
    again = replace(vault)
    assert again.tokens("actor", ["bob", "ada"]) == [first[1], first[0]]
    assert again.data_keys("actor", ["ada"], "2024-06") == june


def test_subjects_of_two_kinds_never_meet_nor_do_texts_that_only_join_alike(vault):
    tokens = [vault.tokens(kind, [name])[0] for kind, name in [("1", "23"), ("12", "3"), ("actor", ""), ("", "actor")]]

    assert len(set(tokens)) == 4
    assert vault.tokens("actor", ["\ud800"]) == vault.tokens("actor", ["\ud800"])


def test_rows_are_found_by_hmac_sha256_of_the_length_prefixed_kind_and_identifier(vault):
    message = b"\0\0\0\0\0\0\0\x05actor\0\0\0\0\0\0\0\x03ada"

    assert vault.indexes("actor", ["ada"]) == [hmac.digest(INDEX.open(), message, "sha256")]


def test_the_files_hold_neither_identifier_nor_data_key(vault, kept):
    (key,) = vault.data_keys("actor", ["a-planted-identifier"], "2024-06")
    vault.tokens("actor", ["a-planted-identifier"])

    everything = b"".join(kept.files().values())

    assert vault.indexes("actor", ["a-planted-identifier"])[0] in everything, "the check looks where rows are"
    for secret in (b"a-planted-identifier", key, key.hex().encode(), OLD.open(), INDEX.open()):
        assert secret not in everything


def test_more_subjects_than_a_batch_are_asked_for_in_batches(vault, monkeypatch):
    monkeypatch.setattr(store, "BATCH", 7)
    names = [f"actor-{number}" for number in range(50)]

    tokens = vault.tokens("actor", names)

    assert len(set(tokens)) == 50
    assert vault.tokens("actor", names[::-1]) == tokens[::-1]
    assert vault.tokens("actor", []) == []
    assert verify(vault) == 50


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_the_tokens_of_the_living_come_in_batches_each_once(vault, batch):
    names = [f"actor-{number}" for number in range(7)]
    tokens = vault.tokens("actor", names)
    vault.destroy("actor", names[:2])

    found = list(vault.living_tokens(batch))

    assert max(map(len, found)) <= batch
    assert sorted(token for some in found for token in some) == sorted(tokens[2:])


def test_a_vault_of_nobody_has_no_tokens(vault):
    assert list(vault.living_tokens()) == []


def test_whoever_only_reads_makes_no_data_key(vault):
    assert vault.known_data_keys_at(vault.indexes("actor", ["ada"]), "2024-06") == [None]
    made = vault.data_keys("actor", ["ada"], "2024-06")
    assert vault.known_data_keys_at(vault.indexes("actor", ["ada", "bob"]), "2024-06") == [made[0], None]


def test_a_destroyed_subject_gets_a_record_in_place_of_its_secrets_and_others_keep_theirs(vault):
    before = vault.tokens("actor", ["ada", "bob"])
    vault.data_keys("actor", ["ada"], "2024-06")

    (record,) = vault.destroy("actor", ["ada"])

    assert record.last_copy_until - record.at >= DAYS
    assert record.last_copy_until - record.at < DAYS + timedelta(minutes=5)
    assert vault.tokens("actor", ["ada", "bob"]) == [record, before[1]]
    assert vault.data_keys("actor", ["ada"], "2024-06") == [record]
    assert vault.data_keys("actor", ["ada"], "2024-09") == [record], "no new key either"
    assert vault.known_data_keys_at(vault.indexes("actor", ["ada"]), "2024-06") == [record]
    assert vault.destroyed("actor", ["ada", "bob"]) == [record, None]


def test_destroying_again_changes_no_date_and_an_unknown_subject_can_be_destroyed(vault):
    (first,) = vault.destroy("actor", ["nobody"])

    assert vault.destroy("actor", ["nobody"]) == [first]
    assert isinstance(vault.tokens("actor", ["nobody"])[0], Destroyed)


def test_a_row_that_comes_back_with_a_backup_stays_destroyed(vault, kept):
    vault.tokens("actor", ["ada"])
    with kept.database.reading() as rows:
        (old,) = rows.ask("SELECT idx, token, seal FROM vault_tokens")
    vault.destroy("actor", ["ada"])
    with kept.database.adding() as rows:
        rows.change("INSERT INTO vault_tokens (idx, token, seal) VALUES (?, ?, ?)", [old])

    assert list(vault.living_tokens()) == [[]]
    assert isinstance(vault.tokens("actor", ["ada"])[0], Destroyed)


COLUMNS = {
    "vault_tokens": ["idx", "token", "seal"],
    "vault_keys": ["idx", "epoch", "wrapped", "wrapping"],
    "vault_destroyed": ["idx", "at", "until", "seal"],
}
FLIPPED = [(table, column) for table, columns in COLUMNS.items() for column in columns]


def flip(database, table, column, turn):
    """Flip one bit of the only row."""
    with database.alone() as rows:
        ((index, value),) = rows.ask(f"SELECT idx, {column} FROM {table}")
        raw = bytearray(value.encode() if isinstance(value, str) else value)
        raw[turn * 5 % len(raw)] ^= 1
        new = raw.decode() if isinstance(value, str) else bytes(raw)
        rows.change(f"UPDATE {table} SET {column} = ? WHERE idx = ?", [(new, bytes(index))])


@pytest.mark.parametrize(("table", "column"), FLIPPED, ids=[f"{table}.{column}" for table, column in FLIPPED])
def test_one_flipped_bit_in_a_row_is_refused(vault, kept, table, column):
    for turn in range(5):
        vault.tokens("actor", ["ada"])
        vault.data_keys("actor", ["ada"], "2024-06")
        vault.destroy("actor", ["bob"])
        assert verify(vault) == 3
        flip(kept.database, table, column, turn)

        with pytest.raises(EnvironmentFault, match=r"refused|not given"):
            verify(vault)
        assert look(vault)[1].total() == 1, "and all others are whole"
        if column not in ("idx", "epoch"):
            with pytest.raises(EnvironmentFault, match=r"refused|not given"):
                vault.tokens("actor", ["ada", "bob"]), vault.data_keys("actor", ["ada"], "2024-06")
        flip(kept.database, table, column, turn)


@pytest.mark.parametrize("table", ["vault_tokens", "vault_keys", "vault_destroyed"])
def test_rows_of_two_subjects_that_were_swapped_are_refused(vault, kept, table):
    vault.tokens("actor", ["ada", "bob"])
    vault.data_keys("actor", ["ada", "bob"], "2024-06")
    vault.destroy("actor", ["eve", "zoe"])
    with kept.database.alone() as rows:
        (one,), (other,) = rows.ask(f"SELECT idx FROM {table} ORDER BY idx")
        for new, old in [(b"-", one), (one, other), (other, b"-")]:
            rows.change(f"UPDATE {table} SET idx = ? WHERE idx = ?", [(bytes(new), bytes(old))])

    with pytest.raises(RowRefused) as error:
        vault.tokens("actor", ["ada", "bob", "eve", "zoe"]), vault.data_keys("actor", ["ada"], "2024-06")
    assert "ada" not in str(error.value) and bytes(one).hex() not in str(error.value)


def test_another_index_key_is_refused_since_the_vault_would_know_nobody(vault):
    vault.tokens("actor", ["ada"])

    with pytest.raises(EnvironmentFault, match="it would know nobody") as error:
        replace(vault, index_key=NEW).tokens("actor", ["ada"])
    assert NEW.open().hex() not in str(error.value)


def test_another_wrapping_key_opens_no_data_key_and_adds_none(vault):
    vault.data_keys("actor", ["ada"], "2024-06")
    other = replace(vault, wrapping=(NEW,))

    for name in ("ada", "bob"):
        with pytest.raises(EnvironmentFault, match="not given"):
            other.data_keys("actor", [name], "2024-06")


def test_a_vault_goes_to_another_process_without_the_keys_it_opened(vault):
    tokens = vault.tokens("actor", ["ada"])
    vault.data_keys("actor", ["ada"], "2024-06")

    sent = pickle.dumps(vault)

    assert OLD.open() not in sent and INDEX.open() not in sent and tokens[0] not in sent
    assert pickle.loads(sent).tokens("actor", ["ada"]) == tokens
    assert not any(key.open().hex() in repr(vault) for key in (OLD, INDEX))


def test_an_sqlite_vault_is_for_its_owner_alone(tmp_path):
    database = SqliteDatabase(tmp_path / "vault.sqlite")
    database.make()
    vault = Vault(database, INDEX, (Key(2),), DAYS)
    vault.tokens("actor", ["ada"])
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600
    database.path.chmod(0o640)

    with pytest.raises(EnvironmentFault, match="chmod 600"):
        replace(vault).tokens("actor", ["ada"])


@pytest.mark.long
def test_a_connection_with_a_password_in_it_is_refused(server):
    from jobs.vault.postgres import PostgresDatabase

    with pytest.raises(EnvironmentFault.__base__, match="password file") as error:
        PostgresDatabase(f"{server.conninfo()} password=planted-secret")
    assert "planted-secret" not in str(error.value)

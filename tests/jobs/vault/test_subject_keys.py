"""A vault's keys encrypt columns; what a task read once it need not ask for again, and keys travel with no plan."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from jobs.vault import subject_keys
from jobs.vault.subject_keys import VaultKeys
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.encrypt_columns import Place, decrypt_values, encrypt_values

NOTE = Place("raw.notes", "note", "actor")
WHO, WHEN = pa.array(["ada", "bob"]), pa.array(["2024-06", "2024-06"])


def test_what_was_encrypted_is_unreadable_once_the_subject_is_destroyed_and_others_stay(vault):
    written = encrypt_values(pa.array(["x", "y"]), WHO, WHEN, NOTE, VaultKeys(vault)).values
    assert decrypt_values(written, WHO, NOTE, VaultKeys(vault)).values.to_pylist() == ["x", "y"]

    vault.destroy("actor", ["ada"])

    read = decrypt_values(written, WHO, NOTE, VaultKeys(vault))
    assert read.values.to_pylist() == [None, "y"] and read.destroyed.to_pylist() == [True, False]
    again = encrypt_values(pa.array(["x", "y"]), WHO, WHEN, NOTE, VaultKeys(vault))
    assert again.values[0].as_py() is None and again.destroyed.to_pylist() == [True, False]


def test_a_subject_that_the_vault_does_not_know_is_an_error_and_not_a_null(vault):
    with pytest.raises(EnvironmentFault, match="for 2 of the subjects") as error:
        VaultKeys(vault).to_read("actor", ["ada", "bob"], "2024-06")
    assert "ada" not in str(error.value)


def test_memory_is_bounded_and_no_key_is_wrong_when_it_is_full(vault, monkeypatch):
    monkeypatch.setattr(subject_keys, "KEPT", 3)
    keys, names = VaultKeys(vault), ["a", "b", "c", "d", "a"]

    first = keys.to_write("actor", names, "e")

    assert keys.to_write("actor", names[::-1], "e") == first[::-1]
    assert keys.to_write("actor", ["b"], "e") == [first[1]] and keys.to_write("actor", ["z", "b"], "e")[1] == first[1]
    assert len(keys._kept) <= 3


def test_keys_are_left_behind_when_going_to_a_worker(vault):
    keys = VaultKeys(vault)
    (one,) = keys.to_write("actor", ["ada"], "e")

    sent = pickle.dumps(keys)

    assert one.key not in sent and one.key.hex() not in repr(keys)
    assert pickle.loads(sent).to_read("actor", ["ada"], "e") == [one]

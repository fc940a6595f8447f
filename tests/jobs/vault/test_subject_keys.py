"""A vault's keys seal rows; what a task read once it need not ask for again, and keys travel with no plan."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from jobs.vault import subject_keys
from jobs.vault.subject_keys import VaultKeys
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.seal_rows import open_values, seal_values

TABLE, WHO, WHEN = "raw.notes", pa.array(["ada", "bob"]), pa.array(["2024-06", "2024-06"])


def seal(keys):
    return seal_values(TABLE, {"note": pa.array(["x", "y"])}, WHO, WHEN, keys, "actor")


def notes(sealed, keys):
    (column,), erased = open_values(TABLE, {"note": pa.string()}, sealed, keys)
    return column.to_pylist(), erased.to_pylist()


def test_what_was_sealed_is_unreadable_once_the_subject_is_destroyed_and_others_stay(vault):
    sealed = seal(VaultKeys(vault))
    assert notes(sealed, VaultKeys(vault)) == (["x", "y"], [False, False])

    vault.destroy("actor", ["ada"])

    assert notes(sealed, VaultKeys(vault)) == ([None, "y"], [True, False])
    assert [row is None for row in seal(VaultKeys(vault)).rows.to_pylist()] == [True, False]
    assert [token is None for token in VaultKeys(vault).tokens("actor", ["ada", "bob"])] == [True, False]


def test_a_subject_that_the_vault_does_not_know_is_an_error_and_not_a_null(vault):
    with pytest.raises(EnvironmentFault, match="for 2 of the subjects"):
        VaultKeys(vault).to_open(vault.indexes("actor", ["ada", "bob"]), "2024-06")


def test_memory_is_bounded_and_no_key_is_wrong_when_it_is_full(vault, monkeypatch):
    monkeypatch.setattr(subject_keys, "KEPT", 3)
    keys, names = VaultKeys(vault), ["a", "b", "c", "d", "a"]

    first = keys.to_seal("actor", names, "e")
    tokens = keys.tokens("actor", names)

    assert keys.to_seal("actor", names[::-1], "e") == first[::-1]
    assert keys.to_seal("actor", ["b"], "e") == [first[1]] and keys.to_seal("actor", ["z", "b"], "e")[1] == first[1]
    assert keys.tokens("actor", names) == tokens
    assert sum(map(len, keys._kept.values())) <= 4, "what is kept, and what came last"


def test_keys_are_left_behind_when_going_to_a_worker(vault):
    keys = VaultKeys(vault)
    (one,), (token,) = keys.to_seal("actor", ["ada"], "e"), keys.tokens("actor", ["ada"])

    sent = pickle.dumps(keys)

    assert one.key not in sent and token not in sent and one.key.hex() not in repr(keys)
    assert pickle.loads(sent).to_seal("actor", ["ada"], "e") == [one]


def test_rows_of_a_month_are_sealed_by_keys_of_that_month(vault):
    assert VaultKeys(vault).epoch_of("2024-06") == "2024-06"

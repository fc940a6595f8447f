"""Data keys of a region are replaced all at once, and the old ones are really gone afterwards."""

from __future__ import annotations

import pytest

from jobs.vault.generations import begin_generation, epoch_of, is_of, older_epochs, retire
from jobs.vault.subject_keys import VaultKeys
from jobs.vault.unclean import clean, is_unclean, mark_unclean


@pytest.mark.parametrize(
    ("epoch", "generation", "said"),
    [
        ("2024-06", 1, True), ("2024-06", 2, False), ("2024-06-r2", 2, True), ("2024-06-r2", 3, False),
        ("2024-06-r22", 2, False), ("2024-06-r1", 1, False), ("none", 1, False), ("none", 2, False),
    ],
)  # fmt: skip
def test_an_epoch_says_of_which_generation_its_keys_are(epoch, generation, said):
    assert is_of(epoch, generation) is said
    assert is_of(epoch_of("2024-06", generation), generation)


def test_new_keys_are_of_the_next_generation_at_once_and_old_ones_open_until_they_are_retired(vault):
    old = vault.data_keys("actor", ["ada"], VaultKeys(vault).epoch_of("2024-06"))
    assert (vault.generation(), older_epochs(vault)) == (1, [])

    assert begin_generation(vault) == 2

    assert VaultKeys(vault).epoch_of("2024-06") == "2024-06-r2"
    assert older_epochs(vault) == ["2024-06"]
    assert vault.known_data_keys_at(vault.indexes("actor", ["ada"]), "2024-06") == old
    assert vault.data_keys("actor", ["ada"], "2024-06-r2") != old


def test_what_is_retired_is_gone_from_the_store_s_files_and_nothing_else_is(vault, kept):
    names = [f"actor-{number}" for number in range(50)]
    vault.data_keys("actor", names, "2024-06")
    file_key = vault.data_keys("file", ["f"], "none")
    with kept.database.reading() as rows:
        wrapped = [bytes(row[0]) for row in rows.ask("SELECT wrapped FROM vault_keys WHERE epoch = '2024-06'")]
    begin_generation(vault)
    new = vault.data_keys("actor", names, "2024-06-r2")
    assert any(value in content for value in wrapped for content in kept.files().values()), "the control"

    assert retire(vault) == 50
    assert is_unclean(kept.database), "so that whoever comes after a kill cleans"
    assert clean(kept.database) and not is_unclean(kept.database)

    assert older_epochs(vault) == [] and retire(vault) == 0
    assert not any(value in content for value in wrapped for content in kept.files().values())
    assert vault.known_data_keys_at(vault.indexes("actor", names), "2024-06-r2") == new
    assert vault.known_data_keys_at(vault.indexes("file", ["f"]), "none") == file_key


def test_a_generation_never_goes_back(vault):
    assert vault.set_generation(3) == 3
    assert vault.set_generation(2) == 3


def test_what_is_deleted_while_files_are_cleaned_is_cleaned_the_next_time(vault, kept, monkeypatch):
    vault.tokens("actor", ["ada"])
    scrub = type(kept.database).scrub

    def beside(database):
        with database.alone() as rows:
            mark_unclean(rows)
        return scrub(database)

    with kept.database.alone() as rows:
        mark_unclean(rows)
    monkeypatch.setattr(type(kept.database), "scrub", beside)
    assert clean(kept.database) and is_unclean(kept.database)


def test_files_that_cannot_be_cleaned_yet_stay_marked(vault, kept, monkeypatch):
    vault.tokens("actor", ["ada"])
    with kept.database.alone() as rows:
        mark_unclean(rows)
    monkeypatch.setattr(type(kept.database), "scrub", lambda database: False)

    assert not clean(kept.database) and is_unclean(kept.database)

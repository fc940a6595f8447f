"""What is destroyed is gone from the store's files, byte for byte, or the vault says that it cannot tell yet."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from jobs.vault.rewrap import rewrap
from jobs.vault.sqlite import SqliteDatabase
from jobs.vault.store import Vault
from quality.contracts.errors import EnvironmentFault
from tests.jobs.vault.conftest import DAYS, INDEX, OLD, Postgres

EPOCHS = ("2024-06", "2024-07")


def people(seed: int, count: int) -> list[str]:
    return [f"actor-{number}" for number in random.Random(seed).sample(range(10**6), count)]


def secrets(database, vault, names) -> list[bytes]:
    """Return all of the subjects that is in the store: tokens, their seals and wrapped keys, raw and in hex."""
    indexes = vault.indexes("actor", names)
    with database.reading() as rows:
        found = rows.among("SELECT token FROM vault_tokens WHERE idx {some}", indexes)
        found += rows.among("SELECT seal FROM vault_tokens WHERE idx {some}", indexes)
        found += rows.among("SELECT wrapped FROM vault_keys WHERE idx {some}", indexes)
    raw = [bytes(value) for (value,) in found]
    # halves: a row whose other half was overwritten still tells
    return [form for one in raw for form in (one[: len(one) // 2], one[-16:], one[:16].hex().encode())]


def holding(files: dict[str, bytes], wanted: list[bytes]) -> set[str]:
    return {name for name, raw in files.items() if any(secret in raw for secret in wanted)}


def filled(vault, names) -> None:
    """Add in many small turns, as days do, so that pages of the store are split and moved."""
    for start in range(0, len(names), 50):
        some = names[start : start + 50]
        vault.tokens("actor", some)
        for epoch in EPOCHS:
            vault.data_keys("actor", some, epoch)


def test_the_bytes_of_a_destroyed_subject_are_in_none_of_the_files(vault, kept):
    names = people(7, 600)
    gone, left = [*names[:550:60], *names[-50:]], names[1:550:60]  # some here and there, and all of the last turn
    filled(vault, names)
    wanted, others = secrets(kept.database, vault, gone[:25]), secrets(kept.database, vault, left)
    assert len(wanted) == 3 * 4 * 25
    assert holding(kept.files(), wanted), "the check finds what is there"

    records = vault.destroy("actor", gone)

    files = kept.files()
    assert holding(files, wanted) == set()
    assert holding(files, others), "others' are still found"
    assert all(record.last_copy_until for record in records)


def delete_alone(database, vault, names) -> None:
    with database.alone() as rows:
        for table in ("vault_tokens", "vault_keys"):
            rows.change(f"DELETE FROM {table} WHERE idx = ?", [(index,) for index in vault.indexes("actor", names)])


def test_without_secure_delete_the_bytes_are_found(kept, tmp_path):
    """A control: the check can fail. In PostgreSQL, with a plain VACUUM in place of a rewrite."""
    plain = kept.database if isinstance(kept, Postgres) else replace(kept.database, secure_delete=False)
    plain.make()
    vault = Vault(plain, INDEX, (OLD,), DAYS)
    names = people(8, 200)
    filled(vault, names)
    wanted = secrets(plain, vault, names[-50:-35])

    if isinstance(kept, Postgres):
        import psycopg

        delete_alone(plain, vault, names[-50:])
        with psycopg.connect(plain.conninfo, autocommit=True) as db:
            db.execute("VACUUM vault_tokens, vault_keys")
        assert any(name.startswith("base/") for name in holding(kept.files(), wanted)), "not in its log alone"
    else:
        vault.destroy("actor", names[-50:])
        assert holding(kept.files(), wanted)


def test_while_somebody_still_reads_an_sqlite_vault_no_date_is_stated(kept):
    if isinstance(kept, Postgres):
        pytest.skip("SQLite's way")
    database = replace(kept.database, wait_seconds=0.1)
    database.make()
    vault = Vault(database, INDEX, (OLD,), DAYS)
    vault.tokens("actor", ["ada"])
    wanted = secrets(database, vault, ["ada"])

    with database.reading() as rows:
        rows.ask("SELECT * FROM vault_tokens")
        (early,) = vault.destroy("actor", ["ada"])
        assert early.last_copy_until is None
        assert holding(kept.files(), wanted), "its log has a copy"
        assert vault.settle() == 1

    assert vault.settle() == 0
    assert holding(kept.files(), wanted) == set()
    (late,) = vault.destroyed("actor", ["ada"])
    assert (late.at, late.last_copy_until > late.at) == (early.at, True)


def test_what_a_kill_left_to_clean_is_cleaned_later(vault, kept, monkeypatch):
    vault.tokens("actor", ["ada"])

    def killed(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(kept.database), "scrub", killed)
        with pytest.raises(KeyboardInterrupt):
            vault.destroy("actor", ["ada"])

    assert vault.destroyed("actor", ["ada"])[0].last_copy_until is None
    assert vault.settle() == 0
    assert vault.destroyed("actor", ["ada"])[0].last_copy_until is not None


def keeping(database) -> None:
    """Do what somebody who can write the store does to keep what is deleted."""
    with database.alone() as rows:
        if type(database).__name__ == "SqliteDatabase":
            rows.ask("CREATE TABLE aside (wrapped BLOB)")
            what = "BEGIN INSERT INTO aside VALUES (old.wrapped); END"
            rows.ask(f"CREATE TRIGGER keeps BEFORE DELETE ON vault_keys {what}")
        else:
            rows.ask("CREATE TABLE aside (wrapped BYTEA)")
            rows.ask("CREATE RULE keeps AS ON DELETE TO vault_keys DO ALSO INSERT INTO aside VALUES (old.wrapped)")


def test_where_something_may_keep_what_is_deleted_nothing_is(vault, kept):
    vault.tokens("actor", ["ada"])
    vault.data_keys("actor", ["ada"], "2024-06")
    assert kept.database.foreign() == []
    keeping(kept.database)

    for delete in (
        lambda: vault.destroy("actor", ["ada"]),
        lambda: vault.destroy_epochs(["2024-06"]),
        lambda: rewrap(kept.database, [OLD]),
    ):
        with pytest.raises(EnvironmentFault, match="Geoward did not make .*(trigger|rule).*Nothing was deleted"):
            delete()
    with kept.database.reading() as rows:
        assert rows.ask("SELECT * FROM aside") == []
    assert (vault.knows("actor", ["ada"]), vault.destroyed("actor", ["ada"])) == ([True], [None])


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param("CREATE VIEW seen AS SELECT * FROM vault_keys", "view", id="view"),
        pytest.param("CREATE INDEX more ON vault_keys (wrapped)", "index", id="index"),
        pytest.param("ALTER TABLE vault_keys ADD COLUMN more TEXT", "table", id="column"),
        pytest.param("CREATE TABLE aside (wrapped TEXT)", "table", id="table"),
        pytest.param("CREATE TRIGGER more AFTER INSERT ON vault_keys BEGIN SELECT 1; END", "trigger", id="trigger"),
    ],
)
def test_whatever_is_in_a_vaults_file_and_in_no_new_one_is_noticed_by_its_kind(tmp_path, made, kind):
    database = SqliteDatabase(tmp_path / "vault.sqlite")
    database.make()
    Vault(database, INDEX, (OLD,), DAYS).tokens("actor", ["ada"])
    database.scrub()
    assert database.foreign() == []
    with database.alone() as rows:
        rows.ask(made)

    assert database.foreign() == [kind]

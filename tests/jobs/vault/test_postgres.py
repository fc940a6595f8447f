"""PostgreSQL keeps deleted rows in pages, snapshots and its log: the vault states a date only when none is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.vault.store import Vault
from tests.jobs.vault.conftest import DAYS, INDEX, OLD, Postgres
from tests.jobs.vault.test_destroy import holding, secrets

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.long


@pytest.fixture
def kept(server):
    from jobs.vault.postgres import PostgresDatabase

    return Postgres(PostgresDatabase(server.database(), wait_seconds=0.2), server)


def test_while_an_older_snapshot_can_see_a_deleted_row_no_date_is_stated(vault, kept):
    vault.tokens("actor", ["ada", "bob"])
    wanted = secrets(kept.database, vault, ["ada"])

    with psycopg.connect(kept.database.conninfo) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        assert vault.destroy("actor", ["ada"])[0].last_copy_until is None
        assert any("base/" in name for name in holding(kept.files(), wanted)), "the rewrite took it along"

    assert vault.settle() == 0
    assert holding(kept.files(), wanted) == set()


def test_a_transaction_that_was_prepared_is_waited_for_too(vault, kept):
    vault.tokens("actor", ["ada"])
    with psycopg.connect(kept.database.conninfo, autocommit=True) as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_current_xact_id()")
        other.execute("PREPARE TRANSACTION 'left-behind'")
        assert vault.destroy("actor", ["ada"])[0].last_copy_until is None
        other.execute("ROLLBACK PREPARED 'left-behind'")

    assert vault.settle() == 0


def test_while_a_slot_keeps_the_log_it_has_copies_and_no_date_is_stated(vault, kept):
    with psycopg.connect(kept.database.conninfo, autocommit=True) as other:
        other.execute("SELECT pg_create_physical_replication_slot('standby', true)")
        try:
            vault.tokens("actor", ["ada"])
            wanted = secrets(kept.database, vault, ["ada"])
            assert vault.destroy("actor", ["ada"])[0].last_copy_until is None
            found = holding(kept.files(), wanted)
            assert found and all(name.startswith("pg_wal/") for name in found)
        finally:
            other.execute("SELECT pg_drop_replication_slot('standby')")

    assert vault.settle() == 0
    assert holding(kept.files(), wanted) == set()


def test_where_segments_of_the_log_are_recycled_no_date_is_stated(vault, kept):
    vault.tokens("actor", ["ada"])
    with psycopg.connect(kept.database.conninfo, autocommit=True) as other:
        other.execute("ALTER SYSTEM SET wal_recycle = on")
        other.execute("SELECT pg_reload_conf()")
        try:
            wanted = secrets(kept.database, vault, ["ada"])
            assert vault.destroy("actor", ["ada"])[0].last_copy_until is None
            assert holding(kept.files(), wanted), "under the name of a segment to come"
        finally:
            other.execute("ALTER SYSTEM RESET wal_recycle")
            other.execute("SELECT pg_reload_conf()")


CLEANS = "GRANT pg_checkpoint TO {role}; GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_ls_waldir() TO {role}"
LOOKS = "GRANT pg_read_all_stats TO {role}"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(LOOKS, CLEANS, id="not-at-the-log"),
        pytest.param(CLEANS, LOOKS, id="not-at-others-snapshots"),
    ],
)
def test_a_role_that_may_not_look_is_told_no_date(kept, server, first, then):
    name = kept.database.conninfo.rpartition("dbname=")[2]
    role = name.replace("vault", "plain")
    plain = replace(kept.database, conninfo=server.conninfo(name, role))
    with psycopg.connect(kept.database.conninfo, autocommit=True) as db:
        db.execute(f"CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role}; {first.format(role=role)}")

        plain.make()
        assert Vault(plain, INDEX, (OLD,), DAYS).destroy("actor", ["ada"])[0].last_copy_until is None
        db.execute(then.format(role=role))
    assert Vault(plain, INDEX, (OLD,), DAYS).settle() == 0

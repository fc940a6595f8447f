"""A vault in PostgreSQL. What is deleted is gone once tables are rewritten and no segment of its log is older.

DELETE and VACUUM leave a row's bytes in its page; VACUUM FULL writes the table anew. The write-ahead log keeps them
until its segments are removed, which needs ``wal_recycle = off``: a recycled segment holds old bytes under a new name.
The role must be owner of the tables and a member of pg_monitor and pg_checkpoint, with leave to call pg_switch_wal.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql as names
from psycopg.conninfo import conninfo_to_dict

from jobs.vault.database import HOLDING_KEYS, SCHEMA, TABLES, Row
from quality.contracts.errors import ConfigError

WRITERS, CLEANERS = 0x67656F77, 0x67656F78
"""Of advisory locks: one that adders share, one of those who rewrite tables."""
WAIT_SECONDS = 10
"""For those who may still look at what was deleted."""
ALLOWED = "SELECT pg_has_role('pg_read_all_stats', 'USAGE')"
LOOKING = """
SELECT (SELECT count(*) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND greatest(age(backend_xmin), age(backend_xid)) >= age(?::xid))
  + (SELECT count(*) FROM pg_replication_slots WHERE age(xmin) >= age(?::xid))
  + (SELECT count(*) FROM pg_prepared_xacts WHERE age(transaction) >= age(?::xid))"""
"""How many began before a transaction ended, and may see rows that were deleted before it."""
LOGGED = """
SELECT current_setting('wal_recycle')::boolean, count(*) FROM pg_ls_waldir()
WHERE name ~ '^[0-9A-F]{24}$' AND substr(name, 9) <= substr(pg_walfile_name(?::pg_lsn), 9)"""
"""Whether old segments live on under new names, and how many are not past a position of the log."""

FOREIGN = """
WITH ours AS (SELECT to_regclass(name)::oid AS oid FROM unnest(?::text[]) AS name)
SELECT 'trigger' FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM ours) AND NOT tgisinternal
UNION SELECT 'rule or view' FROM pg_depend WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
  AND refobjid IN (SELECT oid FROM ours)
UNION SELECT 'index' FROM pg_index WHERE indrelid IN (SELECT oid FROM ours) AND NOT indisprimary
UNION SELECT 'table' FROM pg_inherits WHERE inhparent IN (SELECT oid FROM ours)
ORDER BY 1"""
"""What hangs on our tables and was not made by us."""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """Connects anew for each transaction. ``conninfo`` names the server; a password comes from a password file."""

    conninfo: str
    wait_seconds: float = WAIT_SECONDS

    def __post_init__(self) -> None:
        """Raise ``ConfigError`` for a password: what is planned is logged."""
        if conninfo_to_dict(self.conninfo).get("password"):
            raise ConfigError(
                "The vault's connection has a password in it.", mend="Put it into a password file (PGPASSFILE)."
            )

    def is_there(self) -> bool:
        """Return whether the tables are there."""
        with self.reading() as rows:
            ((found,),) = rows.ask("SELECT to_regclass('vault_facts') IS NOT NULL")
        return bool(found)

    def make(self) -> None:
        """Make the tables where absent; two who do so at once take turns."""
        with self.alone() as rows:
            for statement in SCHEMA:
                rows.ask(statement.format(bytes="BYTEA"))

    @contextmanager
    def reading(self) -> Iterator[_Transaction]:
        """See what is committed."""
        with self._connect() as db:
            yield _Transaction(db)

    @contextmanager
    def adding(self) -> Iterator[_Transaction]:
        """Add beside others; whoever destroys or rewraps waits, or is waited for."""
        with self._connect() as db:
            db.execute("SELECT pg_advisory_xact_lock_shared(%s)", (WRITERS,))
            yield _Transaction(db)

    @contextmanager
    def alone(self) -> Iterator[_Transaction]:
        """Write as the only one."""
        with self._connect() as db:
            db.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS,))
            yield _Transaction(db)

    def faults(self) -> int:
        """Return 0: a server with checksums of its pages refuses to read one that is damaged."""
        return 0

    def foreign(self) -> list[str]:
        """Return the kinds of what hangs on our tables: triggers, rules, views, other indexes, tables that inherit."""
        with self.reading() as rows:
            return [kind for (kind,) in rows.ask(FOREIGN, list(TABLES))]

    def scrub(self) -> bool:
        """Rewrite the tables, and drop the log's older segments as far as the server lets us.

        Returns False where it recycles segments or keeps older ones, where somebody may still look at what was deleted,
        or where we may not ask: not known means not gone.
        """
        with psycopg.connect(self.conninfo, autocommit=True) as db:
            db.execute("SELECT pg_advisory_lock(%s)", (CLEANERS,))
            alone = self._nobody_looks(db)  # first: a rewrite takes along what anybody may still see
            for table in HOLDING_KEYS:
                db.execute(names.SQL("VACUUM (FULL, ANALYZE) {}").format(names.Identifier(table)))
            return alone and _log_is_clear(db)

    def _nobody_looks(self, db: psycopg.Connection) -> bool:
        rows = _Transaction(db)
        ((allowed,),) = rows.ask(ALLOWED)
        ((here,),) = rows.ask("SELECT pg_current_xact_id()::text")
        until = time.monotonic() + self.wait_seconds
        while rows.ask(LOOKING, here, here, here) != [(0,)]:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return bool(allowed)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.conninfo)


def _log_is_clear(db: psycopg.Connection) -> bool:
    rows = _Transaction(db)
    try:
        ((written,),) = rows.ask("SELECT pg_current_wal_insert_lsn()::text")
        rows.ask("SELECT pg_switch_wal()")
        rows.ask("CHECKPOINT")
        ((recycled, older),) = rows.ask(LOGGED, written)
    except psycopg.errors.InsufficientPrivilege:
        return False
    return not (recycled or older)


@dataclass(frozen=True, slots=True)
class _Transaction:
    db: psycopg.Connection

    def ask(self, sql: str, *values: object) -> list[Row]:
        found = self.db.execute(sql.replace("?", "%s").encode(), values or None, binary=True)
        return found.fetchall() if found.description else []

    def among(self, sql: str, some: Sequence[bytes], *values: object) -> list[Row]:
        return self.ask(sql.replace("{some}", "= ANY(?)"), list(some), *values)

    def change(self, sql: str, rows: Iterable[Row]) -> None:
        with self.db.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s").encode(), list(rows))

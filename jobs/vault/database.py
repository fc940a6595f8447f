"""What a vault asks of the database that keeps it, and the tables it makes there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vault_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS vault_tokens (idx {bytes} PRIMARY KEY, token {bytes} NOT NULL, seal {bytes} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS vault_keys (idx {bytes} NOT NULL, epoch TEXT NOT NULL, wrapped {bytes} NOT NULL,"
    " wrapping TEXT NOT NULL, PRIMARY KEY (idx, epoch))",
    "CREATE TABLE IF NOT EXISTS vault_destroyed (idx {bytes} PRIMARY KEY, at TEXT NOT NULL, until TEXT,"
    " seal {bytes} NOT NULL)",
)
"""``{bytes}`` is the database's type of bytes. No table holds an identifier: ``idx`` is a keyed hash of it."""
HOLDING_KEYS = ("vault_tokens", "vault_keys")
TABLES = (*HOLDING_KEYS, "vault_facts", "vault_destroyed")
Row = tuple[Any, ...]


class Transaction(Protocol):
    """Statements that are kept together or not at all. They have ``?`` for each parameter."""

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Return the rows of a question."""

    def among(self, sql: str, some: Sequence[bytes], *values: object) -> list[Row]:
        """Return the rows of a question whose ``{some}`` stands for a condition: to be one of ``some``.

        It comes before every ``?``.
        """

    def change(self, sql: str, rows: Iterable[Row]) -> None:
        """Carry out a statement for each of ``rows``."""


class Database(Protocol):
    """Keeps a vault. It holds no connection and no password, so that it can go to a worker."""

    def is_there(self) -> bool:
        """Return whether a vault was made here."""

    def make(self) -> None:
        """Make the tables where they are absent."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that changes nothing and keeps nobody waiting."""

    def adding(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that adds rows, maybe beside others that do so, never beside one that is ``alone``."""

    def alone(self) -> AbstractContextManager[Transaction]:
        """Return a transaction beside which nobody adds, destroys or rewraps."""

    def faults(self) -> int:
        """Return how many faults the store finds in its own files, as far as it can tell."""

    def foreign(self) -> list[str]:
        """Return of what kinds anything is that Geoward did not make there, and that may keep what is deleted."""

    def scrub(self) -> bool:
        """Take what was deleted out of the store's files.

        Returns whether nothing deleted before the call is left in any of them, its log included.
        """

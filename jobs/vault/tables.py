"""The two tables of secrets of a vault: how their rows are found, made and opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from jobs.vault.database import HOLDING_KEYS, Row, Transaction
from jobs.vault.rows import KEY_BYTES, TOKEN_BYTES, IndexKey, WrappingKeys


def held(rows: Transaction, some: Sequence[bytes]) -> set[bytes]:
    """Return who of ``some`` has a token or a data key."""
    sql = "SELECT idx FROM {} WHERE idx {{some}}"
    return {bytes(index) for table in HOLDING_KEYS for (index,) in rows.among(sql.format(table), some)}


def returned(rows: Transaction) -> list[bytes]:
    """Return who has a record of being destroyed and, beside it, a token or data key that came back."""
    sql = "SELECT idx FROM {} WHERE idx IN (SELECT idx FROM vault_destroyed)"
    return sorted({bytes(index) for table in HOLDING_KEYS for (index,) in rows.ask(sql.format(table))})


class Table(Protocol):
    """A table that has at most one secret for each subject asked for."""

    add: ClassVar[str]

    def read(self, rows: Transaction, some: Sequence[bytes]) -> list[Row]:
        """Return the rows of some subjects, the index first."""

    def make(self, index: bytes) -> Row:
        """Return a new row for ``add``."""

    def open(self, row: Row) -> bytes:
        """Return the secret of a row that ``read`` returned; raise ``RowRefused`` if it was changed."""

    def present(self, rows: Transaction) -> Table:
        """Return what makes rows as they are made now; raise ``EnvironmentFault`` if this process cannot."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Each subject's token, for always."""

    index_key: IndexKey
    add: ClassVar[str] = "INSERT INTO vault_tokens (idx, token, seal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

    def read(self, rows: Transaction, some: Sequence[bytes]) -> list[Row]:
        """Return index, token and seal."""
        return rows.among("SELECT idx, token, seal FROM vault_tokens WHERE idx {some}", some)

    def make(self, index: bytes) -> Row:
        """Return a row with a random token."""
        token = os.urandom(TOKEN_BYTES)
        return index, token, self.index_key.seal_token(index, token)

    def open(self, row: Row) -> bytes:
        """Return the token."""
        return self.index_key.open_token(bytes(row[0]), row[1], row[2])

    def present(self, rows: Transaction) -> Tokens:
        """Return itself: tokens are wrapped under no key."""
        return self


@dataclass(frozen=True, slots=True)
class DataKeys:
    """Each subject's data key of one epoch."""

    keys: WrappingKeys
    epoch: str
    add: ClassVar[str] = (
        "INSERT INTO vault_keys (idx, epoch, wrapped, wrapping) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    )

    def read(self, rows: Transaction, some: Sequence[bytes]) -> list[Row]:
        """Return index, wrapped key and the wrapping key's id."""
        sql = "SELECT idx, wrapped, wrapping FROM vault_keys WHERE idx {some} AND epoch = ?"
        return rows.among(sql, some, self.epoch)

    def make(self, index: bytes) -> Row:
        """Return a row with a random data key."""
        return index, self.epoch, self.keys.wrap(index, self.epoch, os.urandom(KEY_BYTES)), self.keys.id

    def open(self, row: Row) -> bytes:
        """Return the data key."""
        return self.keys.unwrap(bytes(row[0]), self.epoch, row[1], row[2])

    def present(self, rows: Transaction) -> DataKeys:
        """Return what wraps under the key that is in use: once a rewrap began, no row is added under the old one."""
        ((wrapping,),) = rows.ask("SELECT value FROM vault_facts WHERE name = 'wrapping'")
        return replace(self, keys=self.keys.under(wrapping))

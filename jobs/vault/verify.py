"""Open every row of a vault: finds what a look-up cannot, such as a row that is not where its subject is sought."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.vault.database import Database, Row
from jobs.vault.rows import IndexKey, WrappingKeys
from jobs.vault.store import BATCH, Vault


def verify(vault: Vault) -> int:
    """Return how many rows there are, all as they were written; raise ``RowRefused`` at the first that is not.

    A row that was taken away leaves no trace here: compare the count.
    """
    index_key, keys = IndexKey(vault.index_key.open()), WrappingKeys([key.open() for key in vault.wrapping])
    count = 0
    for index, _, token, seal in _all(vault.database, "vault_tokens", "''", "token, seal"):
        index_key.open_token(index, token, seal)
        count += 1
    for index, epoch, wrapped, wrapping in _all(vault.database, "vault_keys", "epoch", "wrapped, wrapping"):
        keys.unwrap(index, epoch, wrapped, wrapping)
        count += 1
    for index, _, at, until, seal in _all(vault.database, "vault_destroyed", "''", "at, until, seal"):
        index_key.open_record(index, at, until, seal)
        count += 1
    return count


def _all(database: Database, table: str, second: str, columns: str) -> Iterator[Row]:
    """Return all rows, a batch at a time in the order of the index and the ``second`` column."""
    sql = f"SELECT idx, {second}, {columns} FROM {table} WHERE (idx, {second}) > (?, ?) ORDER BY 1, 2 LIMIT ?"
    last: Row = (b"", "")
    while True:
        with database.reading() as rows:
            some = [(bytes(index), *rest) for index, *rest in rows.ask(sql, *last, BATCH)]
        if not some:
            return
        yield from some
        last = some[-1][:2]

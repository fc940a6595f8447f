"""Open every row of a vault: finds what a look-up cannot, such as a row that is not where its subject is sought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from jobs.vault.database import Database, Row
from jobs.vault.rows import IndexKey, RowRefused, WrappingKeys
from jobs.vault.store import BATCH, Vault
from quality.contracts.errors import EnvironmentFault

FOREIGN = "a row under a wrapping key that is not there, or is disabled"


def verify(vault: Vault) -> int:
    """Return how many rows there are, all as they were written; raise ``RowRefused`` at the first that is not.

    A row that was taken away leaves no trace here: compare the count.
    """
    count = 0
    for opened in _rows(vault):
        opened()
        count += 1
    return count


def look(vault: Vault) -> tuple[int, Counter[str]]:
    """Return how many rows and notes there are, and of what kinds those are that are not as they were written."""
    count, refused = 0, Counter[str]()
    for opened in chain(_facts(vault), _rows(vault)):
        count += 1
        try:
            opened()
        except RowRefused as error:
            refused[error.what] += 1
        except EnvironmentFault:
            refused[FOREIGN] += 1
    return count, refused


def records(vault: Vault) -> Iterator[bool]:
    """Return of each record of a destroyed subject whether it is as it was written."""
    index_key = IndexKey(vault.index_key.open())
    for opened in _records(vault, index_key):
        try:
            opened()
            yield True
        except RowRefused:
            yield False


def _keys(vault: Vault) -> tuple[IndexKey, WrappingKeys]:
    return IndexKey(vault.index_key.open()), WrappingKeys([key.open() for key in vault.wrapping])


def _facts(vault: Vault) -> Iterator[Callable[[], object]]:
    """Return what holds each note that the vault has of its keys to them; none is authenticated by itself."""
    index_key, keys = _keys(vault)
    with vault.database.reading() as rows:
        facts = rows.ask("SELECT name, value FROM vault_facts WHERE name IN ('index', 'wrapping')")
    for name, value in facts:
        yield partial(keys.under, value) if name == "wrapping" else partial(_same, value, index_key.id)


def _same(value: object, known: str) -> None:
    if value != known:
        raise RowRefused("a note of its index key")


def _rows(vault: Vault) -> Iterator[Callable[[], object]]:
    """Return what opens each row."""
    index_key, keys = _keys(vault)
    for index, _, token, seal in _all(vault.database, "vault_tokens", "''", "token, seal"):
        yield partial(_opened, index_key.open_token, "a token", index, token, seal)
    for index, epoch, wrapped, wrapping in _all(vault.database, "vault_keys", "epoch", "wrapped, wrapping"):
        yield partial(_opened, keys.unwrap, "a data key", index, epoch, wrapped, wrapping)
    yield from _records(vault, index_key)


def _records(vault: Vault, index_key: IndexKey) -> Iterator[Callable[[], object]]:
    for index, _, at, until, seal in _all(vault.database, "vault_destroyed", "''", "at, until, seal"):
        yield partial(_opened, index_key.open_record, "a record of a destroyed subject", index, at, until, seal)


def _opened(open_row: Callable[..., object], what: str, *values: object) -> object:
    """Open a row; a flipped bit may have made another type of a value."""
    if any(isinstance(value, int | float) for value in values):
        raise RowRefused(what)
    try:
        return open_row(*values)
    except (TypeError, AttributeError, ValueError):
        raise RowRefused(what) from None


def _all(database: Database, table: str, second: str, columns: str) -> Iterator[Row]:
    """Return all rows, a batch at a time in the order of the index and the ``second`` column.

    Where a changed row makes a file's index lead back, the table ends: its store says itself that it is not whole.
    """
    sql = f"SELECT idx, {second}, {columns} FROM {table} WHERE (idx, {second}) > (?, ?) ORDER BY 1, 2 LIMIT ?"
    last: Row = (b"", "")
    while True:
        with database.reading() as rows:
            some = [(bytes(index), *rest) for index, *rest in rows.ask(sql, *last, BATCH)]
        if not some:
            return
        yield from some
        if some[-1][0] < last[0]:
            return
        last = some[-1][:2]

"""Move a vault's data keys to a new wrapping key: touches no table of the warehouse. Restartable; readable meanwhile.

Processes that have both keys read all the time. Those that have the old one alone add no more keys once it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from jobs.vault.database import Database
from jobs.vault.rows import WrappingKeys
from jobs.vault.store import BATCH
from jobs.vault.unclean import clean, mark_unclean, refuse_foreign
from transforms.privacy.identifiers import KeyReader


class Rewrapped(NamedTuple):
    """How many data keys were moved, and whether what the old key wrapped is gone from the store's files."""

    keys: int
    old_gone: bool


def rewrap(database: Database, wrapping: Sequence[KeyReader], batch: int = BATCH) -> Rewrapped:
    """Wrap all data keys under the first of the keys, ``batch`` at a time; after a kill, the same call goes on.

    Raises ``RowRefused`` for a data key that was changed, ``EnvironmentFault`` if one is wrapped under none of them,
    or where something may keep what is moved.
    """
    keys = WrappingKeys([key.open() for key in wrapping])
    database.make()
    refuse_foreign(database)
    with database.alone() as rows:
        for (known,) in rows.ask("SELECT DISTINCT wrapping FROM vault_keys"):
            keys.under(known)  # raises before anything is changed
        rows.change("DELETE FROM vault_facts WHERE name = ?", [("wrapping",)])
        rows.change("INSERT INTO vault_facts (name, value) VALUES ('wrapping', ?)", [(keys.id,)])
        mark_unclean(rows)
    moved, last = 0, (b"", "")
    while some := _move(database, keys, last, batch):
        moved, last = moved + len(some), some[-1]
    return Rewrapped(moved, clean(database))


def _move(database: Database, keys: WrappingKeys, last: tuple[bytes, str], batch: int) -> list[tuple[bytes, str]]:
    """Move the next keys after ``last`` and return where they are, in one transaction; a destroyed one stays so."""
    with database.alone() as rows:
        sql = (
            "SELECT idx, epoch, wrapped, wrapping FROM vault_keys"
            " WHERE wrapping <> ? AND (idx, epoch) > (?, ?) ORDER BY idx, epoch LIMIT ?"
        )
        some = [(bytes(index), *rest) for index, *rest in rows.ask(sql, keys.id, *last, batch)]
        rows.change(
            "UPDATE vault_keys SET wrapped = ?, wrapping = ? WHERE idx = ? AND epoch = ?",
            [
                (keys.wrap(index, epoch, keys.unwrap(index, epoch, wrapped, by)), keys.id, index, epoch)
                for index, epoch, wrapped, by in some
            ],
        )
    return [(index, epoch) for index, epoch, *_ in some]

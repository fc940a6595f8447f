"""Move a vault's data keys to a new wrapping key: touches no table of the warehouse. Restartable; readable meanwhile.

Processes that have both keys read all the time. Those that have the old one alone add no more keys once it began.
"""

from __future__ import annotations

from typing import NamedTuple

from jobs.vault.database import Database, Row
from jobs.vault.rows import WrappingKeys, wrapping_id
from jobs.vault.store import BATCH
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.identifiers import KeyReader


class Rewrapped(NamedTuple):
    """How many data keys were moved, and whether what the old key wrapped is gone from the store's files."""

    keys: int
    old_gone: bool


def rewrap(database: Database, old: KeyReader, new: KeyReader, batch: int = BATCH) -> Rewrapped:
    """Wrap all data keys under ``new``, ``batch`` at a time; after a kill, the same call goes on.

    Raises ``RowRefused`` for a key that was changed, ``EnvironmentFault`` if keys are wrapped under a third one.
    """
    opened = [new.open(), old.open()]
    keys, was = WrappingKeys(opened), wrapping_id(opened[1])
    database.make()
    with database.alone() as rows:
        _refuse_third(rows.ask("SELECT value FROM vault_facts WHERE name = 'wrapping'"), keys.id, was)
        rows.change("UPDATE vault_facts SET value = ? WHERE name = 'wrapping'", [(keys.id,)])
    moved, last = 0, (b"", "")
    while some := _move(database, keys, was, last, batch):
        moved, last = moved + len(some), some[-1]
    with database.reading() as rows:
        _refuse_third(rows.ask("SELECT DISTINCT wrapping FROM vault_keys"), keys.id)
    return Rewrapped(moved, database.scrub())


def _move(
    database: Database, keys: WrappingKeys, was: str, last: tuple[bytes, str], batch: int
) -> list[tuple[bytes, str]]:
    """Move the next keys after ``last`` and return where they are, in one transaction; a destroyed one stays so."""
    with database.alone() as rows:
        sql = (
            "SELECT idx, epoch, wrapped, wrapping FROM vault_keys"
            " WHERE wrapping = ? AND (idx, epoch) > (?, ?) ORDER BY idx, epoch LIMIT ?"
        )
        some = [(bytes(index), *rest) for index, *rest in rows.ask(sql, was, *last, batch)]
        rows.change(
            "UPDATE vault_keys SET wrapped = ?, wrapping = ? WHERE idx = ? AND epoch = ?",
            [
                (keys.wrap(index, epoch, keys.unwrap(index, epoch, wrapped, by)), keys.id, index, epoch)
                for index, epoch, wrapped, by in some
            ],
        )
    return [(index, epoch) for index, epoch, *_ in some]


def _refuse_third(found: list[Row], *known: str) -> None:
    for (wrapping,) in found:
        if wrapping not in known:
            raise EnvironmentFault(
                f"Data keys of the vault are wrapped under key {wrapping[:16]!r}, which was not given.",
                mend="Rewrap from that key first.",
            )

"""The vault of one region: each subject's random token and, per epoch, random data key. No identifier is kept.

What is destroyed is really deleted: a subject's pseudonyms cannot be made again, nor what was encrypted be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from jobs.catalog import now
from jobs.vault.database import HOLDING_KEYS, Database, Row, Transaction
from jobs.vault.rows import Destroyed, IndexKey, WrappingKeys
from jobs.vault.tables import DataKeys, Table, Tokens, held
from jobs.vault.unclean import mark_unclean, refuse_foreign
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.identifiers import KeyReader

BATCH = 10_000
"""Subjects asked for at once: bounds memory, and how long a writer keeps others waiting."""
Found = dict[bytes, "bytes | Destroyed"]


@dataclass(frozen=True)
class Vault:
    """Holds references only, so that a plan may carry it to a worker, which opens the keys.

    ``wrapping`` has the key in use and, around a rewrap, the other; a new vault takes the first. ``backups_kept`` is
    how long copies of the store outlive what they hold: backups, archived logs, standby servers.
    """

    database: Database
    index_key: KeyReader
    wrapping: tuple[KeyReader, ...]
    backups_kept: timedelta

    def tokens(self, kind: str, identifiers: Sequence[str]) -> list[bytes | Destroyed]:
        """Return each subject's 16-byte token, made at first sight; raise ``RowRefused`` for a row that was changed."""
        return self._ensure(self.indexes(kind, identifiers), Tokens(self._index))

    def data_keys(self, kind: str, identifiers: Sequence[str], epoch: str) -> list[bytes | Destroyed]:
        """Return each subject's 32-byte data key of an epoch, made at first sight.

        Raises ``RowRefused`` for a row that was changed, ``EnvironmentFault`` without the right wrapping key.
        """
        return self.data_keys_at(self.indexes(kind, identifiers), epoch)

    def data_keys_at(self, indexes: Sequence[bytes], epoch: str) -> list[bytes | Destroyed]:
        """Return what ``data_keys`` does, of subjects by what stands for them."""
        return self._ensure(indexes, DataKeys(self._wrapping, epoch))

    def known_data_keys_at(self, indexes: Sequence[bytes], epoch: str) -> list[bytes | Destroyed | None]:
        """Return the data keys of subjects by what stands for them; None where the vault does not know one."""
        table, found = DataKeys(self._wrapping, epoch), Found()
        for some in _batches(indexes):
            with self._made.reading() as rows:
                found |= self._look(rows, table, some)
        return [found.get(index) for index in indexes]

    def generation(self) -> int:
        """Return how often data keys were replaced, counted from 1."""
        with self._made.reading() as rows:
            found = rows.ask("SELECT value FROM vault_facts WHERE name = 'generation'")
        return int(found[0][0]) if found else 1

    def set_generation(self, generation: int) -> int:
        """Let new data keys be of that generation, unless another process has begun a later one; return which it is."""
        with self._made.alone() as rows:
            found = rows.ask("SELECT value FROM vault_facts WHERE name = 'generation'")
            later = max(generation, int(found[0][0]) if found else 1)
            rows.change("DELETE FROM vault_facts WHERE name = ?", [("generation",)])
            rows.change("INSERT INTO vault_facts (name, value) VALUES ('generation', ?)", [(str(later),)])
        return later

    def epochs(self) -> list[str]:
        """Return the epochs of which there are data keys."""
        with self._made.reading() as rows:
            return [epoch for (epoch,) in rows.ask("SELECT DISTINCT epoch FROM vault_keys ORDER BY epoch")]

    def destroy_epochs(self, epochs: Sequence[str]) -> int:
        """Delete all data keys of those epochs, which ``clean`` takes out of the files; return how many there were."""
        count = 0
        refuse_foreign(self.database)
        for epoch in epochs:
            with self._made.alone() as rows:
                ((found,),) = rows.ask("SELECT count(*) FROM vault_keys WHERE epoch = ?", epoch)
                rows.change("DELETE FROM vault_keys WHERE epoch = ?", [(epoch,)])
                mark_unclean(rows)
            count += found
        return count

    def living_tokens(self, batch: int = BATCH) -> Iterator[list[bytes]]:
        """Yield the tokens of all subjects but those destroyed, of whatever kind, at most ``batch`` at a time.

        Nothing is made. Raises ``RowRefused`` at a row that was changed.
        """
        table, last = Tokens(self._index), b""
        while True:
            with self._made.reading() as rows:
                sql = "SELECT idx FROM vault_tokens WHERE idx > ? ORDER BY idx LIMIT ?"
                some = [bytes(index) for (index,) in rows.ask(sql, last, batch)]
                found = self._look(rows, table, some)
            if not some:
                return
            yield [token for token in found.values() if isinstance(token, bytes)]
            last = some[-1]

    def indexes(self, kind: str, identifiers: Sequence[str]) -> list[bytes]:
        """Return what stands for each subject where the identifier must not."""
        return self._index.indexes(kind, identifiers)

    def knows(self, kind: str, identifiers: Sequence[str]) -> list[bool]:
        """Return whether each subject has a token or a data key."""
        indexes = self.indexes(kind, identifiers)
        found = self._holding(indexes)
        return [index in found for index in indexes]

    def destroyed(self, kind: str, identifiers: Sequence[str]) -> list[Destroyed | None]:
        """Return the record of each subject that was destroyed."""
        indexes = self.indexes(kind, identifiers)
        found = self._records(indexes)
        return [found.get(index) for index in indexes]

    def alive_at(self, indexes: Sequence[bytes]) -> list[bytes]:
        """Return those of whom there is no record that they were destroyed, or a token or key beside it."""
        gone = self._records(indexes).keys() - self._holding(indexes)
        return [index for index in indexes if index not in gone]

    def destroy(self, kind: str, identifiers: Sequence[str]) -> list[Destroyed]:
        """Delete the subjects' tokens and data keys of all epochs, also out of the store's files, for good.

        Cleaning the files costs as much for one subject as for all. After a kill, ``settle`` ends what was begun.
        """
        self.destroy_at(self.indexes(kind, identifiers))
        return [record for record in self.destroyed(kind, identifiers) if record]

    def destroy_at(self, indexes: Sequence[bytes]) -> None:
        """Do what ``destroy`` does, of subjects by what stands for them."""
        at = now().isoformat()
        refuse_foreign(self.database)
        for some in _batches(indexes):
            with self._made.alone() as rows:
                done = self._buried(rows, some).keys() - held(rows, some)
                gone = [(index,) for index in some if index not in done]
                for table in (
                    *HOLDING_KEYS,
                    "vault_destroyed",
                ):  # a record whose keys came back states no date any more
                    rows.change(f"DELETE FROM {table} WHERE idx = ?", gone)
                records = [(index, at, self._index.seal_record(index, at, None)) for (index,) in gone]
                rows.change("INSERT INTO vault_destroyed (idx, at, seal) VALUES (?, ?, ?)", records)
        self.settle()

    def settle(self) -> int:
        """Clean the store's files of what was destroyed, and state until when copies may exist.

        Returns how many subjects are left for which no date can be stated yet.
        """
        with self._made.reading() as rows:
            waiting = rows.ask("SELECT idx, at, until, seal FROM vault_destroyed WHERE until IS NULL")
        if not waiting or not self.database.scrub():
            return len(waiting)
        until = (now() + self.backups_kept).isoformat()
        changes = list[Row]()
        for index, at, none, seal in waiting:
            self._index.open_record(bytes(index), at, none, seal)
            changes.append((until, self._index.seal_record(bytes(index), at, until), bytes(index)))
        with self._made.alone() as rows:
            rows.change("UPDATE vault_destroyed SET until = ?, seal = ? WHERE idx = ? AND until IS NULL", changes)
        return 0

    def _ensure(self, indexes: Sequence[bytes], table: Table) -> list[bytes | Destroyed]:
        found = Found()
        for some in _batches(indexes):
            with self._made.reading() as rows:
                found |= self._look(rows, table, some)
            absent = [index for index in some if index not in found]
            if absent:
                found |= self._add(table, absent)
        return [found[index] for index in indexes]

    def _add(self, table: Table, absent: Sequence[bytes]) -> Found:
        """Make what is absent. Whoever comes second takes what the first made; the destroyed stay so."""
        with self._made.adding() as rows:
            present = table.present(rows)
            found = self._look(rows, table, absent)
            rows.change(table.add, [present.make(index) for index in absent if index not in found])
            return self._look(rows, table, absent)

    def _look(self, rows: Transaction, table: Table, some: Sequence[bytes]) -> Found:
        found = Found({bytes(row[0]): table.open(row) for row in table.read(rows, some)})
        return found | self._buried(rows, some)  # last: an old row that came back with a backup is nobody's

    def _records(self, indexes: Sequence[bytes]) -> dict[bytes, Destroyed]:
        found = dict[bytes, Destroyed]()
        for some in _batches(indexes):
            with self._made.reading() as rows:
                found |= self._buried(rows, some)
        return found

    def _holding(self, indexes: Sequence[bytes]) -> set[bytes]:
        found = set[bytes]()
        for some in _batches(indexes):
            with self._made.reading() as rows:
                found |= held(rows, some)
        return found

    def _buried(self, rows: Transaction, some: Sequence[bytes]) -> dict[bytes, Destroyed]:
        records = rows.among("SELECT idx, at, until, seal FROM vault_destroyed WHERE idx {some}", some)
        return {bytes(index): self._index.open_record(bytes(index), *rest) for index, *rest in records}

    @cached_property
    def _index(self) -> IndexKey:
        return IndexKey(self.index_key.open())

    @cached_property
    def _wrapping(self) -> WrappingKeys:
        return WrappingKeys([key.open() for key in self.wrapping])

    @cached_property
    def _made(self) -> Database:
        """The database, once it is plain that it was made with our index key; who begins a vault makes it before."""
        if not self.database.is_there():
            raise EnvironmentFault("The vault is missing.", mend="Restore it from your backup.")
        facts = [("index", self._index.id), ("wrapping", self._wrapping.id)]
        with self.database.adding() as rows:
            if not any(rows.ask(f"SELECT 1 FROM {table} LIMIT 1") for table in (*HOLDING_KEYS, "vault_destroyed")):
                rows.change("INSERT INTO vault_facts (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", facts)
            ((index,),) = rows.ask("SELECT value FROM vault_facts WHERE name = 'index'") or [("",)]
        if index != self._index.id:
            raise EnvironmentFault(
                f"The vault was made with index key {index[:16]!r}, not with {self._index.id!r}: it would know nobody.",
                mend="Give it the index key that it was made with.",
            )
        return self.database

    def __getstate__(self) -> dict[str, object]:
        """Leave opened keys behind when going to another process."""
        kept = ("database", "index_key", "wrapping", "backups_kept")
        return {name: value for name, value in self.__dict__.items() if name in kept}


def _batches(indexes: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Return each index once, in order, so that two who add the same rows never wait for each other."""
    once = sorted(set(indexes))
    for start in range(0, len(once), BATCH):
        yield once[start : start + BATCH]

"""A vault as what seals rows and gives tokens: looked up a batch at a time, and kept for the length of one task."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from jobs.vault.generations import epoch_of
from jobs.vault.rows import Destroyed
from jobs.vault.store import Vault
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.seal_rows import NONCE_BYTES, SubjectKey

KEPT = 100_000
"""Keys held in memory at most: some 300 MB with their ciphers."""
Name = TypeVar("Name", str, bytes)
Found = TypeVar("Found")


@dataclass(frozen=True)
class VaultKeys:
    """Goes to a worker by reference. What it read before a subject was destroyed, it may use until its task ends.

    What is written with such a key can be read by nobody afterwards.
    """

    vault: Vault
    _kept: dict[Hashable, dict[str | bytes, object]] = field(default_factory=dict, compare=False, repr=False)

    def epoch_of(self, month: str) -> str:
        """Return the epoch whose keys seal the rows of a month now: the month, and how often keys were replaced."""
        (generation,) = self._cached("generation", [""], lambda _: [self.vault.generation()])
        return epoch_of(month, generation)

    def to_seal(self, kind: str, subjects: Sequence[str], epoch: str) -> list[SubjectKey | None]:
        """Return each subject's key, made at first sight."""

        def look_up(absent: Sequence[str]) -> list[SubjectKey | None]:
            indexes = self.vault.indexes(kind, absent)
            return _subjects(indexes, self.vault.data_keys_at(indexes, epoch))

        return self._cached(("seal", kind, epoch), subjects, look_up)

    def to_open(self, indexes: Sequence[bytes], epoch: str) -> list[SubjectKey | None]:
        """Return the keys of subjects; raise ``EnvironmentFault`` that counts those the vault does not know."""

        def look_up(absent: Sequence[bytes]) -> list[SubjectKey | None]:
            keys = self.vault.known_data_keys_at(absent, epoch)
            _refuse_unknown(sum(key is None for key in keys))
            return _subjects(absent, keys)

        return self._cached(("open", epoch), indexes, look_up)

    def tokens(self, kind: str, subjects: Sequence[str]) -> list[bytes | None]:
        """Return each subject's token, made at first sight; None for one that was destroyed."""

        def look_up(absent: Sequence[str]) -> list[bytes | None]:
            return [token if isinstance(token, bytes) else None for token in self.vault.tokens(kind, absent)]

        return self._cached(("token", kind), subjects, look_up)

    def nonces(self, count: int) -> bytes:
        """Return ``count`` times 12 random bytes."""
        return os.urandom(count * NONCE_BYTES)

    def _cached(
        self, what: Hashable, names: Sequence[Name], look_up: Callable[[Sequence[Name]], Sequence[Found]]
    ) -> list[Found]:
        """Return what is found for each name, and keep it; all is forgotten when it becomes too much."""
        kept: dict[str | bytes, Found] = self._kept.setdefault(what, {})  # type: ignore[assignment]
        try:
            return [kept[name] for name in names]
        except KeyError:
            absent = [name for name in dict.fromkeys(names) if name not in kept]
        fresh = dict[str | bytes, Found](zip(absent, look_up(absent), strict=True))
        found = [fresh[name] if name in fresh else kept[name] for name in names]
        if sum(map(len, self._kept.values())) + len(fresh) > KEPT:
            self._kept.clear()
            kept = self._kept.setdefault(what, {})  # type: ignore[assignment]
        kept.update(fresh)
        return found

    def __getstate__(self) -> dict[str, object]:
        """Leave keys behind when going to another process."""
        return {"vault": self.vault, "_kept": {}}


def _subjects(indexes: Sequence[bytes], keys: Sequence[bytes | Destroyed | None]) -> list[SubjectKey | None]:
    return [
        SubjectKey(index, key) if isinstance(key, bytes) else None for index, key in zip(indexes, keys, strict=True)
    ]


def _refuse_unknown(count: int) -> None:
    if count:
        raise EnvironmentFault(
            f"The vault has no data key for {count} of the subjects, nor a record that they were destroyed.",
            mend="Restore the vault from a backup that is as new as the rows, unless these were changed.",
        )

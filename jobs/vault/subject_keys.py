"""A vault as what encrypts columns: keys are looked up a batch at a time, and kept for the length of one task."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jobs.vault.rows import Destroyed
from jobs.vault.store import Vault
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.encrypt_columns import NONCE_BYTES, SubjectKey

KEPT = 200_000
"""Keys held in memory at most: some 60 MB."""
Asked = tuple[str, str, str]


@dataclass(frozen=True)
class VaultKeys:
    """Goes to a worker by reference. What it read before a subject was destroyed, it may use until its task ends.

    What is written with such a key can be read by nobody afterwards.
    """

    vault: Vault
    _kept: dict[Asked, SubjectKey | None] = field(default_factory=dict, compare=False, repr=False)

    def to_write(self, kind: str, subjects: Sequence[str], epoch: str) -> list[SubjectKey | None]:
        """Return each subject's key, made at first sight."""
        return self._found(kind, subjects, epoch, self.vault.data_keys)

    def to_read(self, kind: str, subjects: Sequence[str], epoch: str) -> list[SubjectKey | None]:
        """Return each subject's key; raise ``EnvironmentFault`` that counts those the vault does not know."""
        return self._found(kind, subjects, epoch, self.vault.known_data_keys)

    def nonces(self, count: int) -> bytes:
        """Return ``count`` times 12 random bytes."""
        return os.urandom(count * NONCE_BYTES)

    def _found(
        self,
        kind: str,
        subjects: Sequence[str],
        epoch: str,
        look_up: Callable[[str, Sequence[str], str], Sequence[bytes | Destroyed | None]],
    ) -> list[SubjectKey | None]:
        absent = [one for one in dict.fromkeys(subjects) if (kind, epoch, one) not in self._kept]
        fresh = dict[Asked, SubjectKey | None]()
        if absent:
            keys = look_up(kind, absent, epoch)
            _refuse_unknown(sum(key is None for key in keys))
            rows = zip(absent, self.vault.indexes(kind, absent), keys, strict=True)
            fresh = {
                (kind, epoch, one): SubjectKey(index, key) if isinstance(key, bytes) else None
                for one, index, key in rows
            }
        found = [fresh[asked] if (asked := (kind, epoch, one)) in fresh else self._kept[asked] for one in subjects]
        if len(self._kept) + len(fresh) > KEPT:
            self._kept.clear()
        self._kept.update(fresh)
        return found

    def __getstate__(self) -> dict[str, object]:
        """Leave keys behind when going to another process."""
        return {"vault": self.vault, "_kept": {}}


def _refuse_unknown(count: int) -> None:
    if count:
        raise EnvironmentFault(
            f"The vault has no data key for {count} of the subjects, nor a record that they were destroyed.",
            mend="Restore the vault from a backup that is as new as the rows, unless these were changed.",
        )

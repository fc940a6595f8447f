"""A vault as what makes and opens tokens of subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.vault.store import Vault
from jobs.vault.subject_keys import VaultKeys
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.seal_rows import SubjectKey


@dataclass(frozen=True, slots=True)
class VaultSubjects:
    """Looks keys up in one vault, each time anew."""

    vault: Vault

    def of(self, kind: str, identifiers: Sequence[str], epoch: str) -> list[SubjectKey | None]:
        """Return each subject, its key made at first sight; None for one that was destroyed."""
        return VaultKeys(self.vault).to_seal(kind, identifiers, epoch)

    def at(self, indexes: Sequence[bytes], epoch: str) -> list[bytes | None]:
        """Return keys, None for what was destroyed; raise ``EnvironmentFault`` if the vault does not know one."""
        keys = self.vault.known_data_keys_at(indexes, epoch)
        if None in keys:
            raise EnvironmentFault(
                "The vault has no data key for a token's subject, nor a record that it was destroyed.",
                mend="Restore the vault from a backup that is as new as the tokens.",
            )
        return [key if isinstance(key, bytes) else None for key in keys]

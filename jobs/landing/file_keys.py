"""The keys of kept files, out of their region's vault: each has one, and is shredded when that is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jobs.home import Home, Region
from jobs.landing.sealed_file import FileShredded
from jobs.lost_keys import refuse_lost_vault, require_keys
from jobs.quarantine import FILE
from jobs.region_keys import region_keys, vault_of
from jobs.vault.subject_keys import VaultKeys

EPOCH = "none"
"""A kept file has one key for always. Rows of it in quarantine have others, by month, of the same entry."""


@dataclass(frozen=True, slots=True)
class VaultFileKeys:
    """Looks keys up in a vault; goes to a worker by reference."""

    vault: VaultKeys

    def to_seal(self, file_id: str) -> bytes:
        """Return the key, made at first sight."""
        (found,) = self.vault.to_seal(FILE, [file_id], EPOCH)
        if found is None:
            raise FileShredded(file_id)
        return found.key

    def to_open(self, file_id: str) -> bytes:
        """Return the key."""
        (found,) = self.vault.to_open(self.vault.vault.indexes(FILE, [file_id]), EPOCH)
        if found is None:
            raise FileShredded(file_id)
        return found.key


@dataclass(frozen=True)
class KeptKeys:
    """The keys of a region as they are there: made for nobody who only reads, and opened when a file asks for one."""

    home: Home
    region: Region

    def to_seal(self, file_id: str) -> bytes:
        """Return the key; keyset and vault are made at first use."""
        return self.for_workers.to_seal(file_id)

    def to_open(self, file_id: str) -> bytes:
        """Return the key; raise ``EnvironmentFault`` where keyset or vault are gone: new ones would hide that."""
        return self._there.to_open(file_id)

    @cached_property
    def _there(self) -> VaultFileKeys:
        require_keys(self.home)
        refuse_lost_vault(self.home, self.region)
        return VaultFileKeys(VaultKeys(vault_of(self.home, self.region)))

    @cached_property
    def for_workers(self) -> VaultFileKeys:
        """The keys as they go to a worker."""
        return VaultFileKeys(region_keys(self.home, self.region).subjects)

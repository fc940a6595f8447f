"""The vault of a configured region: where it is kept, and which keys of the keyset it takes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from jobs.home import Home
from jobs.keys.config import begin_keys, keyset_of
from jobs.keys.key_reference import KeyReference
from jobs.keys.keyset import KeyDomain, State
from jobs.keys.keyset_file import KeysetFile
from jobs.vault.sqlite import SqliteDatabase
from jobs.vault.store import Vault
from quality.contracts.errors import EnvironmentFault, KeyUnusable
from transforms.privacy.identifiers import KeyReader

BACKUPS_KEPT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class DerivedKey:
    """Another key of each key: HMAC-SHA256 of what it is for."""

    of: KeyReader
    use: str

    def open(self) -> bytes:
        """Return its 32 bytes."""
        return hmac.digest(self.of.open(), self.use.encode(), "sha256")


def begin_vault(home: Home, region: str) -> Vault:
    """Return a region's vault; its keys are made at first use."""
    keyset, domain = begin_keys(home), KeyDomain("subject", home.region(region).name, "none")
    if not any(key.domain == domain for key in keyset.read().keys):
        keyset.new_key(domain)
    return _vault(home, keyset, domain)


def vault_of(home: Home, region: str) -> Vault:
    """Return a region's vault; raise ``EnvironmentFault`` if there is none, since an empty one would know nobody."""
    vault = _vault(home, keyset_of(home), KeyDomain("subject", home.region(region).name, "none"))
    if not isinstance(vault.database, SqliteDatabase) or vault.database.path.exists():
        return vault
    raise EnvironmentFault(f"The vault of region {region} is missing.", mend="Restore it from your backup.")


def _vault(home: Home, keyset: KeysetFile, domain: KeyDomain) -> Vault:
    """Subjects are found by the region's first key, for always; their keys are wrapped by the newest."""
    found = keyset.read()
    mine = [key for key in found.keys if key.domain == domain]
    if not mine:
        raise KeyUnusable(f"The key for {domain}", "there is none", mend="Restore the keyset that has it.")
    first, *_ = mine
    usable = sorted(
        (key for key in mine if key.state in (State.PRIMARY, State.ACTIVE)), key=lambda key: key.state != State.PRIMARY
    )
    named = {key.id: KeyReference(keyset.path, keyset.providers, key.id, found.counter) for key in (first, *usable)}
    return Vault(
        SqliteDatabase(home.region(domain.region).folder("vault") / "vault.sqlite"),
        DerivedKey(named[first.id], "geoward vault index 1"),
        tuple(DerivedKey(named[key.id], "geoward vault wrapping 1") for key in usable),
        BACKUPS_KEPT,
    )

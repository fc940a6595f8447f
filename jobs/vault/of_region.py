"""The vault of a configured region: where it is kept, and which keys of the keyset it takes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from jobs.home import Home
from jobs.keys.config import begin_key, begin_keys, keyset_of
from jobs.keys.key_reference import KeyReference
from jobs.keys.keyset import KeyDomain, State
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
    """Return a region's vault, made with its key at first use; raise what ``vault_of`` does once there is a key.

    The vault is made first: where there is a key and no vault, it was lost, and an empty one would know nobody.
    """
    keyset, domain = begin_keys(home), _domain(home, region)
    if not any(key.domain == domain for key in keyset.read().keys):
        home.region(region).folder("vault")
        _database(home, domain).make()
        begin_key(keyset, domain)
    return vault_of(home, region)


def vault_of(home: Home, region: str) -> Vault:
    """Return a region's vault; raise ``EnvironmentFault`` if it is missing, ``KeyUnusable`` if its key is.

    Subjects are found by the region's first key, for always; their data keys are wrapped by the newest.
    """
    keyset, domain = keyset_of(home), _domain(home, region)
    found, database = keyset.read(), _database(home, domain)
    mine = [key for key in found.keys if key.domain == domain]
    usable = [key.id for key in reversed(mine) if key.state in (State.PRIMARY, State.ACTIVE)]
    if not usable:
        mend = "Restore the keyset that has it; what a destroyed one protected is gone."
        raise KeyUnusable(f"The key for {domain}", "there is none that may be used", mend=mend)
    if not database.path.exists():
        raise EnvironmentFault(f"The vault of region {region} is missing.", mend="Restore it from your backup.")

    def derived(key_id: str, use: str) -> DerivedKey:
        return DerivedKey(KeyReference(keyset.path, keyset.providers, key_id, found.counter), f"geoward vault {use} 1")

    wrapping = tuple(derived(key_id, "wrapping") for key_id in usable)
    return Vault(database, derived(mine[0].id, "index"), wrapping, BACKUPS_KEPT)


def _domain(home: Home, region: str) -> KeyDomain:
    return KeyDomain("subject", home.region(region).name, "none")


def _database(home: Home, domain: KeyDomain) -> SqliteDatabase:
    return SqliteDatabase(home.region(domain.region).root / "vault" / "vault.sqlite")

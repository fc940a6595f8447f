"""The keys and the vault of a region, as a run takes them: references only, which workers open where they use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jobs.home import Home, Region
from jobs.keys.config import begin_keys, keyset_of
from jobs.keys.key_reference import KeyReference, primary_key
from jobs.keys.keyset import KeyDomain, State
from jobs.keys.keyset_file import KeysetFile
from jobs.landing.sealed_file import is_sealed
from jobs.vault.store import Vault
from jobs.vault.subject_keys import VaultKeys
from quality.contracts.errors import EnvironmentFault

LOST, RESTORE = (
    "missing, though tables were made with it",
    "Restore {} in the Geoward home from your backup.",
)
KEYSET = "keys/keyset.json"
PURPOSES = ("pseudonym", "token", "index", "subject")
"""What a run of a region needs keys for."""


@dataclass(frozen=True)
class RegionKeys:
    """What pseudonyms are made with, and the vault of subjects with its keys."""

    pseudonym: KeyReference
    vault: Vault

    @property
    def subjects(self) -> VaultKeys:
        """Return the vault as what seals rows and gives tokens."""
        return VaultKeys(self.vault)


def region_keys(home: Home, region: Region) -> RegionKeys:
    """Return a region's keys and vault, made at first use.

    Raises ``EnvironmentFault`` if they were there and are gone: new ones would hide that; and ``KeyUnusable``.
    """
    refuse_lost_keys(home)
    keyset = begin_keys(home)
    for purpose in PURPOSES:
        keyset.need(_domain(purpose, region))
    refuse_lost_vault(home, region)
    return RegionKeys(primary_key(keyset, _domain("pseudonym", region)), _vault(home, region, keyset))


def vault_of(home: Home, region: Region) -> Vault:
    """Return a region's vault, whose keys are there; raise ``KeyUnusable`` if they are not."""
    return _vault(home, region, keyset_of(home))


def key_for(home: Home, purpose: str, region: Region) -> KeyReference:
    """Return a region's key of a purpose, made at first use; raises what ``region_keys`` does."""
    refuse_lost_keys(home)
    keyset, domain = begin_keys(home), _domain(purpose, region)
    keyset.need(domain)
    return primary_key(keyset, domain)


def known_key(home: Home, region: Region) -> str:
    """Return the id of the key that new pseudonyms take; empty before the first run made one."""
    keyset = keyset_of(home)
    key = None if keyset.is_new else keyset.read().primary(_domain("pseudonym", region))
    return key.id if key else ""


def require_keys(home: Home) -> None:
    """Raise ``EnvironmentFault`` if there is no keyset: whoever only reads makes none."""
    if not (home.path / KEYSET).exists():
        raise EnvironmentFault("The keyset is missing.", mend=RESTORE.format(KEYSET))


def refuse_lost_keys(home: Home) -> None:
    """Raise ``EnvironmentFault`` if the keyset is missing though tables were made with it: a new one hides that."""
    if keys_are_lost(home):
        raise EnvironmentFault(f"The keyset is {LOST}.", mend=RESTORE.format(KEYSET))


def keys_are_lost(home: Home) -> bool:
    """Return whether there is no keyset though tables were made with one: nobody can read what it protects."""
    return not (home.path / KEYSET).exists() and any(_has_tables(region) for region in home.regions.values())


def refuse_lost_vault(home: Home, region: Region) -> None:
    """Raise ``EnvironmentFault`` if the vault is missing though tables were made with it."""
    if vault_is_lost(home, region):
        mend = RESTORE.format(f"{home.vault.where(region.name)}")
        raise EnvironmentFault(f"The vault of region {region.name} is {LOST}.", mend=mend)


def vault_is_lost(home: Home, region: Region) -> bool:
    """Return whether a region has no vault though tables were made, or files landed, with one."""
    return _has_tables(region) and not home.vault.database(home.path, region.name).is_there()


def _vault(home: Home, region: Region, keyset: KeysetFile) -> Vault:
    _refuse_inside(home)
    keys = keyset.read()
    domain = _domain("subject", region)
    others = [key.id for key in keys.keys if key.domain == domain and key.state is State.ACTIVE]
    older = (KeyReference(keyset.path, keyset.providers, key_id, keys.counter) for key_id in others)
    wrapping = (primary_key(keyset, domain), *older)
    index = primary_key(keyset, _domain("index", region))
    return Vault(home.vault.database(home.path, region.name), index, wrapping, home.vault.backups_kept)


def _refuse_inside(home: Home) -> None:
    folder = (home.path / home.vault.folder.expanduser()).resolve()
    if any(folder.is_relative_to(region.root.resolve()) for region in home.regions.values()):
        raise EnvironmentFault("The vault lies inside a warehouse.", mend="Move it out: keys and rows must not meet.")


def _has_tables(region: Region) -> bool:
    """Return whether there is anything that keys protect, landed files included."""
    if any(is_sealed(path) for path in Path(region.root).glob("landing/*.*") if path.is_file()):
        return True
    layers = ("raw", "clean", "protected", "curated")
    return any(any(Path(region.root).glob(f"{layer}/*/_delta_log")) for layer in layers)


def _domain(purpose: str, region: Region) -> KeyDomain:
    return KeyDomain(purpose, region.name, "none")

"""The keys and the vault of a region, as a run takes them: references only, which workers open where they use them."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.destroyed_subjects import refuse_put_back
from jobs.home import Home, Region
from jobs.keys.config import begin_keys, keyset_of
from jobs.keys.key_reference import KeyReference, primary_in
from jobs.keys.keyset import KeyDomain, Keyset, State
from jobs.keys.keyset_file import KeysetFile
from jobs.lost_keys import lost_vault, refuse_lost_keys, refuse_lost_vault
from jobs.vault.memory import begin
from jobs.vault.store import Vault
from jobs.vault.subject_keys import VaultKeys
from quality.contracts.errors import EnvironmentFault

PURPOSES = ("pseudonym", "index", "subject")
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
    file = begin_keys(home)
    _begin_vault(home, region, file)
    keyset = file.need(*[_domain(purpose, region) for purpose in PURPOSES])
    vault = _vault(home, region, file, keyset)
    refuse_put_back(home, region, vault)
    begin(home.vault.memory(home.path), region.name)  # also of a vault that an earlier version of Geoward made
    return RegionKeys(primary_in(keyset, file, _domain("pseudonym", region)), vault)


def vault_of(home: Home, region: Region, *, older: bool = False) -> Vault:
    """Return a region's vault, also one that is ``older`` than it was if that is to be mended.

    Raises ``EnvironmentFault`` if it is missing, older, or what would tell so is; ``KeyUnusable`` without its keys.
    """
    file = keyset_of(home)
    vault = _vault(home, region, file, file.read())
    if not vault.database.is_there():
        raise lost_vault(home, region)
    if not older:
        refuse_put_back(home, region, vault)
    return vault


def key_for(home: Home, purpose: str, region: Region) -> KeyReference:
    """Return a region's key of a purpose, made at first use; raises what ``region_keys`` does."""
    refuse_lost_keys(home)
    file, domain = begin_keys(home), _domain(purpose, region)
    return primary_in(file.need(domain), file, domain)


def pseudonym_keys(home: Home, region: Region) -> tuple[KeyReference, ...]:
    """Return the key that a region's new pseudonyms take, and after it those that older ones may still be known by.

    None is made: raises ``KeyUnusable`` where there is none.
    """
    file = keyset_of(home)
    return _usable(file, file.read(), _domain("pseudonym", region))


def known_key(home: Home, region: Region) -> str:
    """Return the id of the key that new pseudonyms take; empty before the first run made one."""
    keyset = keyset_of(home)
    key = None if keyset.is_new else keyset.read().primary(_domain("pseudonym", region))
    return key.id if key else ""


def _begin_vault(home: Home, region: Region, file: KeysetFile) -> None:
    """Make a vault before its key: where there is a key and no vault, it was lost; an empty one would know nobody."""
    database = home.vault.database(home.path, region.name)
    if not database.is_there():
        _refuse_inside(home)
        refuse_lost_vault(home, region)
        if file.read().primary(_domain("index", region)):
            raise lost_vault(home, region)
        database.make()
        begin(home.vault.memory(home.path), region.name)


def _vault(home: Home, region: Region, file: KeysetFile, keyset: Keyset) -> Vault:
    _refuse_inside(home)
    wrapping = _usable(file, keyset, _domain("subject", region))
    index = primary_in(keyset, file, _domain("index", region))
    return Vault(home.vault.database(home.path, region.name), index, wrapping, home.vault.backups_kept)


def _usable(file: KeysetFile, keyset: Keyset, domain: KeyDomain) -> tuple[KeyReference, ...]:
    """Return the primary key of a domain and, after it, the active ones, which open what they wrote."""
    others = [key.id for key in keyset.keys if key.domain == domain and key.state is State.ACTIVE]
    older = (KeyReference(file.path, file.providers, key_id, keyset.counter) for key_id in others)
    return primary_in(keyset, file, domain), *older


def _refuse_inside(home: Home) -> None:
    folder = (home.path / home.vault.folder.expanduser()).resolve()
    if any(folder.is_relative_to(region.root.resolve()) for region in home.regions.values()):
        raise EnvironmentFault("The vault lies inside a warehouse.", mend="Move it out: keys and rows must not meet.")


def _domain(purpose: str, region: Region) -> KeyDomain:
    return KeyDomain(purpose, region.name, "none")

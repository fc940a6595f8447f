"""Keys and vaults that were there and are gone: told and refused, since new ones would hide that nobody can read on."""

from __future__ import annotations

from jobs.home import Home, Region
from quality.contracts.errors import EnvironmentFault

LOST, RESTORE = (
    "missing, though tables were made with it",
    "Restore {} in the Geoward home from your backup.",
)
KEYSET = "keys/keyset.json"


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
        raise lost_vault(home, region)


def lost_vault(home: Home, region: Region) -> EnvironmentFault:
    """Return the error of a vault that is missing."""
    mend = RESTORE.format(home.vault.where(region.name))
    return EnvironmentFault(f"The vault of region {region.name} is missing, though it was used.", mend=mend)


def vault_is_lost(home: Home, region: Region) -> bool:
    """Return whether a region has no vault though tables were made with one."""
    return _has_tables(region) and not home.vault.database(home.path, region.name).is_there()


def _has_tables(region: Region) -> bool:
    layers = ("raw", "clean", "protected", "curated")
    return any(any(region.root.glob(f"{layer}/*/_delta_log")) for layer in layers)

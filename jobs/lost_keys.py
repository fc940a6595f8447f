"""Keys and vaults that were there and are gone: told and refused, since new ones would hide that nobody can read on."""

from __future__ import annotations

from jobs.home import Home, Region
from jobs.keys.config import keyset_of
from jobs.landing.sealed_file import is_sealed
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


def forgotten_keyset(home: Home) -> EnvironmentFault | None:
    """Return the error of a keyset whose counter nobody remembers; raise ``KeyUnusable`` if it cannot be read."""
    keyset = keyset_of(home)
    if not keyset.path.exists() or not keyset.is_forgotten:
        return None
    mend = "Mount its disk, or restore it. If it is lost for good, look at every key (`geoward keys list`), then "
    mend += "`geoward keys rewrap --again` begins it anew."
    said = f"What is remembered of the keyset, {home.keys.counter.name}, is gone: an older copy of it would pass."
    return EnvironmentFault(said, mend=mend)


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
    """Return whether a region has no vault though tables were made, or files landed, with one."""
    return _has_tables(region) and not home.vault.database(home.path, region.name).is_there()


def _has_tables(region: Region) -> bool:
    """Return whether there is anything that keys protect, landed files included."""
    if any(is_sealed(path) for path in region.root.glob("landing/*.*") if path.is_file()):
        return True
    layers = ("raw", "clean", "protected", "curated")
    return any(any(region.root.glob(f"{layer}/*/_delta_log")) for layer in layers)

"""What a key protects now, counted where that can be: what a rotation or an end of it would touch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from jobs.catalog import Catalog
from jobs.counted import counted
from jobs.home import Home, Region
from jobs.keys.keyset import Key
from jobs.region_keys import vault_of
from jobs.vault.rows import wrapping_id
from quality.contracts.errors import GeowardError

_GIVEN_OUT = {"token": "tokens", "placeholder": "placeholders"}
"""Purposes of which what was made is in files that people took away."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Published partitions made with a key, and data keys, with their subjects, that it wraps; None: not known.

    What lies in files that were given out is counted by nobody.
    """

    id: str
    tables: int | None = None
    partitions: int | None = None
    subjects: int | None = None
    data_keys: int | None = None


def use_of(home: Home, key: Key) -> KeyUse:
    """Return what a key protects in its region; nothing is made for it, and what cannot be looked at is not known."""
    region = home.regions.get(key.domain.region)
    with suppress(GeowardError):  # a vault that is gone, a key that is disabled
        if region and key.domain.purpose == "pseudonym":
            return _pseudonyms(region, key)
        if region and key.domain.purpose == "subject":
            return _data_keys(home, region, key)
    return KeyUse(key.id)


def said(use: KeyUse, key: Key) -> str:
    """Return a use in words for people."""
    if use.partitions is not None and use.tables is not None:
        return f"{counted(use.partitions, 'partition')} of {counted(use.tables, 'table')} were made with it"
    if use.data_keys is not None and use.subjects is not None:
        return f"it wraps {counted(use.data_keys, 'data key')} of {counted(use.subjects, 'subject')} in the vault"
    if key.domain.purpose in _GIVEN_OUT:
        return f"the {_GIVEN_OUT[key.domain.purpose]} made with it are in files that nobody counts"
    return "what it protects cannot be counted now"


def _pseudonyms(region: Region, key: Key) -> KeyUse:
    if not (region.root / "catalog.sqlite").exists():
        return KeyUse(key.id, tables=0, partitions=0)
    made = [name for (name, _), (_, parts) in Catalog(region).origins().items() if parts.get("key") == key.id]
    return KeyUse(key.id, tables=len(set(made)), partitions=len(made))


def _data_keys(home: Home, region: Region, key: Key) -> KeyUse:
    if not home.vault.database(home.path, region.name).is_there():
        return KeyUse(key.id)
    vault = vault_of(home, region)
    own = [wrapping_id(one.open()) for one in vault.wrapping if getattr(one, "key_id", "") == key.id]
    if not own:  # disabled: only who opens it can tell what it wraps
        return KeyUse(key.id)
    with vault.database.reading() as rows:
        ((keys, subjects),) = rows.ask("SELECT count(*), count(DISTINCT idx) FROM vault_keys WHERE wrapping = ?", *own)
    return KeyUse(key.id, subjects=int(subjects), data_keys=int(keys))

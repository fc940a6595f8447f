"""What `geoward keys` does to vaults: data keys follow their wrapping key, subjects end, keys in use are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from jobs.audit_log import audit
from jobs.catalog import now
from jobs.destroyed_subjects import DESTROYING, named_destroyed
from jobs.home import Home, Region
from jobs.keys.keyset import Key, State
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.private_file import alone
from jobs.region_keys import PURPOSES, vault_of
from jobs.vault.memory import remember
from jobs.vault.rewrap import rewrap
from jobs.vault.rows import wrapping_id
from jobs.vault.store import Vault
from jobs.vault.tables import returned
from jobs.vault.unclean import is_unclean
from quality.contracts.errors import UsageError


@dataclass(frozen=True, slots=True)
class Moved:
    """How many data keys of a region's vault came, or would come, under its newest key of purpose `subject`."""

    region: str
    data_keys: int
    old_gone: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Subjects by what became of them; ``last_copy_until`` is None while no date can be stated."""

    asked: int
    destroyed: int
    already: int
    unknown: int
    last_copy_until: datetime | None


def rewrap_vaults(home: Home, keyset: KeysetFile) -> list[Moved]:
    """Bring the data keys of each vault under the newest key that wraps them; a dry run only counts.

    One process at a time: two with different newest keys would undo each other.
    """
    with nullcontext() if keyset.dry_run else alone(home.path / "keys" / "rewrap"):
        return [moved for region in home.regions.values() for moved in _rewrapped(home, region, keyset.dry_run)]


def _rewrapped(home: Home, region: Region, dry_run: bool) -> Iterator[Moved]:
    if not home.vault.database(home.path, region.name).is_there():
        return
    vault = vault_of(home, region)
    newest = wrapping_id(vault.wrapping[0].open())
    with vault.database.reading() as rows:
        ((count,),) = rows.ask("SELECT count(*) FROM vault_keys WHERE wrapping <> ?", newest)
        (now,) = rows.ask("SELECT value FROM vault_facts WHERE name = 'wrapping'") or [("",)]
    if count or now[0] not in ("", newest) or is_unclean(vault.database):  # also what a kill left
        done = None if dry_run else rewrap(vault.database, vault.wrapping)
        yield Moved(region.name, int(count), bool(done and done.old_gone))


def refuse_in_use(home: Home, key: Key) -> None:
    """Raise ``UsageError`` for a key that a region needs: of its subjects, or of what is made next.

    Where it cannot be told, because the key is disabled or the vault is not there, it is needed.
    """
    purpose, name = key.domain.purpose, key.domain.region
    if not key.wrapped or purpose not in PURPOSES:
        return
    if purpose == "index":
        mend = "To destroy a region's subjects, remove its vault with its backups."
        raise UsageError(f"Key {key.id} finds every subject in the vault of {name}.", mend=mend)
    if key.state is State.PRIMARY:
        raise UsageError(f"Key {key.id} is what region {name} uses for new rows.", mend="Rotate it first.")
    if purpose != "subject":
        return
    region = home.regions.get(name)
    if region is None or not home.vault.database(home.path, name).is_there():
        raise UsageError(f"The vault of {name}, which key {key.id} wraps, is not there.", mend="Bring it back first.")
    vault = vault_of(home, region)
    own = next((one for one in vault.wrapping if getattr(one, "key_id", "") == key.id), None)
    if own is None:
        mend = "Enable it first: only then can be told whether data keys of the vault need it."
        raise UsageError(f"Key {key.id} is disabled.", mend=mend)
    if count := _wrapped(vault, wrapping_id(own.open())):
        mend = "Rotate it and run `geoward keys rewrap` first; single subjects: `geoward keys shred`."
        raise UsageError(f"Key {key.id} wraps {count:,} data keys in the vault of {name}.", mend=mend)


def destroy_subjects(
    home: Home, region: Region, kind: str, names: Sequence[str], *, dry_run: bool, unknown: bool = False
) -> Ended:
    """Destroy subjects' tokens and data keys. With ``unknown`` also of those never seen, so that none comes later.

    Audited, before and after, by their indexes, which are keyed hashes.
    """
    vault, once = vault_of(home, region), list(dict.fromkeys(names))
    indexed = dict(zip(vault.indexes(kind, once), once, strict=True))
    fresh = [indexed[index] for index in vault.alive_at(list(indexed))]
    known = vault.knows(kind, fresh)
    wanted = fresh if unknown else [name for name, seen in zip(fresh, known, strict=True) if seen]
    if wanted and not dry_run:
        indexes = [index.hex() for index in vault.indexes(kind, wanted)]
        tell = partial(audit, home, "key", kind, region=region.name, subjects=len(wanted), indexes=indexes)
        tell(outcome=DESTROYING)  # first: what is killed midway is told too
        vault.destroy(kind, wanted)
        remember(home.vault.memory(home.path), region.name, vault)
        tell(outcome="subjects destroyed")
    if not dry_run:
        vault.settle()  # of what a kill left
    dates = [record.last_copy_until for record in vault.destroyed(kind, once) if record]
    until = max((date for date in dates if date), default=None) if None not in dates else None
    return Ended(len(names), len(wanted), len(once) - len(fresh), known.count(False), until)


def destroy_again(home: Home, region: Region, *, dry_run: bool) -> Ended:
    """Destroy who was destroyed in a region and is back, whether an older vault or only some of its rows were restored.

    Those are whom the audit log names, and of whom the vault has both a record and a key.
    """
    vault = vault_of(home, region, older=True)
    with vault.database.reading() as rows:
        beside = returned(rows)
    indexes = list(dict.fromkeys([*named_destroyed(home, region), *beside]))
    back = vault.alive_at(indexes)
    if not dry_run:
        vault.destroy_at(back)
        remember(home.vault.memory(home.path), region.name, vault)
        audit(home, "key", "vault", "subjects destroyed again", region=region.name, subjects=len(back))
    until = None if dry_run or vault.settle() else now() + vault.backups_kept
    return Ended(len(indexes), len(back), len(indexes) - len(back), 0, until)


def _wrapped(vault: Vault, wrapping: str) -> int:
    with vault.database.reading() as rows:
        ((count,),) = rows.ask("SELECT count(*) FROM vault_keys WHERE wrapping = ?", wrapping)
    return int(count)

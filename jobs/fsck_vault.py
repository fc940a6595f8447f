"""Whether a region's vault is there, and each of its rows as it was written: every one is opened, none is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from jobs.counted import counted
from jobs.damage import Checked, Damage, DamageKind
from jobs.destroyed_subjects import alive_again
from jobs.explain_failure import explain_failure
from jobs.home import Home, Region
from jobs.keys.config import keyset_of
from jobs.keys.keyset import KeyDomain
from jobs.lost_keys import forgotten_keyset, vault_is_lost
from jobs.region_keys import vault_of
from jobs.vault.store import Vault
from jobs.vault.tables import returned
from jobs.vault.verify import FOREIGN, look
from quality.contracts.errors import EnvironmentFault, GeowardError, KeyUnusable

OLDER = "it is older than it was: {} whom the audit log names as destroyed are not"
AGAIN = "`geoward keys shred --again --region {}` destroys them again."


def check_counter(home: Home) -> Iterator[Damage]:
    """Tell of a keyset of which nothing is remembered; one that cannot be read is told with the vaults it is for."""
    with suppress(GeowardError):
        if fault := forgotten_keyset(home):
            name = home.keys.counter.name
            yield Damage(
                "counter_missing", "", "", name, "an older copy of the keyset would pass without it", fault.mend
            )


def check_vault(home: Home, place: Region, checked: Checked) -> Iterator[Damage]:
    """Tell of a vault that is gone, cannot be opened, or holds rows that were changed outside of it."""
    there = True
    try:
        there = home.vault.database(home.path, place.name).is_there()
        if there or _was_used(home, place):
            yield from _looked(home, place, checked)
    except GeowardError as error:  # a key that cannot be used, others who may read it: the rest is still looked at
        kind: DamageKind = "vault_damaged" if there else "vault_missing"
        yield Damage(kind, place.name, "", home.vault.where(place.name), error.message.rstrip("."), error.mend)
    except Exception as error:  # its text may hold what lies there
        if fault := explain_failure(error):
            raise fault from None
        server = "Look whether its server runs and lets this user in." if home.vault.postgres else ""
        yield _damaged(home, place, "it cannot be read", server)


def why_put_back(home: Home, place: Region) -> GeowardError | None:
    """Return why a vault that is there is not taken for the newest; None if it is, or its keys cannot be used."""
    try:
        back = alive_again(home, place, vault_of(home, place))
    except KeyUnusable:  # told of the keyset
        return None
    except GeowardError as error:
        return error
    except Exception:  # its text may hold what lies there
        return EnvironmentFault("it cannot be read", mend="Run `geoward fsck`, which says what to do.")
    return EnvironmentFault(OLDER.format(back), mend=AGAIN.format(place.name)) if back else None


def _was_used(home: Home, place: Region) -> bool:
    """Return whether a vault was needed: there are tables, landed files, or the key that finds in it."""
    keyset, domain = keyset_of(home), KeyDomain("index", place.name, "none")
    return vault_is_lost(home, place) or (not keyset.is_new and keyset.read().primary(domain) is not None)


def _looked(home: Home, place: Region, checked: Checked) -> Iterator[Damage]:
    vault = vault_of(home, place)
    if faults := vault.database.faults():
        yield _damaged(home, place, f"SQLite finds {counted(faults, 'fault')} in its file")
    if kinds := vault.database.foreign():
        mend = (
            "It may have kept what was deleted: an incident. Take it out or restore a backup, then run `geoward fsck`."
        )
        yield _damaged(home, place, f"somebody made something in it: {', '.join(kinds)}", mend)
    count, refused = look(vault)
    if refused[FOREIGN]:  # somebody may have rotated and rewrapped meanwhile
        count, refused = look(vault_of(home, place))
    checked.vault_rows += count
    if foreign := refused.pop(FOREIGN, 0):
        mend = "Enable the key if one is disabled (`geoward keys list`); else restore the vault from a backup."
        yield _damaged(home, place, f"{counted(foreign, 'row')} {FOREIGN.removeprefix('a row ')}", mend)
    for what, number in sorted(refused.items()):
        kind = what.removeprefix("a ")
        yield _damaged(home, place, f"{counted(number, 'row')} changed outside of it, or moved: {kind}")
    yield from _living(home, place, vault)


def _living(home: Home, place: Region, vault: Vault) -> Iterator[Damage]:
    """Tell of subjects who were destroyed and have keys in it: beside the record of it, or it knows nothing of that."""
    mend = AGAIN.format(place.name)
    with vault.database.reading() as rows:
        beside = len(returned(rows))
    if beside:
        what = f"it has keys again of {counted(beside, 'subject')} that {'was' if beside == 1 else 'were'} destroyed"
        yield _damaged(home, place, what, mend)
    elif back := alive_again(home, place, vault):
        yield _damaged(home, place, OLDER.format(back), mend)


def _damaged(home: Home, place: Region, what: str, mend: str = "") -> Damage:
    again = f"`geoward keys shred --again --region {place.name}`"
    restore = f"Restore the vault from a backup, then {again}; let nobody else write to it."
    return Damage("vault_damaged", place.name, "", home.vault.where(place.name), what, mend or restore)

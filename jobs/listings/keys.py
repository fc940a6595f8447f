"""What `geoward keys` shows: names, places and states, never a key."""

from __future__ import annotations

from datetime import date, datetime

from jobs.listings.listing import Listing


class ListedKey(Listing):
    """One key; ``kek`` names the key-encryption key that wraps it, empty once it is destroyed."""

    id: str
    purpose: str
    region: str
    epoch: str
    state: str
    created: str
    kek: str


class RewrappedVault(Listing):
    """A region's vault; ``old_gone`` says whether what the older key wrapped is gone from the store's files."""

    region: str
    data_keys: int
    old_gone: bool


class KeyUse(Listing):
    """What a key protects: published partitions that were made with it, or data keys that it wraps, and of how many
    subjects; null where it is of another purpose or cannot be counted now.
    """

    id: str
    tables: int | None
    partitions: int | None
    subjects: int | None
    data_keys: int | None


class KeysListing(Listing):
    """`geoward keys … --json`: all keys, or those that the command changed, as they are then.

    Under `--dry-run` those that it would change, as they are, with what they protect (``uses``). ``counter`` is how
    often the keyset was changed; ``kek`` names the key-encryption key that wraps what is new. ``vaults`` are those
    whose data keys were brought under a newer key, and ``last_copy_until`` is until when backups may hold a key that
    was destroyed.
    """

    kek: str
    counter: int
    dry_run: bool
    keys: list[ListedKey]
    vaults: list[RewrappedVault] = []
    uses: list[KeyUse] = []
    last_copy_until: datetime | None = None


class RekeyedPartition(Listing):
    """A partition that was, or would be, made again under new data keys."""

    table: str
    date: date


class RekeyListing(Listing):
    """`geoward keys rekey --json`. ``left`` are partitions that older keys still seal; the old keys stay until none is.
    ``withdrawn`` are those of them that are not made again, since what would be made was withdrawn.

    ``last_copy_until`` is until when backups of the vault may hold the old keys; null while they are needed.
    """

    region: str
    generation: int
    dry_run: bool
    partitions: list[RekeyedPartition]
    left: int
    withdrawn: int
    keys_destroyed: int
    last_copy_until: datetime | None


class ShredListing(Listing):
    """`geoward keys shred --json`: counts of subjects.

    ``unknown`` were never seen: they are among ``destroyed`` only if that was asked for. ``last_copy_until`` is until
    when backups may hold a copy of any of them; null while the store's own files may.
    """

    region: str
    kind: str
    dry_run: bool
    asked: int
    destroyed: int
    already: int
    unknown: int
    last_copy_until: datetime | None

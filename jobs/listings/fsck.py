"""What `geoward fsck` finds and removes."""

from __future__ import annotations

from jobs.damage import Damage, Removed
from jobs.listings.listing import Listing


class FsckListing(Listing):
    """`geoward fsck --json`. The counts say how much was looked at; ``removed`` needs `--remove-orphans`."""

    ok: bool
    tables: int
    versions: int
    files: int
    bytes: int
    vault_rows: int
    damage: list[Damage]
    removed: list[Removed]
    dry_run: bool

"""What `geoward keys` shows: names, places and states, never a key."""

from __future__ import annotations

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


class KeysListing(Listing):
    """`geoward keys … --json`: all keys, or those that the command changed, as they are then.

    Under `--dry-run` those that it would change, as they are. ``counter`` is how often the keyset was changed; ``kek``
    names the key-encryption key that wraps what is new.
    """

    kek: str
    counter: int
    dry_run: bool
    keys: list[ListedKey]

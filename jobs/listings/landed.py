"""What landed, by source and date, and what became of kept files when the catalog was lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from jobs.listings.listing import Listing, OfRegions

LandedState = Literal["waiting", "published", "stale", "withdrawn"]
RestoreOutcome = Literal[
    "landed", "quarantined", "kept_bytes_gone", "kept_bytes_changed", "shredded", "mapping_gone", "source_unknown"
]
RESTORE_OUTCOMES: tuple[RestoreOutcome, ...] = get_args(RestoreOutcome)


class LandedSource(Listing):
    """A source's files in one region: ``undated`` ones wait for a run that learns their dates; ``rows`` are of all.

    A row that feeds two tables counts in each.
    """

    region: str
    source: str
    files: int
    undated: int
    quarantined: int
    bytes: int
    rows: int
    first_date: date | None
    last_date: date | None
    last_landed: datetime


class LandedDate(Listing):
    """What a source's files hold for one date of a table, and what that date of the table is.

    ``waiting``: never published. ``stale``: published, and the next run makes it again. ``withdrawn``: taken back.
    """

    region: str
    source: str
    table: str
    date: date
    files: int
    rows: int
    state: LandedState


class LandedListing(OfRegions):
    """`geoward landed list --json`."""

    sources: list[LandedSource]
    dates: list[LandedDate]


class RestoredFile(Listing):
    """A kept file that the catalog did not know: entered (``landed``, ``quarantined``), or why not.

    ``source`` is empty for one that does not say it (``source_unknown``): then ``name`` is that of the kept copy.
    """

    region: str
    source: str
    name: str
    file_id: str
    outcome: RestoreOutcome
    reason: str
    mend: str


class RestoreListing(OfRegions):
    """`geoward landed restore --json`. ``known`` files were in the catalog; ``ok``: none of the others needs a hand."""

    dry_run: bool
    ok: bool
    known: int
    files: list[RestoredFile]

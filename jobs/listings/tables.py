"""What is kept: tables and quarantine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from jobs.listings.listing import Listing, OfRegions


class Table(Listing):
    """One table in one region, as published; ``version`` is null before the first publication."""

    name: str
    layer: str
    released: bool
    region: str
    rows: int
    first_date: date | None
    last_date: date | None
    version: int | None
    last_run: str


class TableListing(OfRegions):
    """`geoward tables list --json`."""

    tables: list[Table]


class ColumnDetail(Listing):
    """One column of a contract; ``source`` names the columns it is made from as ``table.column``."""

    name: str
    type: str
    unit: str
    required: bool
    sensitivity: str
    category: str
    description: str
    source: list[str]


class ShownVersion(Listing):
    """What a region shows of a table on one date: which version, when and by which run it was made, its rows.

    ``made_at`` is null if Delta's log does not say it.
    """

    region: str
    date: date
    version: int
    made_at: datetime | None
    run_id: str
    rows: int


class TableDetail(OfRegions):
    """`geoward tables show --json`. ``purposes`` may query it, by region; ``versions`` are those shown now."""

    name: str
    layer: str
    released: bool
    description: str
    grain: str
    owner: str
    erasure_key: str
    columns: list[ColumnDetail]
    caveats: list[str]
    purposes: dict[str, list[str]]
    example: str
    published: list[Table]
    versions: list[ShownVersion]


class QuarantinedFile(Listing):
    """A file that was quarantined whole, for its first ``reason``; ``dismissed``: why it stays so, if a person looked.

    ``tried`` is the reason of the last try under another mapping, if there was one.
    """

    region: str
    source: str
    file_id: str
    name: str
    bytes: int
    landed_at: datetime
    reason: str
    dismissed: str
    tried: str
    tried_at: datetime | None


class QuarantinedRows(Listing):
    """Rows that a table could not use on one date; ``dismissed`` says why they stay so, if a person looked."""

    region: str
    table: str
    date: date
    reason: str
    rows: int
    dismissed: str


class QuarantineListing(OfRegions):
    """`geoward quarantine list --json`."""

    files: list[QuarantinedFile]
    rows: list[QuarantinedRows]


class ReasonCount(Listing):
    """A reason with its meaning and mend; ``count`` is rows of a table, or 1 for a file."""

    reason: str
    count: int
    meaning: str
    mend: str


class QuarantineDetail(OfRegions):
    """`geoward quarantine show --json`. ``retain_until`` is the last day that anything of it may be kept.

    ``tried`` are the reasons for which a file could not be read under another mapping when it was last tried;
    ``dropped`` are a file's columns that the mapping it came with does not read, if it was refused for its columns.
    """

    subject: str
    kind: Literal["table", "file"]
    regions: list[str]
    reasons: list[ReasonCount]
    tried: list[ReasonCount]
    dropped: list[str]
    first_date: date | None
    last_date: date | None
    retain_until: date | None

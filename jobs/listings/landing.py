"""What comes in: samples, landed files, source mappings and reference files."""

from __future__ import annotations

from datetime import date
from typing import Literal

from jobs.listings.listing import Listing, OfRegions


class SampleFile(Listing):
    """One file of a sample, its path relative to the folder."""

    path: str
    rows: int


class SampleListing(Listing):
    """`geoward sample --json`. ``bytes`` are of all files."""

    out: str
    dry_run: bool
    files: list[SampleFile]
    bytes: int


class IngestedFile(Listing):
    """One file: ``landed``, ``known``, ``quarantined`` or ``refused``, or in a dry run ``readable``.

    ``restored``: known, and its kept bytes, which were gone or damaged, are whole again.
    ``not_found``, ``not_a_file``, ``unreadable``: nothing is kept of that path, and nothing is in quarantine.
    ``shredded``: nor is of bytes whose key was destroyed, here or elsewhere in the region: they do not come back.
    ``refused``: it is in use, and stays so, since this mapping cannot read it. ``unknown`` names the dropped columns
    that the mapping does not list as ignored, also of a file that is refused for its columns.
    """

    name: str
    outcome: Literal[
        "landed", "known", "restored", "quarantined", "refused", "readable", "not_found", "not_a_file", "unreadable",
        "shredded",
    ]  # fmt: skip
    reason: str
    mend: str
    bytes: int
    dropped: list[str]
    unknown: list[str]


class IngestListing(Listing):
    """`geoward ingest --json`. ``rejects_all``: no legal basis is declared, so all rows about persons are rejected.

    ``failed`` counts the paths of which nothing is kept.
    """

    source: str
    mapping_version: str
    region: str
    dry_run: bool
    legal_basis: dict[str, str]
    rejects_all: bool
    failed: int
    files: list[IngestedFile]


class Source(Listing):
    """One mapping; ``regions`` are those in which files of it landed, ``files`` how many there."""

    name: str
    format: str
    emits: list[str]
    legal_basis: dict[str, str]
    regions: list[str]
    files: int
    shipped: bool
    description: str


class SourceListing(OfRegions):
    """`geoward source list --json`."""

    sources: list[Source]


class MappedColumn(Listing):
    """What a target column is made from, in words."""

    table: str
    when: str
    column: str
    type: str
    unit: str
    required: bool
    rule: str
    sources: list[str]


class SourceDetail(Listing):
    """`geoward source show --json`."""

    name: str
    version: str
    format: str
    description: str
    legal_basis: dict[str, str]
    evidence: str
    ignored: list[str]
    columns: list[MappedColumn]


class TriedColumn(Listing):
    """A target column after a trial: ``filled`` is the share of good rows that have a value, from 0 to 1."""

    column: str
    type: str
    unit: str
    rule: str
    sources: list[str]
    filled: float | None


class TriedEmit(Listing):
    """What the rows of one event of a mapping became in a trial."""

    table: str
    when: str
    rows: int
    good: int
    quarantined_by: dict[str, int]
    rejected: dict[str, int]
    first_date: date | None
    last_date: date | None
    columns: list[TriedColumn]


class SourceTrial(Listing):
    """`geoward source check --json`. ``records`` are those read; all of the file unless ``limited``.

    ``rejects_all``: no legal basis is declared, so all rows about persons are rejected.
    """

    source: str
    mapping_version: str
    file: str
    readable: bool
    reason: str
    mend: str
    records: int
    limited: bool
    dropped: list[str]
    unknown: list[str]
    legal_basis: dict[str, str]
    rejects_all: bool
    emits: list[TriedEmit]


class ReferenceListing(Listing):
    """`geoward places import --json` and `geoward population import --json`."""

    kind: Literal["places", "population"]
    file: str
    rows: int
    dry_run: bool

"""What every ``--json`` prints, as frozen models; ``docs/schemas`` holds their JSON schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Listing(BaseModel):
    """One JSON document, or a part of one. Counts are rows unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckResult(Listing):
    """One check's verdict on staged rows; ``measured`` holds counts, limits and names, never a row's value."""

    check: str
    passed: bool
    severity: Literal["error", "warn"]
    description: str
    mend: str
    measured: dict[str, int | float | str]


class TableRun(Listing):
    """One table of one region in a run, or as last published when it was fresh."""

    table: str
    region: str
    layer: str
    ran: bool
    reason: str
    first_date: date | None
    last_date: date | None
    partitions: int
    rows_in: int
    rows_out: int
    quarantined: int
    quarantined_by: dict[str, int]
    rejected: dict[str, int]
    contributing: int | None
    suppressed: int | None
    suppressed_by: dict[str, int]
    version: int | None
    checks: list[CheckResult]
    error: str | None


class RunListing(Listing):
    """`geoward run --json`."""

    run_ids: list[str]
    ok: bool
    seconds: float
    tables: list[TableRun]


class PlannedPartition(Listing):
    """One partition that would run, and why."""

    table: str
    region: str
    date: date
    reason: str


class PlanListing(Listing):
    """`geoward run --dry-run --json`."""

    partitions: list[PlannedPartition]


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
    """One file: ``landed``, ``known`` or ``quarantined``, or in a dry run ``readable``. ``unknown`` is of ``dropped``.

    ``unknown`` names the dropped columns that the mapping does not list as ignored.
    """

    name: str
    outcome: Literal["landed", "known", "quarantined", "readable"]
    reason: str
    mend: str
    bytes: int
    dropped: list[str]
    unknown: list[str]


class IngestListing(Listing):
    """`geoward ingest --json`."""

    source: str
    mapping_version: str
    region: str
    dry_run: bool
    legal_basis: dict[str, str]
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


class SourceListing(Listing):
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
    """`geoward source check --json`. ``records`` are those read; all of the file unless ``limited``."""

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
    emits: list[TriedEmit]


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


class TableListing(Listing):
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


class TableDetail(Listing):
    """`geoward tables show --json`. ``purposes`` may query it, by region."""

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


class QuarantinedFile(Listing):
    """A file that was quarantined whole."""

    region: str
    source: str
    file_id: str
    name: str
    bytes: int
    landed_at: datetime
    reason: str


class QuarantinedRows(Listing):
    """Rows that a table could not use on one date."""

    region: str
    table: str
    date: date
    reason: str
    rows: int


class QuarantineListing(Listing):
    """`geoward quarantine list --json`."""

    files: list[QuarantinedFile]
    rows: list[QuarantinedRows]


class ReasonCount(Listing):
    """A reason with its meaning and mend; ``count`` is rows of a table, or 1 for a file."""

    reason: str
    count: int
    meaning: str
    mend: str


class QuarantineDetail(Listing):
    """`geoward quarantine show --json`. ``retain_until`` is the last day that anything of it may be kept."""

    subject: str
    kind: Literal["table", "file"]
    regions: list[str]
    reasons: list[ReasonCount]
    first_date: date | None
    last_date: date | None
    retain_until: date | None


class Finding(Listing):
    """One thing the doctor looked at."""

    subject: str
    status: Literal["ok", "warn", "fail"]
    found: str
    mend: str


class DoctorListing(Listing):
    """`geoward doctor --json`."""

    healthy: bool
    findings: list[Finding]


class ReferenceListing(Listing):
    """`geoward places import --json` and `geoward population import --json`."""

    kind: Literal["places", "population"]
    file: str
    rows: int
    dry_run: bool


class QueryColumn(Listing):
    """One column of a result, with its Arrow type."""

    name: str
    type: str


class QueryListing(Listing):
    """`geoward query --format json`."""

    purpose: str
    tables: list[str]
    regions: list[str]
    columns: list[QueryColumn]
    rows: list[dict[str, Any]]


class AuditEntry(Listing):
    """One entry of the audit table; ``detail`` holds counts and names only."""

    at: datetime
    kind: str
    who: str
    subject: str
    region: str
    outcome: str
    policy: str
    detail: dict[str, Any]


class AuditListing(Listing):
    """`geoward audit list --json`."""

    entries: list[AuditEntry]


LISTINGS: dict[str, type[Listing]] = {
    "run": RunListing,
    "run-dry-run": PlanListing,
    "sample": SampleListing,
    "ingest": IngestListing,
    "source-list": SourceListing,
    "source-show": SourceDetail,
    "source-check": SourceTrial,
    "tables-list": TableListing,
    "tables-show": TableDetail,
    "quarantine-list": QuarantineListing,
    "quarantine-show": QuarantineDetail,
    "doctor": DoctorListing,
    "reference-import": ReferenceListing,
    "query": QueryListing,
    "audit-list": AuditListing,
}
"""Every ``--json`` document by the name of its schema."""

"""What every ``--json`` prints, as frozen models; ``docs/schemas`` holds their JSON schemas."""

from __future__ import annotations

from jobs.listings.landing import (
    IngestedFile,
    IngestListing,
    MappedColumn,
    ReferenceListing,
    SampleFile,
    SampleListing,
    Source,
    SourceDetail,
    SourceListing,
    SourceTrial,
    TriedColumn,
    TriedEmit,
)
from jobs.listings.listing import Listing
from jobs.listings.oversight import AuditEntry, AuditListing, DoctorListing, Finding, QueryColumn, QueryListing
from jobs.listings.runs import (
    CheckListing,
    CheckResult,
    PlanListing,
    PlannedPartition,
    RunListing,
    TableChecks,
    TableRun,
)
from jobs.listings.tables import (
    ColumnDetail,
    QuarantineDetail,
    QuarantinedFile,
    QuarantinedRows,
    QuarantineListing,
    ReasonCount,
    Table,
    TableDetail,
    TableListing,
)

LISTINGS: dict[str, type[Listing]] = {
    "run": RunListing,
    "run-dry-run": PlanListing,
    "check": CheckListing,
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

__all__ = [
    "AuditEntry",
    "AuditListing",
    "CheckListing",
    "CheckResult",
    "ColumnDetail",
    "DoctorListing",
    "Finding",
    "IngestListing",
    "IngestedFile",
    "LISTINGS",
    "Listing",
    "MappedColumn",
    "PlanListing",
    "PlannedPartition",
    "QuarantineDetail",
    "QuarantineListing",
    "QuarantinedFile",
    "QuarantinedRows",
    "QueryColumn",
    "QueryListing",
    "ReasonCount",
    "ReferenceListing",
    "RunListing",
    "SampleFile",
    "SampleListing",
    "Source",
    "SourceDetail",
    "SourceListing",
    "SourceTrial",
    "Table",
    "TableChecks",
    "TableDetail",
    "TableListing",
    "TableRun",
    "TriedColumn",
    "TriedEmit",
]

"""What was asked and found: queries, the audit table and the doctor."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from jobs.listings.listing import Listing, RegionFault


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
    left_out: list[RegionFault]


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
    """`geoward audit list --json`; ``damage`` says how the log is not what was written, empty if it is."""

    entries: list[AuditEntry]
    damage: str = ""


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

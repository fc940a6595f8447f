"""What a run did, or would do."""

from __future__ import annotations

from datetime import date
from typing import Literal

from jobs.listings.listing import Listing, OfRegions, RegionFault


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
    contributing_by: dict[str, int]
    suppressed: int | None
    suppressed_by: dict[str, int]
    version: int | None
    seconds: float
    checks: list[CheckResult]
    error: str | None


class RunListing(Listing):
    """`geoward run --json`."""

    run_ids: list[str]
    ok: bool
    seconds: float
    tables: list[TableRun]
    left_out: list[RegionFault]


class PlannedPartition(Listing):
    """One partition that would run, and why."""

    table: str
    region: str
    date: date
    reason: str


class UndatedFiles(Listing):
    """How many landed files of a region no run has read yet: which dates they hold is not known."""

    region: str
    files: int


class PlanListing(Listing):
    """`geoward run --dry-run --json`. ``withdrawn`` would not run; its reasons are why it was withdrawn."""

    partitions: list[PlannedPartition]
    withdrawn: list[PlannedPartition]
    undated: list[UndatedFiles]
    left_out: list[RegionFault]


class TableChecks(Listing):
    """The verdicts on one table of one region as it is published now."""

    table: str
    region: str
    version: int
    checks: list[CheckResult]


class CheckListing(OfRegions):
    """`geoward check --json`."""

    ok: bool
    tables: list[TableChecks]

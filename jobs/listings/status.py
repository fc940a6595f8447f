"""What the engineer on call sees."""

from __future__ import annotations

from datetime import date

from jobs.listings.listing import Listing


class StatusProblem(Listing):
    """One thing to mend: what it is, the next step, and the runbook's entry for it."""

    kind: str
    region: str
    table: str
    date: date | None
    what: str
    mend: str
    runbook: str


class TableState(Listing):
    """One table of one region: ``stale`` of its partitions are to be made, ``partitions`` are published."""

    region: str
    table: str
    state: str
    newest: date | None
    partitions: int
    stale: int


class StatusListing(Listing):
    """`geoward status --json`."""

    ok: bool
    run_is_alive: bool
    waiting_files: int
    tables: list[TableState]
    problems: list[StatusProblem]


class WithdrawnPartition(Listing):
    """One partition that was withdrawn; ``falls_back_to`` is the version it showed instead, null if it was emptied."""

    date: date
    falls_back_to: int | None


class WithdrawListing(Listing):
    """`geoward withdraw --json`. ``downstream`` tells the partitions that are to be made again, by table.

    ``done_before``: nothing is left to take back, ``new_version`` did it. ``shows_now`` is the version that each date
    shows (a dry run: would show), null if nothing: another than it fell back to if it was made again since.
    """

    table: str
    region: str
    version: int
    new_version: int | None
    dry_run: bool
    done_before: bool
    partitions: list[WithdrawnPartition]
    shows_now: dict[date, int | None]
    downstream: dict[str, int]

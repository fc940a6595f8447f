"""What a run ends with: per table what came in, what came out, and what was kept back, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import MappingProxyType

from rich.table import Table

from jobs.cli.app import grid
from jobs.counted import counted
from jobs.job_inputs import Workplace
from jobs.listings import CheckResult, RegionFault, RunListing, TableRun
from jobs.nightly import Scope
from jobs.registry import JOBS
from jobs.report import RunReport
from quality.contracts.errors import GeowardError

Ran = Mapping[tuple[str, str, date], str]


def run_listing(
    places: Sequence[Workplace], scope: Scope, ran: Ran, errors: Mapping[tuple[str, str], str], run_ids: list[str],
    seconds: float, faults: Mapping[str, GeowardError] = MappingProxyType({}),
) -> RunListing:  # fmt: skip
    """Return the run's outcome by table and region, with what is published now for tables that were fresh.

    ``faults`` are why regions took no part.
    """
    tables = []
    for place in places:
        for name in JOBS:
            mine = _reports(place, name, scope, ran)
            error = errors.get((place.region.name, name))
            if mine or error:
                tables.append(_table_run(name, place.region.name, mine, ran, error))
    out = [RegionFault(region=region, error=str(error)) for region, error in faults.items()]
    ok = not errors and not faults
    return RunListing(run_ids=run_ids, ok=ok, seconds=round(seconds, 1), tables=tables, left_out=out)


def run_tables(listing: RunListing) -> Iterable[Table | str]:
    """Return the summary that a person reads: one table a region, narrow enough for 80 columns."""
    for region in dict.fromkeys(run.region for run in listing.tables):
        mine = [run for run in listing.tables if run.region == region]
        table = grid("table", "in#", "out#", "quarantined#", "rejected#", "suppressed#", "checks", title=region)
        table.columns[0].no_wrap, table.padding = True, (0, 1, 0, 0)
        for run in mine:
            table.add_row(
                run.table, _number(run.rows_in), _number(run.rows_out), _number(run.quarantined),
                _number(sum(run.rejected.values())), _number(run.suppressed or 0),
                "[red]failed[/red]" if run.error else _checks(run) + ("" if run.ran else " fresh"),
            )  # fmt: skip
        yield ""
        yield table
    if any(run.suppressed for run in listing.tables):
        yield "\n[dim]Curated tables: in = contributing + suppressed rows; out counts lines, suppressed ones too.[/dim]"
    yield from _reasons(listing)
    ran = sum(run.ran for run in listing.tables)
    nothing = "Nothing was missing or stale" if listing.ok else "No table ran"
    what = f"{ran} of {counted(len(listing.tables), 'table')} ran" if ran else nothing
    days = sorted({day for run in listing.tables for day in (run.first_date, run.last_date) if day})
    dates = ", " + " to ".join(str(day) for day in dict.fromkeys((days[0], days[-1]))) if days else ""
    yield f"\n{what}{dates}; {listing.seconds:.1f} s." + ("" if listing.ok else " [red]Not everything succeeded.[/red]")


def _reports(place: Workplace, table: str, scope: Scope, ran: Ran) -> list[RunReport]:
    """Return the reports of the dates that ran, if any did: those of a whole history are long to read."""
    days = {day for region, name, day in ran if (region, name) == (place.region.name, table)}
    first, last = (min(days), max(days)) if days else (scope.first, scope.last)
    found = [RunReport.from_dict(report) for report in place.catalog.reports(table, first, last)]
    return [report for report in found if report.date in days] or found


def _table_run(name: str, region: str, reports: list[RunReport], ran: Ran, error: str | None) -> TableRun:
    reasons = [ran[region, name, report.date] for report in reports if (region, name, report.date) in ran]
    mine = [] if error else reports  # what it published before is not what this run did

    def total(field: str) -> dict[str, int]:
        return dict(sum((Counter(getattr(report, field)) for report in mine), Counter()))

    def number(field: str) -> int:
        return sum(getattr(report, field) or 0 for report in mine)

    aggregate = JOBS[name].kind == "aggregate"
    return TableRun(
        table=name, region=region, layer=JOBS[name].writes.layer.value, ran=bool(reasons) and not error,
        reason="; ".join(dict.fromkeys(reasons)), first_date=mine[0].date if mine else None,
        last_date=mine[-1].date if mine else None, partitions=len(mine), rows_in=number("rows_in"),
        rows_out=number("rows_out"), quarantined=number("quarantined"), quarantined_by=total("quarantined_by"),
        rejected=total("rejected"), contributing=number("contributing") if aggregate else None,
        contributing_by=total("contributing_by"),
        seconds=round(max((report.seconds for report in mine), default=0.0), 1),
        suppressed=number("suppressed") if aggregate else None, suppressed_by=total("suppressed_by"),
        version=max((report.version or 0 for report in mine), default=None),
        checks=[CheckResult(**asdict(check)) for check in mine[-1].checks] if mine else [], error=error,
    )  # fmt: skip


def _reasons(listing: RunListing) -> Iterable[str]:
    """Say, over all tables, why rows were quarantined, rejected or suppressed."""
    for field, title in (("quarantined_by", "Quarantined"), ("rejected", "Rejected"), ("suppressed_by", "Suppressed")):
        lines = [
            f"  {run.region} {run.table}: " + ", ".join(f"{n:,} {reason}" for reason, n in getattr(run, field).items())
            for run in listing.tables
            if getattr(run, field)
        ]
        if lines:
            yield f"\n[bold]{title}[/bold]\n" + "\n".join(lines)


def _checks(run: TableRun) -> str:
    passed = sum(check.passed for check in run.checks)
    return (
        f"[green]{passed}/{len(run.checks)}[/green]"
        if passed == len(run.checks)
        else f"[red]{passed}/{len(run.checks)}[/red]"
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"

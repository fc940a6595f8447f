"""What the engineer on call needs to know: which tables are fresh, and of the others what is wrong and what to do next.

Read from the ledgers, the catalog and the plan: no Spark, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from jobs.catalog import now
from jobs.dismissals import Dismissals, rows_subject
from jobs.explain_failure import explain_failure
from jobs.file_problems import bad_files, left_files, undated_files
from jobs.home import Home, Region
from jobs.job import Job, partition_of
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.landed_regions import catalogs
from jobs.plan import Stale, held_back, plan
from jobs.problem import PROBLEM_KINDS, Problem, ProblemKind
from jobs.registry import JOBS
from jobs.run_ledger import RunLedger, TableRun
from jobs.run_lock import run_is_alive
from jobs.storage_problems import lost, remembered, unreadable
from quality.contracts.errors import GeowardError

State = Literal["running", "stuck", "failed", "withdrawn", "late", "stale", "waiting", "fresh"]

DAILY = ("raw.pings", "raw.actions")
"""Logs that are expected each day; what is made from them is late when they are. Other tables come as they come."""

NIGHT = timedelta(hours=26)
"""A nightly run should have made what landed longer ago than this."""

RECENT = timedelta(days=14)
"""A date that a daily log left out is told for this long; then it has been seen, or will not come any more."""


@dataclass(frozen=True, slots=True)
class TableStatus:
    """One table of one region: its worst state, its newest published date, and how many partitions are to be made.

    ``missing`` are recent dates of a daily log that lie between published ones and never came.
    """

    region: str
    table: str
    state: State
    newest: date | None
    partitions: int
    stale: int
    problems: tuple[Problem, ...]
    missing: tuple[date, ...] = ()


@dataclass(frozen=True)
class _Region:
    """What is known of one region at one moment."""

    place: Workplace
    at: datetime
    alive: bool
    runs: Mapping[str, TableRun]
    stale: Mapping[str, list[Stale]]
    held: Mapping[str, list[Stale]]
    reports: Mapping[str, dict[date, dict[str, Any]]]
    dismissed: Set[tuple[str, date]]
    landed: tuple[datetime, ...]


def status(home: Home, at: datetime | None = None) -> list[TableStatus]:
    """Return the state of every table that has run or should, by region in the order of the registry.

    A region that cannot be read is one entry without a table: what is known of the others must still be told.
    """
    found = []
    for place in home.regions.values():
        if (place.root / "catalog.sqlite").exists():
            found += _of_region(home, place, at or now())
    return found


def _of_region(home: Home, place: Region, at: datetime) -> list[TableStatus]:
    try:
        seen = _look(home, place, at)
        return [_of(seen, job) for name, job in JOBS.items() if _known(seen, name)]
    except GeowardError:
        raise
    except Exception as error:
        if fault := explain_failure(error):
            raise fault from None
        return [TableStatus(place.name, "", "failed", None, 0, 0, (unreadable(place, error),))]


def problems(home: Home, tables: Iterable[TableStatus] | None = None, at: datetime | None = None) -> list[Problem]:
    """Return what is wrong in the installation, causes first, as alerts tell it; ``tables`` may be known already."""
    found = status(home, at=at) if tables is None else tables
    mine = [*remembered(home), *(problem for table in found for problem in table.problems)]
    alive, night_ago = run_is_alive(home), (at or now()) - NIGHT
    broken = {table.region for table in found if not table.table}
    for region in home.regions.values():
        if region.name in broken:
            continue
        mine += lost(home, region)
        for _, catalog in catalogs(home, region.name):
            mine += [*undated_files(region, catalog, alive), *bad_files(region, catalog)]
            mine += () if alive else left_files(region, catalog, night_ago)
    return sorted(mine, key=lambda problem: PROBLEM_KINDS.index(problem.kind))


def _look(home: Home, region: Region, at: datetime) -> _Region:
    place = Workplace.open(home, region, no_spark)
    reports: dict[str, dict[date, dict[str, Any]]] = {}
    looked_at, dismissed = Dismissals(region).known(), set()
    for (table, day), (_, _, report) in place.catalog.published().items():
        reports.setdefault(table, {})[day] = report
        if rows_subject(table, day, report) in looked_at:
            dismissed.add((table, day))
    landed = tuple(file.landed_at for file in place.catalog.files())
    stale, held = _by_table(plan(place)), _by_table(held_back(place))
    runs = RunLedger(region).newest()
    return _Region(place, at, run_is_alive(home), runs, stale, held, reports, dismissed, landed)


def _of(seen: _Region, job: Job) -> TableStatus:
    name = job.name
    found = tuple(_problems(seen, job))
    run, stale = seen.runs.get(name), seen.stale.get(name, [])
    kinds = {problem.kind for problem in found}
    state: State = "waiting" if stale else "fresh"
    if run and run.state == "running" and "stuck" not in kinds:
        state = "running"
    elif "stuck" in kinds:
        state = "stuck"
    elif kinds & {"failed", "check"}:
        state = "failed"
    elif name in seen.held:
        state = "withdrawn"
    elif "late" in kinds:
        state = "late"
    elif "stale" in kinds:
        state = "stale"
    days = seen.reports.get(name, {})
    newest, missing = max(days, default=None), tuple(_missing(seen, name))
    return TableStatus(seen.place.region.name, name, state, newest, len(days), len(stale), found, missing)


def _problems(seen: _Region, job: Job) -> Iterator[Problem]:
    yield from _of_last_run(seen, job.name)
    yield from _of_lateness(seen, job)
    yield from _of_quarantine(seen, job.name)
    if held := seen.held.get(job.name):
        what = f"{len(held)} partitions wait, since what would be made was withdrawn: {held[0].reason}"
        mend = f"Mend the code, policy or input at fault; or run `geoward run {job.name} --force` to publish it again."
        yield _problem(seen, "stale", job.name, held[-1].date, what, mend)
    elif (stale := seen.stale.get(job.name)) and _overdue(seen, job.name):
        what = f"{len(stale)} partitions are out of date: {stale[0].reason}"
        yield _problem(seen, "stale", job.name, stale[-1].date, what, "Run `geoward run`.")


def _of_last_run(seen: _Region, table: str) -> Iterator[Problem]:
    run = seen.runs.get(table)
    if run is None or run.state == "published":
        return
    if run.state == "running":
        hours = (seen.at - run.started).total_seconds() / 3600
        limit = seen.place.home.stuck_after_hours
        if not seen.alive:
            what = f"run {run.run_id} ended without a word: its process is gone"
            yield _problem(seen, "stuck", table, run.last_date, what, "Run `geoward run`: it clears up and goes on.")
        elif hours > limit:
            what = f"run {run.run_id} of process {run.pid} has made it for {hours:.1f} hours, more than {limit:g}"
            mend = f"If its log stands still, end it with `kill {run.pid}`, then run `geoward run`."
            yield _problem(seen, "stuck", table, run.last_date, what, mend)
        return
    if table not in seen.stale:  # made since by other means, or no longer wanted
        return
    kind: ProblemKind = "check" if run.error == "AuditFailed" else "failed"
    yield _problem(seen, kind, table, run.last_date, run.message, run.mend or "Run `geoward run`.")


def _of_lateness(seen: _Region, job: Job) -> Iterator[Problem]:
    if job.name not in DAILY:
        return
    limit = seen.place.home.late_after_days
    newest = max(seen.reports.get(job.name, {}), default=None)
    expected = partition_of(job, seen.place.release, seen.at.date() - timedelta(days=limit))
    if newest is None or newest < expected:
        age = f"is {newest}, {(seen.at.date() - newest).days} days ago" if newest else "is not there yet"
        what = f"the newest published date {age}; more than {limit} days is late"
        yield _problem(seen, "late", job.name, newest, what, _LATE)
    elif missing := list(_missing(seen, job.name)):
        days = ", ".join(str(day) for day in missing)
        yield _problem(seen, "late", job.name, missing[-1], f"later dates came, but not {days}", _LATE)


_LATE = "See whether its files landed (`geoward source list`), land them with `geoward ingest`, then `geoward run`."


def _missing(seen: _Region, table: str) -> Iterator[date]:
    """Return the dates between the first and the newest published one that a daily log left out lately."""
    days = seen.reports.get(table, {})
    if table in DAILY and days:
        day = max(min(days), (seen.at - RECENT).date())
        expected = seen.at.date() - timedelta(days=seen.place.home.late_after_days)
        while day < max(days) and day <= expected:
            if day not in days:
                yield day
            day += timedelta(days=1)


def _of_quarantine(seen: _Region, table: str) -> Iterator[Problem]:
    limit = seen.place.home.quarantine_share
    reports = {day: r for day, r in seen.reports.get(table, {}).items() if (table, day) not in seen.dismissed}
    over = [day for day, report in reports.items() if report["quarantined"] > limit * report["rows_in"]]
    if over:
        rows = sum(reports[day]["quarantined"] for day in over)
        what = f"{len(over)} dates have more than {limit:.0%} of their rows in quarantine, {rows:,} rows in all"
        mend = (
            f"`geoward quarantine show {table}` says why; mend the mapping, then `geoward quarantine replay MAPPING`; "
            "or `geoward quarantine dismiss` it."
        )
        yield _problem(seen, "quarantine", table, max(over), what, mend)


def _overdue(seen: _Region, table: str) -> bool:
    """Say whether a nightly run should have made a stale table since its last run, or since a file landed after it."""
    run = seen.runs.get(table)
    since = run.ended if run and run.ended else None
    waited = min((moment for moment in seen.landed if since is None or moment > since), default=since)
    return waited is not None and seen.at - waited > NIGHT and not seen.alive


def _known(seen: _Region, table: str) -> bool:
    return table in seen.reports or table in seen.stale or table in seen.runs


def _problem(seen: _Region, kind: ProblemKind, table: str, day: date | None, what: str, mend: str) -> Problem:
    return Problem(kind, seen.place.region.name, table, day, what, mend)


def _by_table(entries: list[Stale]) -> dict[str, list[Stale]]:
    found: dict[str, list[Stale]] = {}
    for entry in entries:
        found.setdefault(entry.table, []).append(entry)
    return found

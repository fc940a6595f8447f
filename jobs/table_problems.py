"""What is wrong with one region's tables at one moment, from its ledgers, catalog and plan: no Spark, no change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from jobs.counted import counted
from jobs.dismissals import Dismissals, rows_subject
from jobs.home import Home, Region
from jobs.job import Job, partition_of
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.plan import Stale, held_back, plan
from jobs.problem import Problem, ProblemKind
from jobs.run_ledger import RunLedger, TableRun
from jobs.run_lock import run_is_alive

DAILY = ("raw.pings", "raw.actions")
"""Logs that are expected each day; what is made from them is late when they are. Other tables come as they come."""

NIGHT = timedelta(hours=26)
"""A nightly run should have made what landed longer ago than this."""

RECENT = timedelta(days=14)
"""A date that a daily log left out is told for this long; then it has been seen, or will not come any more."""

_LATE = "See whether its files landed (`geoward landed list`), land them with `geoward ingest`, then `geoward run`."


@dataclass(frozen=True)
class Seen:
    """What is known of one region at one moment; ``unmade`` are dates that a run failed to make."""

    place: Workplace
    at: datetime
    alive: bool
    runs: Mapping[str, TableRun]
    unmade: Mapping[str, Mapping[date, TableRun]]
    stale: Mapping[str, list[Stale]]
    held: Mapping[str, list[Stale]]
    reports: Mapping[str, dict[date, dict[str, Any]]]
    dismissed: Set[tuple[str, date]]
    landed: tuple[datetime, ...]

    def knows(self, table: str) -> bool:
        """Return whether a table has run or should."""
        return table in self.reports or table in self.stale or table in self.runs


def look(home: Home, region: Region, at: datetime) -> Seen:
    """Look at a region that has a catalog."""
    place = Workplace.open(home, region, no_spark)
    reports: dict[str, dict[date, dict[str, Any]]] = {}
    looked_at, dismissed = Dismissals(region).known(), set()
    for (table, day), (_, _, report) in place.catalog.published().items():
        reports.setdefault(table, {})[day] = report
        if rows_subject(table, day, report) in looked_at:
            dismissed.add((table, day))
    landed = tuple(file.landed_at for file in place.catalog.files())
    stale, held = _by_table(plan(place)), _by_table(held_back(place))
    ledger = RunLedger(region)
    runs, unmade = ledger.newest(), ledger.unmade()
    return Seen(place, at, run_is_alive(home), runs, unmade, stale, held, reports, dismissed, landed)


def table_problems(seen: Seen, job: Job) -> Iterator[Problem]:
    """Return what is wrong with a table."""
    yield from _of_running(seen, job.name)
    yield from _of_failures(seen, job.name)
    yield from _of_lateness(seen, job)
    yield from _of_quarantine(seen, job.name)
    if held := seen.held.get(job.name):
        yield _withdrawn(seen, job.name, held)
    if (stale := seen.stale.get(job.name)) and _overdue(seen, job.name):
        what = f"{counted(len(stale), 'partition')} out of date: {stale[0].reason}"
        yield _problem(seen, "stale", job.name, stale[-1].date, what, "Run `geoward run`.")


def _of_running(seen: Seen, table: str) -> Iterator[Problem]:
    run = seen.runs.get(table)
    if run is None or run.state != "running":
        return
    hours = (seen.at - run.started).total_seconds() / 3600
    limit = seen.place.home.stuck_after_hours
    if not seen.alive:
        what = f"run {run.run_id} ended without a word: its process is gone"
        yield _problem(seen, "stuck", table, run.last_date, what, "Run `geoward run`: it clears up and goes on.")
    elif hours > limit:
        what = f"run {run.run_id} of process {run.pid} has made it for {hours:.1f} hours, more than {limit:g}"
        mend = f"If its log stands still, end it with `kill {run.pid}`, then run `geoward run`."
        yield _problem(seen, "stuck", table, run.last_date, what, mend)


def _of_failures(seen: Seen, table: str) -> Iterator[Problem]:
    """Tell of each failure whose dates are still to be made, though later runs of other dates went well."""
    wanted = {entry.date for entry in seen.stale.get(table, ())}  # made since by other means, or no longer wanted
    failures: dict[tuple[ProblemKind, str, str], list[date]] = {}
    for day, run in seen.unmade.get(table, {}).items():
        if day in wanted:
            kind: ProblemKind = "check" if run.error == "AuditFailed" else "failed"
            failures.setdefault((kind, run.message, run.mend), []).append(day)
    for (kind, message, mend), days in failures.items():
        which = f"{len(days)} dates from {min(days)} to {max(days)}: " if len(days) > 1 else ""
        yield _problem(seen, kind, table, max(days), which + message, mend or "Run `geoward run`.")


def _of_lateness(seen: Seen, job: Job) -> Iterator[Problem]:
    if job.name not in DAILY:
        return
    limit = seen.place.home.late_after_days
    newest = max(seen.reports.get(job.name, {}), default=None)
    expected = partition_of(job, seen.place.release, seen.at.date() - timedelta(days=limit))
    if newest is None:
        if _had_a_night(seen, job.name):
            yield _problem(
                seen, "late", job.name, None, "no date is published yet, a night after its files came", _LATE
            )
    elif newest < expected:
        age = counted((seen.at.date() - newest).days, "day")
        what = f"the newest published date is {newest}, {age} ago; more than {counted(limit, 'day')} is late"
        yield _problem(seen, "late", job.name, newest, what, _LATE)
    elif missing := missing_dates(seen, job.name):
        days = ", ".join(str(day) for day in missing)
        yield _problem(seen, "late", job.name, missing[-1], f"later dates came, but not {days}", _LATE)


def _had_a_night(seen: Seen, table: str) -> bool:
    """Return whether a nightly run could have made a log since the first of its files that are in use landed."""
    parts = seen.place.catalog.dates((table,)).get(table, {})
    held = {(part.source, part.file_id) for of_day in parts.values() for part in of_day}
    landed = [file.landed_at for file in seen.place.catalog.files() if (file.source, file.file_id) in held]
    return not landed or seen.at - min(landed) > NIGHT


def missing_dates(seen: Seen, table: str) -> tuple[date, ...]:
    """Return the dates between the first and the newest published one that a daily log left out lately."""
    days = seen.reports.get(table, {})
    if table not in DAILY or not days:
        return ()
    first = max(min(days), (seen.at - RECENT).date())
    expected = seen.at.date() - timedelta(days=seen.place.home.late_after_days)
    between = (first + timedelta(days=each) for each in range((min(max(days), expected) - first).days + 1))
    return tuple(day for day in between if day not in days)


def _of_quarantine(seen: Seen, table: str) -> Iterator[Problem]:
    limit = seen.place.home.quarantine_share
    reports = {day: r for day, r in seen.reports.get(table, {}).items() if (table, day) not in seen.dismissed}
    over = [day for day, report in reports.items() if report["quarantined"] > limit * report["rows_in"]]
    if over:
        rows = counted(sum(reports[day]["quarantined"] for day in over), "row")
        what = f"more than {limit:.0%} of the rows of {counted(len(over), 'date')} in quarantine, {rows} in all"
        mend = (
            f"`geoward quarantine show {table}` says why; mend the mapping, then `geoward quarantine replay MAPPING`; "
            "or `geoward quarantine dismiss` it."
        )
        yield _problem(seen, "quarantine", table, max(over), what, mend)


def _withdrawn(seen: Seen, table: str, held: list[Stale]) -> Problem:
    first, last = min(entry.date for entry in held), max(entry.date for entry in held)
    days = f"--date {first}" if first == last else f"--from {first} --to {last}"
    what = f"{counted(len(held), 'partition')} withdrawn and not made again: {held[0].reason}"
    insist = f"`geoward run {table} {days} --region {seen.place.region.name} --force`"
    mend = f"Mend the code, policy or input at fault: the next run makes it. To publish it as it was: {insist}."
    return _problem(seen, "withdrawn", table, last, what, mend)


def _overdue(seen: Seen, table: str) -> bool:
    """Say whether a nightly run should have made a stale table since its last run, or since a file landed after it."""
    run = seen.runs.get(table)
    since = run.ended if run and run.ended else None
    waited = min((moment for moment in seen.landed if since is None or moment > since), default=since)
    return waited is not None and seen.at - waited > NIGHT and not seen.alive


def _problem(seen: Seen, kind: ProblemKind, table: str, day: date | None, what: str, mend: str) -> Problem:
    return Problem(kind, seen.place.region.name, table, day, what, mend)


def _by_table(entries: list[Stale]) -> dict[str, list[Stale]]:
    found: dict[str, list[Stale]] = {}
    for entry in entries:
        found.setdefault(entry.table, []).append(entry)
    return found

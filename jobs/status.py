"""What the engineer on call needs to know: which tables are fresh, and of the others what is wrong and what to do next.

Read from the ledgers, the catalog and the plan: no Spark, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jobs.catalog import now
from jobs.file_problems import bad_files, left_files, undated_files
from jobs.home import Home, Region
from jobs.job import Job
from jobs.landed_regions import catalogs
from jobs.problem import PROBLEM_KINDS, Problem
from jobs.registry import JOBS
from jobs.run_lock import run_is_alive
from jobs.storage_problems import gone_tables, lost, of_home, remembered, unreadable
from jobs.table_problems import NIGHT, Seen, look, missing_dates, table_problems

State = Literal["running", "stuck", "failed", "withdrawn", "late", "stale", "waiting", "fresh"]


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


def status(home: Home, at: datetime | None = None) -> list[TableStatus]:
    """Return the state of every table that has run or should, by region in the order of the registry.

    A region that is gone or cannot be read is one entry without a table: of the others must still be told.
    """
    return [one for region in home.regions.values() for one in _of_region(home, region, at or now())]


def _of_region(home: Home, region: Region, at: datetime) -> list[TableStatus]:
    try:
        if gone := tuple(lost(home, region)):
            return [_all_of(region, gone)]
        if not (region.root / "catalog.sqlite").exists():
            return []
        seen = look(home, region, at)
        moved = {problem.table: problem for problem in gone_tables(region)}
        return [_of(seen, job, moved.get(name)) for name, job in JOBS.items() if seen.knows(name)]
    except Exception as error:
        return [_all_of(region, (unreadable(region, error),))]


def _all_of(region: Region, found: tuple[Problem, ...]) -> TableStatus:
    return TableStatus(region.name, "", "failed", None, 0, 0, found)


def problems(home: Home, tables: Iterable[TableStatus] | None = None, at: datetime | None = None) -> list[Problem]:
    """Return what is wrong in the installation, causes first, as alerts tell it; ``tables`` may be known already."""
    found = status(home, at=at) if tables is None else list(tables)
    broken = {table.region for table in found if not table.table}
    gone = {(one.region, one.table) for table in found for one in table.problems if one.kind == "storage"}
    fsck = [one for one in remembered(home) if (one.region, one.table) not in gone]  # what is gone is told once
    mine = [*of_home(home), *fsck, *(problem for table in found for problem in table.problems)]
    for region in home.regions.values():
        if region.name not in broken:
            mine += _of_files(home, region, at or now())
    return sorted(mine, key=lambda problem: PROBLEM_KINDS.index(problem.kind))


def _of_files(home: Home, region: Region, at: datetime) -> list[Problem]:
    alive, mine = run_is_alive(home), list[Problem]()
    try:
        for _, catalog in catalogs(home, region.name):
            mine += [*undated_files(region, catalog, alive), *bad_files(region, catalog)]
            mine += () if alive else left_files(region, catalog, at - NIGHT)
    except Exception as error:
        return [unreadable(region, error)]
    return mine


def _of(seen: Seen, job: Job, gone: Problem | None) -> TableStatus:
    name = job.name
    found = (*((gone,) if gone else ()), *table_problems(seen, job))
    days, waiting = seen.reports.get(name, {}), len(seen.stale.get(name, ()))
    state, missing = _state(seen, name, found), missing_dates(seen, name)
    newest = max(days, default=None)
    return TableStatus(seen.place.region.name, name, state, newest, len(days), waiting, found, missing)


def _state(seen: Seen, table: str, found: Iterable[Problem]) -> State:
    """Return the worst that is known of a table."""
    kinds, run = {problem.kind for problem in found}, seen.runs.get(table)
    if "stuck" in kinds:
        return "stuck"
    if run and run.state == "running":
        return "running"
    if kinds & {"failed", "check", "storage"}:
        return "failed"
    told: tuple[State, ...] = ("withdrawn", "late", "stale")
    well: State = "waiting" if seen.stale.get(table) else "fresh"
    return next((state for state in told if state in kinds), well)

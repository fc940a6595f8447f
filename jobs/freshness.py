"""How fresh each table is, by region: what `geoward status` says, put as the answer to one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.catalog import now
from jobs.home import Home
from jobs.status import State, TableStatus, status
from jobs.table_problems import DAILY

WELL: tuple[State, ...] = ("fresh", "waiting", "running")
"""The states that nobody needs to look at."""

_NEXT = {"fresh": "", "waiting": "The next run makes it.", "running": "It is being made."}


@dataclass(frozen=True, slots=True)
class Freshness:
    """One table in one region. ``days_late`` is None for a table that is not expected each day.

    ``missing`` are recent dates that lie between published ones and never came; ``to_make`` counts partitions that
    are out of date.
    """

    region: str
    table: str
    state: State
    newest: date | None
    days_late: int | None
    missing: tuple[date, ...]
    to_make: int
    next_step: str

    @property
    def well(self) -> bool:
        """Whether nothing is to be done."""
        return self.state in WELL


def freshness(home: Home, at: datetime | None = None) -> list[Freshness]:
    """Return how fresh every table is that has run or should, by region."""
    moment = at or now()
    return [_of(one, moment.date() - timedelta(days=home.late_after_days)) for one in status(home, moment)]


def _of(one: TableStatus, expected: date) -> Freshness:
    late = max(0, (expected - one.newest).days) if one.table in DAILY and one.newest else None
    mends = [problem.mend for problem in one.problems if problem.kind != "quarantine"]
    step = _NEXT.get(one.state, "") if one.state in WELL else next(iter(mends), "")
    return Freshness(one.region, one.table, one.state, one.newest, late, one.missing, one.stale, step)

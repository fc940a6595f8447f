"""What must run and why: a partition is stale when what it is made from is not what it was last made from."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from jobs.job import Job, partition_of
from jobs.job_inputs import Workplace
from jobs.reference import reference_digest
from jobs.region_keys import known_key
from jobs.registry import JOBS, code_of
from jobs.run import AGAIN

_WHY = {
    "code": "the code changed",
    "contract": "the contract changed",
    "policy": "the policy changed",
    "key": "the key changed",
    "bases": "a source's legal basis changed",
    "reference": "places or population changed",
}

INTERRUPTED = "its publication was interrupted"


@dataclass(frozen=True, slots=True)
class Stale:
    """One partition to make: of which table and date, why, and the digest of what it will be made from."""

    table: str
    date: date
    reason: str
    digest: str
    parts: dict[str, str]


def plan(
    place: Workplace,
    *,
    tables: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
    force: bool = False,
) -> list[Stale]:
    """Return the stale partitions of one region in the order they must run.

    ``tables`` limits the plan to those and what they are made from; ``first`` and ``last`` to dates, inclusive.
    ``force`` makes what is fresh run too. Files must have been dated before.
    """
    made = _Made(place)
    wanted = with_sources(tables) if tables else set(JOBS)
    found = []
    for job in (job for name, job in JOBS.items() if name in wanted):
        for day in sorted(made.days(job)):
            if _within(place, job, day, first, last):
                digest, parts = made.of(job, day)
                if reason := _reason(place, made, job, day, digest, parts, force):
                    found.append(Stale(job.name, day, reason, digest, parts))
    return found


def provenance(place: Workplace, table: str, dates: Iterable[date]) -> list[Stale]:
    """Return what partitions will be made from now: inputs as they are published, not as they should be.

    A partition made before its input is up to date is then still stale when that input has run.
    """
    _ = place.keys  # made if new
    made, job = _Made(place, with_sources({table}), as_published=True), JOBS[table]
    return [
        Stale(table, day, _reason(place, made, job, day, *made.of(job, day), True), *made.of(job, day)) for day in dates
    ]


def with_sources(tables: Collection[str]) -> set[str]:
    """Return the tables and all that they are made from, near or far."""
    wanted = set(tables)
    for name in reversed(JOBS):
        if name in wanted:
            wanted |= {read.table for read in JOBS[name].reads}
    return wanted


def held_back(
    place: Workplace, *, tables: Collection[str] = (), first: date | None = None, last: date | None = None
) -> list[Stale]:
    """Return the partitions that are not made because what would be made was withdrawn, with the reason given.

    Limited as a plan is.
    """
    withdrawn = place.catalog.withdrawn()
    if not withdrawn:  # as nearly always: what partitions are made from need not be worked out
        return []
    made, wanted = _Made(place), with_sources(tables) if tables else set(JOBS)
    days = [(JOBS[name], day) for name, day in sorted(withdrawn) if name in wanted]
    within = [(job, day) for job, day in days if _within(place, job, day, first, last)]
    return [Stale(job.name, day, why, *made.of(job, day)) for job, day in within if (why := made.held(job, day))]


class _Made:
    """What each partition is made from: a digest of its inputs' digests, its contract, policy, key and code."""

    def __init__(self, place: Workplace, tables: Collection[str] = (), *, as_published: bool = False) -> None:
        """Look at ``tables``, which must hold what they are made from, or at all."""
        self.place, self.as_published = place, as_published
        self.dates = place.catalog.dates(tables)
        self.published = place.catalog.origins(tables)
        self.published_days: dict[str, set[date]] = {}
        for name, day in self.published:
            self.published_days.setdefault(name, set()).add(day)
        self.withdrawn = place.catalog.withdrawn()
        self._digests: dict[tuple[str, date], tuple[str, dict[str, str]]] = {}
        self._days: dict[str, set[date]] = {}
        self._owns: dict[str, dict[str, str]] = {}
        self._grouped: dict[tuple[str, str], dict[date, list[date]]] = {}
        self._growing: dict[str, tuple[list[date], list[str]]] = {}
        home = place.home
        self.shared = {"policy": home.policy.of_rows[:16], "reference": reference_digest(home)}
        self.shared["bases"] = _digest(place.bases())
        self.shared["key"] = known_key(home, place.region)

    def days(self, job: Job) -> set[date]:
        """Return the dates for which the job has anything to do, including those that have become empty."""
        if job.name not in self._days:
            days = set(self.dates.get(job.name, {}))
            for read in job.reads:
                if read.counted:
                    days |= {partition_of(job, self.place.release, day) for day in self._usable_days(JOBS[read.table])}
            self._days[job.name] = days | self._published_days(job.name)
        return self._days[job.name]

    def _published_days(self, name: str) -> set[date]:
        """Return the dates that the catalog or the table itself knows: a crash may lie between the two."""
        return self.published_days.get(name, set()) | set(self.place.lake.rows(name))

    def _usable_days(self, job: Job) -> set[date]:
        """Return the job's dates without those of which no row has a usable time: nothing is made from them."""
        parts = self.dates.get(job.name, {})
        return {day for day in self.days(job) if day not in parts or any(part.usable for part in parts[day])}

    def of(self, job: Job, day: date) -> tuple[str, dict[str, str]]:
        """Return the partition's digest and the parts it is a digest of."""
        if (job.name, day) not in self._digests:
            parts = self._parts(job, day)
            self._digests[job.name, day] = (_digest(parts), parts)
        return self._digests[job.name, day]

    def _input(self, source: Job, day: date) -> str:
        if self.as_published or self.held(source, day):
            return self.published.get((source.name, day), ("", {}))[0]
        return self.of(source, day)[0]

    def held(self, job: Job, day: date) -> str:
        """Return why a partition waits: made again now, it would be what was withdrawn. Empty if it does not.

        What was withdrawn of unknown origin, since the catalog was lost, waits until a person insists.
        """
        digest = self.of(job, day)[0]
        known = self.published.get((job.name, day), (None, {}))[0]
        if known in (digest, ""):
            return ""
        withdrawn = self.withdrawn.get((job.name, day), {})
        return withdrawn.get(digest) or (withdrawn.get("", "") if known is None else "")

    def _own(self, job: Job) -> dict[str, str]:
        """Return the parts that are the same for all of the job's dates; hashing the code for each would be slow."""
        if job.name not in self._owns:
            parts = {"code": code_of(job), "contract": job.writes.fingerprint[:16], "policy": self.shared["policy"]}
            if job.name.startswith(("protected", "curated")):
                parts["key"] = self.shared["key"]
            if job.name.startswith(("clean", "curated")):
                parts["bases"] = self.shared["bases"]
            if job.windowed:
                parts["reference"] = self.shared["reference"]
            self._owns[job.name] = parts
        return self._owns[job.name]

    def _days_by_partition(self, job: Job, source: Job) -> dict[date, list[date]]:
        """Return which dates of ``source`` each of the job's partitions is made from."""
        if (job.name, source.name) not in self._grouped:
            grouped: dict[date, list[date]] = {}
            for day in self.days(source):
                grouped.setdefault(partition_of(job, self.place.release, day), []).append(day)
            self._grouped[job.name, source.name] = grouped
        return self._grouped[job.name, source.name]

    def _parts(self, job: Job, day: date) -> dict[str, str]:
        parts = dict(self._own(job))
        if job.kind == "land":
            parts["input:files"] = _digest(self.dates.get(job.name, {}).get(day, []))
        for read in job.reads:
            source = JOBS[read.table]
            if read.scope == "same_dates":
                days = self._days_by_partition(job, source).get(day, [])
                parts[f"input:{read.table}"] = _digest([self._input(source, d) for d in sorted(days)])
            elif read.scope == "up_to_date":
                parts[f"input:{read.table}"] = self._up_to(source, day)
        return parts

    def _up_to(self, source: Job, day: date) -> str:
        """Return the digest of a table's dates through ``day``; each goes on from the one before, so all cost one."""
        if source.name not in self._growing:
            days, digests, text = sorted(self.days(source)), [_digest([])], hashlib.sha256(b"[")
            for number, each in enumerate(days):
                text.update(f"{', ' if number else ''}{json.dumps(self._input(source, each))}".encode())
                ended = text.copy()
                ended.update(b"]")
                digests.append(ended.hexdigest()[:16])
            self._growing[source.name] = days, digests
        days, digests = self._growing[source.name]
        return digests[bisect_right(days, day)]


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _within(place: Workplace, job: Job, day: date, first: date | None, last: date | None) -> bool:
    low = partition_of(job, place.release, first) if first else None
    return (low is None or day >= low) and (last is None or day <= last)


def _reason(place: Workplace, made: _Made, job: Job, day: date, digest: str, parts: dict[str, str], force: bool) -> str:
    known = made.published.get((job.name, day))
    if made.held(job, day) or (known and known[0] == digest):
        return AGAIN if force else ""
    if known is None:
        return "withdrawn, and changed since" if (job.name, day) in made.withdrawn else "never published"
    changed = sorted(name for name in {*parts, *known[1]} if parts.get(name) != known[1].get(name))
    inputs = [name.partition(":")[2] for name in changed if name.startswith("input:")]
    why = [_WHY[name] for name in changed if name in _WHY]
    return "; ".join(why + ([f"changed input: {', '.join(inputs)}"] if inputs else [])) or INTERRUPTED

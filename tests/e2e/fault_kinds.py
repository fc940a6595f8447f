"""The faults of the sweep: what a process is ordered to do, what befalls it, and how one can tell that it did."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.e2e.tripwires import RECOVERY_POINTS, RUN_POINTS, WRITES

MOST_CALLS = 900
"""Calls of functions in jobs that a run makes, about."""
SQLITE = {"doubt", "catalog", "ledger"}
TWICE = {"half staged", "settled", "intended", "before the commit", "committed", "manifest written"}
"""Points that a run with a quarantine comes to more than once."""
LEADS_TO = {
    "before it completes": "committed",
    "completed": "manifest written",
    "before it ends": "published",
    "before it tells the rest": "one of two commits",
    "told the rest": "published",
}
"""Where a run must be killed so that its recovery comes to a point; to the others, where its files are staged."""


@dataclass(frozen=True)
class Fault:
    """Steps of a process and what befalls it; ``recovery`` is what befalls the process that recovers from it."""

    steps: list
    fired: Callable[[int, list], bool]
    trip: dict | None = None
    failing: tuple[str, ...] = ()
    kill_after: float = 0
    recovery: dict | None = field(default=None)


def was_killed(ended, said):
    return ended == -signal.SIGKILL


def failed_with(*errors):
    return lambda ended, said: any(line.get("error") in errors for line in said)


def failed(ended, said):
    return any(line.get("error") for line in said) and any("fired" in line for line in said)


def _steps(run_id, days):
    return [{"do": "run", "run_id": run_id, "days": [str(day) for day in days]}]


def killed_at(point, rng, run_id, days):
    nth = rng.randint(1, 2) if point in TWICE else 1
    return Fault(_steps(run_id, days), was_killed, {"act": "kill", "point": point, "nth": nth})


def killed_in_recovery(point, rng, run_id, days):
    first = {"act": "kill", "point": LEADS_TO.get(point, "staged")}
    return Fault(_steps(run_id, days), lambda *_: False, first, recovery={"act": "kill", "point": point})


def killed_at_any_call(rng, run_id, days):
    trip = {"act": "kill", "point": "any call", "nth": rng.randint(1, MOST_CALLS)}
    return Fault(_steps(run_id, days), was_killed, trip)


def killed_at_any_moment(rng, run_id, days):
    return Fault(_steps(run_id, days), was_killed, kill_after=rng.uniform(0.01, 0.25))


def disk_full_at(write, rng, run_id, days):
    nth = rng.randint(1, 6) if write == "manifest" else rng.randint(1, 2) if "commit" in write else 1
    act = "refuse in sqlite" if write in SQLITE else "refuse"
    return Fault(_steps(run_id, days), failed, {"act": act, "point": f"write: {write}", "nth": nth})


def disk_full_from_a_point_on(rng, run_id, days):
    trip = {"act": "fill", "point": rng.choice(list(RUN_POINTS)[:-1]), "room": rng.choice((0, 500, 2_000, 6_000))}
    return Fault(_steps(run_id, days), failed, trip)


def failing_audit(rng, run_id, days):
    return Fault(_steps(run_id, days), failed_with("AuditFailed"), failing=(run_id,))


def second_writer(rng, run_id, days):
    """While the one run has read its inputs, a late file comes and another run publishes some of its days."""
    some = [str(day) for day in rng.sample(days, rng.randint(1, len(days)))]
    other = [{"do": "land", "number": 31, "days": some}, *_steps(f"{run_id}-other", some)]
    trip = {"act": "other", "point": rng.choice(("staged", "audited")), "steps": other}
    return Fault(_steps(run_id, days), failed_with("PublishedMeanwhile"), trip)


def published_twice(rng, run_id, days):
    return Fault(_steps(run_id, days) * 2, failed_with("PublishedBefore"))


def older_backfill(rng, run_id, days):
    newest_first = [*_steps(f"{run_id}-newest", days[-1:]), *_steps(run_id, days[:1])]
    return Fault(newest_first, lambda ended, said: all(line.get("error", "") == "" for line in said))


KINDS = {
    **{f"killed: {point}": partial(killed_at, point) for point in RUN_POINTS},
    **{f"killed in the recovery: {point}": partial(killed_in_recovery, point) for point in RECOVERY_POINTS},
    "killed at any call": killed_at_any_call,
    "killed at any moment": killed_at_any_moment,
    **{f"disk full: {write}": partial(disk_full_at, write) for write in WRITES},
    "disk full from a point on": disk_full_from_a_point_on,
    "failing audit": failing_audit,
    "second writer": second_writer,
    "published twice": published_twice,
    "older backfill": older_backfill,
}

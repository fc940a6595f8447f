"""Who allows analytics: most at once, some never, some until they think better of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.streams import DAY_SECONDS

HABITS = ("gives", "withdraws", "refuses", "silent", "late", "signal")
SHARES = (0.78, 0.06, 0.05, 0.04, 0.03, 0.04)
"""How common each habit is among people; where no opt-out signal exists, those who would send it refuse."""

SAID_BY_PARENT = 0.5
"""Share of minors' statements that a parent made."""

Statement = dict[str, Any]


def consent_statements(cast: Cast) -> list[Statement]:
    """Return all statements in order of time. Accounts run by abusers consent: they want to be counted."""
    rng = cast.rng("consents")
    habits = rng.choice(len(HABITS), size=len(cast), p=SHARES)
    habits[cast.roles.bots] = habits[cast.roles.victim] = 0
    minors, parents = cast.minors(), rng.random(len(cast)) < SAID_BY_PARENT
    found = [
        said
        for actor in range(len(cast))
        for said in _said(cast, actor, HABITS[habits[actor]], bool(minors[actor] & parents[actor]), rng)
    ]
    found.sort(key=lambda said: said[1])
    return [_statement(cast, number, *said) for number, said in enumerate(found)]


def _said(
    cast: Cast, actor: int, habit: str, by_parent: bool, rng: np.random.Generator
) -> Iterator[tuple[int, int, bool, str]]:
    """Yield who said what, when and how; the first statement comes with the account unless it is late."""
    opened = int(cast.created[actor]) + int(rng.integers(0, 120))
    midway = max(opened, cast.start) + int(rng.uniform(0.1, 0.9) * cast.days * DAY_SECONDS)
    asked = "parent" if by_parent else "prompt"
    if habit in ("gives", "withdraws", "signal"):
        yield actor, opened, True, asked
    if habit == "refuses":
        yield actor, opened, False, asked
    if habit == "late":
        yield actor, midway, True, asked
    if habit == "withdraws":
        yield actor, midway, False, "support" if rng.random() < 0.1 else "settings"
    if habit == "signal":
        yield actor, midway, False, "gpc" if cast.region.opt_out_signal else "settings"


def _statement(cast: Cast, number: int, actor: int, time: int, given: bool, signal: str) -> Statement:
    notice = "2" if time >= cast.start - 3 * DAY_SECONDS else "1"
    return {
        "id": f"{cast.region.name}-s{number:07d}", "subject": cast.actor_id(actor), "purpose": "analytics",
        "given": given, "notice": notice, "signal": signal, "time": iso(time),
    }  # fmt: skip


def iso(time: int) -> str:
    """Return epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

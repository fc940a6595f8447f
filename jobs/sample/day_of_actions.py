"""One UTC day of actions of a region."""

from __future__ import annotations

from itertools import chain

from jobs.sample.activity import account_actions, ordinary_actions
from jobs.sample.cast import Cast
from jobs.sample.planted_actions import (
    channel_visitors,
    fake_actions,
    fraud_clicks,
    ring_actions,
    spam_actions,
    takeover_actions,
)
from jobs.sample.rows import Row
from jobs.sample.takeovers import Takeovers


def day_of_actions(cast: Cast, takeovers: Takeovers, day: int) -> list[Row]:
    """Return the UTC day's actions in order of time; ``planted`` names the abuse on those that abuse made.

    An owner whose account is taken over does nothing until back online.
    """
    away = {
        cast.actor_id(int(takeovers.actor[n])): (int(takeovers.seen[n]) * 1_000, int(takeovers.until[n]) * 1_000)
        for n in range(len(takeovers.actor))
    }
    never = (0, 0)
    own = (
        row
        for row in chain(ordinary_actions(cast, day), channel_visitors(cast, day))
        if not (away.get(row["actor"], never)[0] <= row["time_ms"] < away.get(row["actor"], never)[1])
    )
    rows = chain(
        own, account_actions(cast, day), ring_actions(cast, day), fake_actions(cast, day),
        takeover_actions(cast, takeovers, day), fraud_clicks(cast, day), spam_actions(cast, day),
    )  # fmt: skip
    return sorted(rows, key=lambda row: row["time_ms"])

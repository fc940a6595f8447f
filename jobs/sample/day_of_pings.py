"""One UTC day of positions of a region."""

from __future__ import annotations

from jobs.sample.cast import Cast
from jobs.sample.movement import ordinary_pings
from jobs.sample.pings import Pings, join
from jobs.sample.planted_pings import fake_pings, farm_pings, spoofed_pings
from jobs.sample.takeovers import Takeovers, offline, takeover_pings


def day_of_pings(cast: Cast, takeovers: Takeovers, day: int) -> Pings:
    """Return all fixes of the UTC day, ordinary and planted, in order of time."""
    ordinary = ordinary_pings(cast, day)
    ordinary = ordinary.take(~offline(takeovers, ordinary.actor, ordinary.time))
    victim = ordinary.take(ordinary.actor == cast.roles.victim)
    return join(
        (
            ordinary,
            fake_pings(cast, victim, day),
            farm_pings(cast, day),
            spoofed_pings(cast, day),
            takeover_pings(cast, takeovers, day),
        )
    )

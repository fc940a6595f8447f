"""When and from where accounts are taken over. The owner is offline while the intruder is at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.geography import Flags, Ints, Places
from jobs.sample.pings import Pings, fixes, join
from jobs.sample.streams import DAY_SECONDS

ABROAD = (
    ("CA", 45.42, -75.70), ("AU", -33.87, 151.21), ("BR", -15.79, -47.88), ("JP", 35.68, 139.69), ("ZA", -33.92, 18.42),
)  # fmt: skip
"""Countries and coordinates of capitals and other large cities, all far from both regions' centers."""

SESSION = 40 * 60
"""How long an intruder stays, in seconds."""


@dataclass(frozen=True, slots=True)
class Takeovers:
    """One row a takeover: ``seen`` is the owner's last fix, ``time`` the intruder's log-in (epoch seconds UTC)."""

    actor: Ints
    seen: Ints
    time: Ints
    abroad: Ints
    place: Places

    @property
    def until(self) -> Ints:
        """When the owner is back: as long after the intruder as the intruder came after the owner."""
        return np.asarray(self.time + SESSION + (self.time - self.seen))


def plan_takeovers(cast: Cast) -> Takeovers:
    """Return the takeovers. The gap is six minutes; hardness stretches it to ten hours, which a flight explains."""
    rng = cast.rng("takeovers")
    actor = cast.roles.takeovers
    count = len(actor)
    day = rng.integers(0, cast.days, count)
    seen = cast.start + day * DAY_SECONDS + 8 * 3_600 + rng.integers(0, 3_600, count)
    gap = np.asarray(6 * 60 * 100**cast.hardness * rng.uniform(0.8, 1.2, count), dtype=np.int64)
    reachable = [n for n, (_, lat, lon) in enumerate(ABROAD) if abs(cast.region.place(lat, lon)) > 3_000_000]
    abroad = rng.choice(reachable, size=count)
    cities = np.array([cast.region.place(lat, lon) for _, lat, lon in ABROAD])[abroad]
    return Takeovers(actor, seen, seen + gap, abroad, cities + rng.normal(0, 2_000, count))


def offline(takeovers: Takeovers, actor: Ints, time: Ints) -> Flags:
    """Return which moments of which actors fall between the owner's last sign and return."""
    out = np.zeros(len(actor), dtype=bool)
    for one, seen, until in zip(takeovers.actor, takeovers.seen, takeovers.until, strict=True):
        out |= (actor == one) & (time >= seen) & (time < until)
    return out


def on_day(takeovers: Takeovers, cast: Cast, day: int) -> Ints:
    """Return the indices of the takeovers of that UTC day; none runs over midnight."""
    return np.flatnonzero((takeovers.seen - cast.start) // DAY_SECONDS == day)


def takeover_pings(cast: Cast, takeovers: Takeovers, day: int) -> Pings:
    """Return the owners' last fixes at home and three of each intruder, on a device never seen before."""
    rng = cast.rng("takeover pings", day)
    rows = on_day(takeovers, cast, day)
    actor = takeovers.actor[rows]
    last = fixes(cast, actor, takeovers.seen[rows], cast.home[actor], rng, planted=False)
    thrice = np.repeat(rows, 3)
    time = takeovers.time[thrice] + np.tile([60, 600, 1_800], len(rows))
    place = takeovers.place[thrice] + rng.normal(0, 30, len(thrice)) + 1j * rng.normal(0, 30, len(thrice))
    intruder = fixes(cast, takeovers.actor[thrice], time, place, rng)
    intruder.device[:] = intruder_device(cast, thrice)
    return join((last, intruder))


def intruder_device(cast: Cast, takeover: Ints) -> Ints:
    """Return the device of the intruder of each takeover, by the takeover's index."""
    return np.asarray(2 * len(cast) + takeover)

from __future__ import annotations

import numpy as np

from jobs.sample.day_of_pings import day_of_pings
from jobs.sample.takeovers import plan_takeovers


def fastest(cast) -> float:
    """Mean over taken-over accounts of the greatest speed between following fixes, in m/s."""
    takeovers = plan_takeovers(cast)
    days = [day_of_pings(cast, takeovers, day) for day in range(cast.days)]
    speeds = []
    for actor in takeovers.actor:
        own = [pings.take(pings.actor == actor) for pings in days]
        time, place = np.concatenate([p.time for p in own]), np.concatenate([p.place for p in own])
        leaps, gaps = np.abs(np.diff(place)), np.diff(time)
        speeds.append((leaps / np.maximum(gaps, 1))[leaps > 1_000_000].max())
    return float(np.mean(speeds))


def test_an_intruder_is_faster_than_any_airplane_unless_camouflaged(cast_of):
    speeds = [fastest(cast_of(hardness)) for hardness in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[0] > 5_000
    assert speeds[-1] < 700


def test_an_owner_is_silent_while_the_intruder_is_at_work(cast_of):
    cast = cast_of()
    takeovers = plan_takeovers(cast)
    for day in range(cast.days):
        pings = day_of_pings(cast, takeovers, day)
        for actor, seen, until in zip(takeovers.actor, takeovers.seen, takeovers.until, strict=True):
            own = (pings.actor == actor) & (pings.device == cast.device[actor])
            assert not (own & (pings.time > seen) & (pings.time < until)).any()


def test_an_intruder_uses_a_device_nobody_else_has(cast_of):
    cast = cast_of()
    takeovers = plan_takeovers(cast)
    planted = [p.take(p.device >= 2 * len(cast)) for p in (day_of_pings(cast, takeovers, d) for d in range(cast.days))]
    pairs = {(a, d) for pings in planted for a, d in zip(pings.actor.tolist(), pings.device.tolist(), strict=True)}
    assert {actor for actor, _ in pairs} == set(takeovers.actor.tolist())
    assert len({device for _, device in pairs}) == len(takeovers.actor)

"""Positions that abuse makes: fakes around a victim, device farms and invented coordinates."""

from __future__ import annotations

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.geography import Ints
from jobs.sample.movement import HOUR
from jobs.sample.pings import Pings, fixes, join, noise
from jobs.sample.streams import DAY_SECONDS

HOTSPOTS = 3
TELEPORT_M = 45_000
SPAMMER_FIXES, FARM_FIXES, SPOOFER_FIXES = 3, 4, 10


def fake_pings(cast: Cast, victim: Pings, day: int) -> Pings:
    """Return fixes of all fakes at the victim's home, in each hour in which the victim (``victim``) was there.

    Camouflaged fakes miss up to two of five hours.
    """
    rng = cast.rng("fakes", day)
    at_home = victim.take(np.abs(victim.place - cast.home[cast.roles.victim]) < 300)
    hours = np.unique(at_home.time // HOUR)
    fakes = cast.roles.fakes
    actor, hour = np.repeat(fakes, len(hours)), np.tile(hours, len(fakes))
    time = hour * HOUR + rng.integers(0, HOUR, len(hour))
    around = cast.home[cast.roles.victim] + noise(np.full(len(hour), 60.0), rng)
    kept = rng.random(len(hour)) >= 0.4 * cast.hardness
    return fixes(cast, actor, time, around, rng).take(kept)


def farm_pings(cast: Cast, day: int) -> Pings:
    """Return the few fixes of rings, at their one place, and of spammers, at home."""
    rng = cast.rng("farms", day)
    actor = np.repeat(np.concatenate(cast.roles.rings), FARM_FIXES)
    actor = np.concatenate((actor, np.repeat(cast.roles.spammers, SPAMMER_FIXES)))
    place = cast.home[actor] + noise(np.full(len(actor), 15.0), rng)
    return fixes(cast, actor, _any_time(cast, day, len(actor), rng), place, rng)


def spoofed_pings(cast: Cast, day: int) -> Pings:
    """Return fixes at a group's hotspots: the same digits for all members, with leaps that nobody could travel.

    Camouflage adds jitter to that share of the fixes, and spares that share of the leaps.
    """
    rng = cast.rng("spoofers", day)
    batches = []
    for number, group in enumerate(cast.roles.spoofers):
        spots = _hotspots(cast, number)
        actor = np.repeat(group, SPOOFER_FIXES)
        count = len(actor)
        chosen = np.where(rng.random(count) < cast.hardness, 0, rng.integers(0, HOTSPOTS, count))
        jitter = noise(np.full(count, 15.0), rng) * (rng.random(count) < cast.hardness)
        batch = fixes(cast, actor, _any_time(cast, day, count, rng), spots[chosen] + jitter, rng)
        batch.accuracy[:] = np.where(jitter == 0, 5, batch.accuracy)
        batches.append(batch)
    return join(batches)


def _hotspots(cast: Cast, group: int) -> np.typing.NDArray[np.complex128]:
    """Return a group's invented places: one in the city, the others far enough for a leap to show."""
    rng = cast.rng("hotspots", group)
    spots = rng.normal(0, 600, HOTSPOTS) + 1j * rng.normal(0, 600, HOTSPOTS)
    spots[1:] += TELEPORT_M * np.exp(2j * np.pi * rng.random(HOTSPOTS - 1))
    return np.asarray(spots, dtype=np.complex128)


def _any_time(cast: Cast, day: int, count: int, rng: np.random.Generator) -> Ints:
    return np.asarray(cast.start + day * DAY_SECONDS + rng.integers(0, DAY_SECONDS, count))

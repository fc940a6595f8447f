"""How ordinary people move: at home by night, at work by day, commutes and errands between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.geography import Flags, Floats, Ints, Places
from jobs.sample.pings import Pings, accuracy, noise
from jobs.sample.streams import DAY_SECONDS

ACTIVE_SHARE, ERRAND_SHARE, TRACKED_TRIPS = 0.9, 0.35, 0.4
STANDING_FIXES = 11.0
HOUR = 3_600
AWAKE = np.array([0.15] * 6 + [0.6, 1.0] + [1.0] * 14 + [0.6, 0.3])
"""How likely a phone reports in each local hour, relative to the day."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """One row a person: when (local seconds) they are where (meters). Between knots they travel straight.

    Knots: home, leave, arrive at work, leave, arrive at the errand, leave, arrive home, home.
    """

    actor: Ints
    when: Floats
    where: Places


def timetables(cast: Cast, day: int) -> Timetable:
    """Return the day's timetables of those people who are active. Everybody is home before 19:45 local time."""
    rng = cast.rng("timetable", day)
    people = cast.roles.people
    active = rng.random(len(people)) < ACTIVE_SHARE
    people = people[active | (people == cast.roles.victim)]
    count = len(people)
    home, work = cast.home[people], cast.work[people]
    if (cast.start // DAY_SECONDS + 3 + day) % 7 >= 5:
        work = np.where(rng.random(count) < 0.5, home, cast.region.homes(count, rng))
    errand = np.where(rng.random(count) < ERRAND_SHARE, _shops(cast, count, rng), work)
    leave = np.clip(rng.normal(8, 0.6, count), 6.5, 9.5) * HOUR
    back = np.clip(rng.normal(16.75, 0.5, count), 15.5, 17.5) * HOUR
    arrive = leave + _travel_seconds(home, work)
    reach = back + _travel_seconds(work, errand)
    depart = reach + np.where(errand == work, 0, rng.uniform(20, 45, count) * 60)
    end = depart + _travel_seconds(errand, home)
    midnight, night = np.zeros(count), np.full(count, float(DAY_SECONDS))
    when = np.stack((midnight, leave, arrive, back, reach, depart, end, night), axis=1)
    return Timetable(people, when, np.stack((home, home, work, work, errand, errand, home, home), axis=1))


def ordinary_pings(cast: Cast, day: int) -> Pings:
    """Return the fixes of a UTC day of people who go about their lives, with honest noise."""
    rng = cast.rng("movement", day)
    table = timetables(cast, day)
    rows, local, tracked = _moments(cast, table, rng)
    segment = (local[:, None] >= table.when[rows, 1:7]).sum(axis=1)
    start, stop = table.when[rows, segment], table.when[rows, segment + 1]
    source, target = table.where[rows, segment], table.where[rows, segment + 1]
    share = (local - start) / np.maximum(stop - start, 1)
    radius = accuracy(len(rows), rng)
    moving = np.abs(target - source) > 0
    pace = np.where(moving, np.abs(target - source) / np.maximum(stop - start, 1), 0)
    speed = np.where(rng.random(len(rows)) < 0.3, np.nan, np.abs(pace * rng.uniform(0.8, 1.2, len(rows))))
    actor = table.actor[rows]
    utc = (local.astype(np.int64) - cast.region.utc_offset_h * HOUR) % DAY_SECONDS + cast.start + day * DAY_SECONDS
    pings = Pings(
        actor, cast.device[actor], utc, source + share * (target - source) + noise(radius, rng), radius, speed,
        np.where(tracked & moving, day * 10 + segment, -1), np.zeros(len(rows), dtype=bool),
    )  # fmt: skip
    return pings.take(utc >= cast.created[actor])


def _moments(cast: Cast, table: Timetable, rng: np.random.Generator) -> tuple[Ints, Floats, Flags]:
    """Return when phones report: row of the timetable, local second of the day, and whether a trip is recorded."""
    count = len(table.actor)
    standing = np.repeat(np.arange(count), rng.poisson(STANDING_FIXES, count))
    hours = rng.choice(24, size=len(standing), p=AWAKE / AWAKE.sum())
    rows, local = [standing], [hours * HOUR + rng.uniform(0, HOUR, len(standing))]
    for segment in (1, 3, 5):
        travels = np.abs(table.where[:, segment] - table.where[:, segment + 1]) > 0
        on_trip = np.repeat(np.flatnonzero(travels & (rng.random(count) < TRACKED_TRIPS)), 4)
        start, stop = table.when[on_trip, segment], table.when[on_trip, segment + 1]
        rows.append(on_trip)
        local.append(start + rng.random(len(on_trip)) * (stop - start))
    tracked = np.arange(sum(map(len, rows))) >= len(standing)
    return np.concatenate(rows), np.concatenate(local), tracked


def _shops(cast: Cast, count: int, rng: np.random.Generator) -> Places:
    """Return places of errands: a dozen shops in the city and its suburbs, the same every day."""
    fixed = cast.rng("shops")
    shops = fixed.normal(0, 900, 12) + 1j * fixed.normal(0, 900, 12)
    return np.asarray(shops[rng.integers(0, 12, count)], dtype=np.complex128)


def _travel_seconds(source: Places, target: Places) -> Floats:
    """Return how long a way takes: some minutes, then 6 m/s in town up to 20 m/s on a long road."""
    distance = np.abs(target - source)
    pace = 6 + 14 * np.minimum(distance / 15_000, 1)
    return np.where(distance > 0, 180 + distance / pace, 0)

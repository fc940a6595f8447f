"""A batch of positions as columns, and how a line of the file looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from jobs.sample.cast import Cast
from jobs.sample.geography import Flags, Floats, Ints, Places

HEADER = "event_id,actor,device,time,lat,lon,accuracy_m,speed_mps,trip"


@dataclass(frozen=True, slots=True)
class Pings:
    """Columns of equal length. ``time`` is epoch seconds UTC; ``accuracy`` meters; ``speed`` m/s, NaN when unknown;

    ``trip`` counts within the actor's trips, -1 outside; ``planted`` marks fixes that abuse made.
    """

    actor: Ints
    device: Ints
    time: Ints
    place: Places
    accuracy: Floats
    speed: Floats
    trip: Ints
    planted: Flags

    def __len__(self) -> int:
        """Return the number of fixes."""
        return len(self.time)

    def take(self, rows: Ints | Flags) -> Pings:
        """Return the rows of these indices, or those flagged."""
        return Pings(*(getattr(self, column.name)[rows] for column in fields(self)))


def join(batches: Sequence[Pings]) -> Pings:
    """Return the batches' rows in order of time."""
    columns = (np.concatenate([getattr(batch, column.name) for batch in batches]) for column in fields(Pings))
    joined = Pings(*columns)
    return joined.take(np.argsort(joined.time, kind="stable"))


def fixes(
    cast: Cast, actor: Ints, time: Ints, place: Places, rng: np.random.Generator, *, planted: bool = True
) -> Pings:
    """Return exact, standing fixes on the actors' main devices, with an accuracy that a phone would report."""
    count = len(actor)
    return Pings(
        actor, cast.device[actor], np.asarray(time, dtype=np.int64), np.asarray(place, dtype=np.complex128),
        accuracy(count, rng), np.full(count, np.nan), np.full(count, -1), np.full(count, planted),
    )  # fmt: skip


def accuracy(count: int, rng: np.random.Generator) -> Floats:
    """Return 68% radii in meters, log-normal around 12 m as phones in towns report."""
    return np.clip(np.exp(rng.normal(np.log(12), 0.6, count)), 3, 150).round()


def noise(radii: Floats, rng: np.random.Generator) -> Places:
    """Return errors of which 68% lie within ``radii`` (Rayleigh: radius = 1.51 sigma)."""
    count = len(radii)
    return np.asarray((rng.normal(0, 1, count) + 1j * rng.normal(0, 1, count)) * radii / 1.51, dtype=np.complex128)


def lines(cast: Cast, pings: Pings, first_event: int) -> list[str]:
    """Return one CSV line a fix, without line ends; events are numbered from ``first_event``."""
    region = cast.region
    times = np.datetime_as_string(pings.time.astype("datetime64[s]")).tolist()
    columns = zip(
        pings.actor.tolist(), pings.device.tolist(), times, region.latitudes(pings.place).tolist(),
        region.longitudes(pings.place).tolist(), pings.accuracy.tolist(), pings.speed.tolist(), pings.trip.tolist(),
        strict=True,
    )  # fmt: skip
    name = region.name
    return [
        f"{name}-p{event:08d},{name}-a{actor:06d},{name}-d{device:06d},{time}Z,{lat:.6f},{lon:.6f},{radius:.0f},"
        f"{'' if speed != speed else format(speed, '.1f')},{'' if trip < 0 else f'{name}-t{actor:06d}-{trip}'}"
        for event, (actor, device, time, lat, lon, radius, speed, trip) in enumerate(columns, first_event)
    ]

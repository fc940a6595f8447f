"""Who is in the sample: every account with its home, work, devices and the abuse planted on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from jobs.sample.geography import Flags, Floats, Ints, Places, Region
from jobs.sample.roles import Roles, assign_roles
from jobs.sample.streams import DAY_SECONDS, stream

MINOR_SHARE, WORKER_SHARE, NEW_SHARE, TABLET_SHARE = 0.05, 0.75, 0.03, 0.03


@dataclass(frozen=True, slots=True)
class Cast:
    """One region's accounts, by index. Times are epoch seconds UTC, places are meters (see ``geography``).

    ``tablet`` is a second device, -1 when there is none; a few couples share one. ``address`` numbers home networks.
    """

    region: Region
    roles: Roles
    start: int
    days: int
    seed: int
    hardness: float
    birth_year: Ints
    created: Ints
    home: Places
    work: Places
    device: Ints
    tablet: Ints
    address: Ints

    def __len__(self) -> int:
        """Return the number of accounts."""
        return len(self.device)

    def rng(self, topic: str, day: int = 0) -> np.random.Generator:
        """Return the random stream of a topic on a day."""
        return stream(self.seed, self.region.name, topic, day)

    def actor_id(self, actor: int) -> str:
        """Return the account's identifier as the source names it."""
        return f"{self.region.name}-a{actor:06d}"

    def device_id(self, device: int) -> str:
        """Return the device's identifier as the source names it."""
        return f"{self.region.name}-d{device:06d}"

    def minors(self) -> Flags:
        """Return who is at most 15 years old in the sample's year: a minor in every jurisdiction."""
        return np.asarray(self.birth_year >= self.birth_year_of(15))

    def birth_year_of(self, age: int) -> int:
        """Return the birth year of those who reach ``age`` in the sample's year."""
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.start // DAY_SECONDS).year - age


def make_cast(region: Region, *, actors: int, start: date, days: int, seed: int, hardness: float) -> Cast:
    """Return the cast of a region; the ordinary people in it do not depend on ``hardness``."""
    rng = stream(seed, region.name, "cast")
    epoch = (start - date(1970, 1, 1)).days * DAY_SECONDS
    roles = assign_roles(actors, rng, hardness)
    home = region.homes(actors, rng)
    works = rng.random(actors) < WORKER_SHARE
    work = np.where(works, _workplaces(region, actors, rng), home)
    _plant_places(region, roles, home, work, rng)
    ages = np.where(rng.random(actors) < MINOR_SHARE, rng.integers(12, 16, actors), rng.integers(19, 76, actors))
    ages[roles.adults] = rng.integers(21, 60, len(roles.adults))
    address = np.arange(actors)
    for farm in roles.farms:
        address[farm] = address[farm[0]]
    return Cast(
        region, roles, epoch, days, seed, hardness, start.year - ages, _created(roles, epoch, days, hardness, rng),
        home, work, roles.device, _tablets(actors, roles, rng), address,
    )  # fmt: skip


def _workplaces(region: Region, count: int, rng: np.random.Generator) -> Places:
    """Return workplaces: two of three in the city, the others where people live."""
    city = region.settlements[0]
    central = rng.normal(0, city.radius_m / 3, count) + 1j * rng.normal(0, city.radius_m / 3, count)
    return np.where(rng.random(count) < 0.67, city.place + central, region.homes(count, rng))


def _plant_places(region: Region, roles: Roles, home: Places, work: Places, rng: np.random.Generator) -> None:
    """Put the victim, alone, into the far town, the fakes around the victim and every ring at one place."""
    far = region.settlements[-1].place
    home[roles.victim] = far + complex(*rng.uniform(-150, 150, 2))
    work[roles.victim] = complex(*rng.uniform(-300, 300, 2))
    for farm in (*roles.rings, roles.fakes):
        home[farm] = home[farm[0]]
    home[roles.fakes] = home[roles.victim]
    work[roles.bots] = home[roles.bots]


def _created(roles: Roles, start: int, days: int, hardness: float, rng: np.random.Generator) -> Ints:
    """Return when accounts were made: in the week before, a few during the sample; abusive ones last.

    The platform opened a week ago, so that a sample holds few dates. Camouflaged accounts are older.
    """
    count = len(roles.device)
    age_days: Floats = rng.uniform(0.5, 6.5, count)
    new = rng.random(count) < NEW_SHARE
    age_days[new] = rng.uniform(-days, 0, int(new.sum()))
    age_days[roles.adults] = rng.uniform(0.5, 6.5, len(roles.adults))
    age_days[roles.bots] = rng.uniform(0.1, 0.5 + 5 * hardness, len(roles.bots))
    for farm in roles.farms:
        age_days[farm] = age_days[farm[0]] + rng.uniform(0, 0.05 + hardness, len(farm))
    return np.asarray(start - age_days * DAY_SECONDS, dtype=np.int64)


def _tablets(count: int, roles: Roles, rng: np.random.Generator) -> Ints:
    """Return second devices: some have one, and some of those share it with a partner."""
    tablet = np.full(count, -1, dtype=np.int64)
    owners = rng.permutation(np.setdiff1d(np.arange(count), roles.bots))[: int(count * TABLET_SHARE)]
    tablet[owners] = count + owners
    couples = owners[: len(owners) // 4 * 2]
    tablet[couples[1::2]] = tablet[couples[::2]]
    return tablet

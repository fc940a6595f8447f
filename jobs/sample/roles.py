"""Which accounts abuse, which are abused, and with what devices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.sample.geography import Ints

LEAST_ACTORS = 80
FAKES = 9
"""Accounts around the victim: with the victim they are the ten that k = 10 asks for."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Indices of accounts by role; nobody has two. ``device`` is everybody's main device, by account."""

    victim: int
    fakes: Ints
    rings: tuple[Ints, ...]
    takeovers: Ints
    spoofers: tuple[Ints, ...]
    clickers: Ints
    spammers: Ints
    advertisers: Ints
    creators: Ints
    ordinary: Ints
    device: Ints

    @property
    def farms(self) -> tuple[Ints, ...]:
        """Groups of accounts run by one hand, each on shared devices."""
        return (*self.rings, self.fakes)

    @property
    def bots(self) -> Ints:
        """Accounts that are no person: rings, fakes, spoofers, fraudulent clickers and spammers."""
        return np.concatenate((*self.rings, self.fakes, *self.spoofers, self.clickers, self.spammers))

    @property
    def adults(self) -> Ints:
        """Accounts that must be old enough for their part."""
        return np.concatenate((self.bots, self.takeovers, self.advertisers, self.creators, [self.victim]))

    @property
    def people(self) -> Ints:
        """Accounts of persons who carry a phone around, the victim included."""
        return np.sort(np.concatenate((self.ordinary, self.creators, self.takeovers, [self.victim])))

    def abuse(self) -> dict[int, tuple[str, str]]:
        """Return the planted abuse of every account that has some: what it is and its group."""
        found = {int(a): ("ring", f"ring-{n}") for n, ring in enumerate(self.rings) for a in ring}
        found |= {int(a): ("spoofed", f"spoof-{n}") for n, group in enumerate(self.spoofers) for a in group}
        found |= {int(a): ("fake_neighbor", "victim-0") for a in self.fakes}
        found |= {int(a): ("takeover", "") for a in self.takeovers}
        found |= {int(a): ("click_fraud", "channel-0") for a in self.clickers}
        found |= {int(a): ("spam", "") for a in self.spammers}
        return found | {self.victim: ("victim", "victim-0")}


def assign_roles(actors: int, rng: np.random.Generator, hardness: float) -> Roles:
    """Deal the roles to ``actors`` accounts in random order; who has which does not depend on ``hardness``."""
    deck = rng.permutation(actors)
    dealt = 0

    def deal(count: int) -> Ints:
        nonlocal dealt
        dealt += count
        return deck[dealt - count : dealt]

    victim, fakes = int(deal(1)[0]), deal(FAKES)
    rings = tuple(deal(int(size)) for size in rng.integers(6, 10, max(2, actors // 200)))
    takeovers = deal(max(3, actors // 80))
    spoofers = tuple(deal(4) for _ in range(max(1, actors // 200)))
    clickers, spammers = deal(max(5, actors // 40)), deal(max(3, actors // 60))
    advertisers, creators = deal(max(2, actors // 100)), deal(actors // 12)
    device = np.arange(actors)
    for ring in rings:
        _share(device, ring, round(2 + hardness * (0.75 * len(ring) - 2)))
    _share(device, fakes, round(3 + 4 * hardness))
    return Roles(
        victim, fakes, rings, takeovers, spoofers, clickers, spammers, advertisers, creators, deck[dealt:], device
    )


def _share(device: Ints, group: Ints, devices: int) -> None:
    """Let a group use only the devices of its first ``devices`` members."""
    device[group] = device[group[np.arange(len(group)) % devices]]

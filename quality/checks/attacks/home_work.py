"""Re-identification by home and work: who sleeps in this cell and works in that one is often one person.

The threat is that of Golle and Partridge (Pervasive 2009): home and work by census block single out most Americans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from quality.checks.attacks.finding import Attack, Finding, judge, limit_over_chance
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.linking import hits, names_of, sample
from quality.checks.attacks.points import Ints

HOME_WORK = Attack(
    "home_work",
    "Whoever knows where people live and work finds their rows no more often than a crowd of k or chance allows.",
    "Ask for a larger `k`, which costs visits; leave out the surroundings of homes and work places (`home_and_work`) or"
    " of both ends of trips (`trips.trim_m`), which costs those; or coarsen cells (`tiles`), which costs place.",
)

NIGHT, OFFICE = (21, 6), (9, 17)
"""Local hours [from, to): people are at home then, and on working days at work."""

_HOUR, _DAY, _THURSDAY = 3_600, 86_400, 3  # 1970-01-01 was the fourth day of its week


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Rows (n,): the published ``ids`` (pseudonyms or classes), whose row it truly is, where and when.

    ``owners`` number the subjects and are known to the auditor only. ``seconds`` since the epoch may be coarse. What is
    known of places may be (n, levels): all codes that a release may tell a place by, finest first and -1 for none.
    """

    ids: Ints
    owners: Ints
    places: Ints
    seconds: Ints


def attack_home_work(
    released: Visits,
    known: Visits,
    raw: Visits,
    *,
    k: int,
    margin: float = 0.01,
    utc_offset: float = 0.0,
    targets: int = 2_000,
    seed: int,
) -> Finding:
    """Return how often the best fit to a subject's home and work is the subject: at most 1/k or chance + margin.

    ``known`` are the raw rows with their places in the codes of the release: what an attacker knows of its cells.
    ``raw`` are the same rows at full precision, and the positive control. ``utc_offset`` (hours) makes local time.
    """
    found, chance = reidentify(released, known, utc_offset=utc_offset, targets=targets, seed=seed)
    control, _ = reidentify(raw, raw, utc_offset=utc_offset, targets=targets, seed=seed)
    return judge(HOME_WORK, found, control, limit=limit_over_chance(chance, k=k, margin=margin), baseline=chance)


def reidentify(
    released: Visits, known: Visits, *, utc_offset: float, targets: int, seed: int
) -> tuple[Estimate, float]:
    """Return the top-1 rate over subjects of the release whose home or work is known, and that of chance.

    An id's score is the sum of its share of night hours at the home, of office hours at the work place, and of all
    hours at either, so that rows without a time of day are linked too.
    """
    rng = np.random.default_rng(seed)
    homes, works = (_favorites(known, when, utc_offset) for when in (_at_night, _at_work))
    here = np.intersect1d(np.union1d(homes[0], works[0]), released.owners)
    people = sample(here, targets, rng)
    if not len(people):
        return wilson(0, 0), 0.0
    ids, names = names_of(released.ids, released.owners)
    hours = (_at_night(released.seconds, utc_offset), _at_work(released.seconds, utc_offset), np.full(len(ids), True))
    scores: Any = sum(
        _shares(released.places, ids, rows, _looked_up(favorites, people), len(people))
        for favorites, some in ((homes, hours[0]), (works, hours[1]))
        for rows in (some, hours[2])
    )
    return hits(lambda block: scores[block], names, people, rng), names.chance(people)


def _at_night(seconds: Ints, utc_offset: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    hour = (seconds + round(utc_offset * _HOUR)) % _DAY // _HOUR
    return (hour >= NIGHT[0]) | (hour < NIGHT[1])


def _at_work(seconds: Ints, utc_offset: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    local = seconds + round(utc_offset * _HOUR)
    hour, weekday = local % _DAY // _HOUR, (local // _DAY + _THURSDAY) % 7
    return (hour >= OFFICE[0]) & (hour < OFFICE[1]) & (weekday < 5)


def _favorites(known: Visits, when: Any, utc_offset: float) -> tuple[Ints, Ints]:
    """Return the subjects seen in those hours, ascending, and the place (s, levels) of each in most distinct hours."""
    rows = when(known.seconds, utc_offset)
    places = known.places.reshape(len(known.places), -1)[rows]
    fine, where = np.unique(places[:, 0], return_index=True)
    stays, counts = _stays(known.owners[rows], np.searchsorted(fine, places[:, 0]), known.seconds[rows] // _HOUR)
    order = np.lexsort((counts, stays[:, 0]))
    last = np.append(stays[order][1:, 0] != stays[order][:-1, 0], True)[: len(order)]
    return stays[order][last, 0], places[where][stays[order][last, 1]]


def _stays(owners: Ints, places: Ints, hours: Ints) -> tuple[Ints, Ints]:
    """Return the distinct pairs (m, 2) of an owner and a place, and in how many distinct hours they were seen."""
    width, first = int(places.max(initial=0)) + 1, int(hours.min(initial=0))
    span = int(hours.max(initial=0)) - first + 1
    distinct = np.unique((owners.astype(np.int64) * width + places) * span + hours - first)
    pairs, counts = np.unique(distinct // span, return_counts=True)
    return np.stack([pairs // width, pairs % width], axis=1), counts


def _looked_up(favorites: tuple[Ints, Ints], people: Ints) -> tuple[Ints, Ints]:
    """Return which of ``people`` (their positions) have a favorite place, and its codes; one pair for each code."""
    _, at, found = np.intersect1d(people, favorites[0], return_indices=True)
    codes = favorites[1][found]
    told = codes >= 0
    return np.repeat(at, told.sum(axis=1)), codes[told]


def _shares(placed: Ints, ids: Ints, rows: Any, sought: tuple[Ints, Ints], people: int) -> Any:
    """Return (people, ids): the share of an id's ``rows`` at the place sought for a person."""
    from scipy.sparse import csr_matrix

    places, column = np.unique(sought[1], return_inverse=True)
    spot = np.minimum(np.searchsorted(places, placed), max(len(places) - 1, 0))
    there = rows & (places[spot] == placed) if len(places) else np.zeros(len(ids), dtype=bool)
    count = int(ids.max()) + 1
    weights = 1 / np.bincount(ids[rows], minlength=count)[ids[there]]
    shares = csr_matrix((weights, (spot[there], ids[there])), shape=(len(places), count))
    return csr_matrix((np.ones(len(column)), (sought[0], column)), shape=(people, len(places))) @ shares

"""Singling out: a published row, read as a question, fits exactly one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.control_group import Trial, drawn, judge_trials
from quality.checks.attacks.finding import Attack, Finding, judge
from quality.checks.attacks.intervals import Estimate, counted, wilson
from quality.checks.attacks.released_columns import People, Released, classes_of, published_exactly, size_of

SINGLING_OUT = Attack(
    "singling_out",
    "Questions read off the published rows fit exactly one of the release's people no more often than of others.",
    "Raise `k` so that classes grow, generalize or drop a column that is published as it is (`keep`): more people in a"
    " class cost the precision of their values.",
)

IN_POPULATION = Attack(
    "singling_out",
    "Questions read off the published rows fit exactly one person of the population hardly ever.",
    "Raise `k` of `k_map`, lower `maximum` of `delta_presence`, or generalize: it costs the precision of their values.",
)

LEAST = 100
"""Questions that are asked at least: of fewer, no success at all still leaves 5% open."""

SUBSETS = 50
"""Sets of columns that questions are made of, at most."""

HELD = 8_000_000
"""People whom a value fits that are held at a time: 64 MB."""

Question = tuple[tuple[str, ...], NDArray[np.int64]]
"""Columns, and the number of the published value that a person must fit in each."""


def attack_singling_out(
    released: Released,
    members: People,
    others: People,
    *,
    categories: Mapping[str, int],
    columns: int | None = None,
    limit: float,
    guesses: int = 2_000,
    seed: int,
) -> Finding:
    """Return the gain of questions read off the release (Giomi et al., PETS 2023): main - control, within ``limit``.

    ``released`` are the published columns that an attacker may know. ``members`` are the true values of its people, a
    person a row, and ``others`` those of people held out. ``columns`` of a row make a question: 1 is the univariate
    attack; all, by default, fit the fewest in a truthful release. ``categories`` counts those of each column of sets.
    """
    raw = published_exactly({name: members[name] for name in released}, categories)
    trials = [
        single_out(rows, members, others, columns=columns, guesses=guesses, seed=seed) for rows in (released, raw)
    ]
    return judge_trials(SINGLING_OUT, *trials, limit=limit)


def attack_singling_out_in(
    released: Released,
    members: People,
    population: People,
    *,
    categories: Mapping[str, int],
    limit: float,
    guesses: int = 2_000,
    seed: int,
) -> Finding:
    """Return how often a question read off the release fits exactly one of the ``population``, within ``limit``.

    It is whom k-map and delta-presence hide people among: who does not know who of them is in the release is left with
    as many as a question fits of all. Everybody is there, so that no control group is left; nothing is subtracted.
    """
    raw = published_exactly({name: members[name] for name in released}, categories)
    (reached, chance), (control, _) = (
        _single_out_in(rows, population, guesses=guesses, seed=seed) for rows in (released, raw)
    )
    return judge(IN_POPULATION, reached, control, limit=limit, baseline=chance.value)


def _single_out_in(released: Released, people: People, *, guesses: int, seed: int) -> tuple[Estimate, Estimate]:
    """Return how often a question fits exactly one of the people, and by chance."""
    rng, sets = np.random.default_rng(seed), [tuple(released)]
    asked, classes = _rarest(released, sets, guesses, rng)
    every = 0 < len(asked) == classes
    reached = (_nobody(released, asked, people) if every else None) or _alone(released, asked, people)
    return reached, _alone(released, _unrelated(released, sets, len(asked), rng), people)


def single_out(
    released: Released, members: People, others: People, *, columns: int | None = None, guesses: int, seed: int
) -> Trial:
    """Return how often a question fits exactly one of the members, one of the others, and by chance one of the members.

    The attacker asks what a single published row answers, and up to ``LEAST`` questions what the fewest do; where no
    row is single, up to ``guesses``. So a few people in the open are not lost among the crowd. By chance means values
    of unrelated rows. Of the larger group a sample of the smaller one's size is asked: who is alone depends on how many
    there are. Few classes make few questions; where these are all that can be asked, and each fits several members,
    that nobody is alone is counted and has no interval. One who is alone is a success among as few as they are.
    """
    rng = np.random.default_rng(seed)
    size = min(size_of(members), size_of(others))
    people, strangers = (drawn(group, size, rng)[1] for group in (members, others))
    sets = _column_sets(tuple(released), columns, rng)
    asked, classes = _rarest(released, sets, guesses, rng)
    chance = _unrelated(released, sets, len(asked), rng)
    every = columns is None and 0 < len(asked) == classes and size > 0
    main = (_nobody(released, asked, members) if every else None) or _alone(released, asked, people)
    return Trial(main, _alone(released, asked, strangers), _alone(released, chance, people))


def _nobody(released: Released, asked: list[Question], people: People) -> Estimate | None:
    """Return that nobody is alone, as a count and no sample, if ``asked`` are all questions and each fits two or more.

    Then so does every question of fewer columns, which fits whom it fits: there is none left that could be asked.
    """
    return None if any(len(fit) < 2 for fit in _fits(released, asked, people)) else counted(0, len(asked))


def _column_sets(names: tuple[str, ...], columns: int | None, rng: np.random.Generator) -> list[tuple[str, ...]]:
    wanted = min(columns or len(names), len(names))
    if comb(len(names), wanted) <= SUBSETS:
        return list(combinations(names, wanted))
    return [tuple(np.array(names)[rng.choice(len(names), wanted, replace=False)].tolist()) for _ in range(SUBSETS)]


def _rarest(
    released: Released, sets: list[tuple[str, ...]], guesses: int, rng: np.random.Generator
) -> tuple[list[Question], int]:
    """Return questions that the fewest published rows answer, of those that one does all, and how many there are."""
    found: list[tuple[int, float, Question]] = []
    there_are = 0
    for names in sets:
        classes = classes_of(released, names)
        rows = np.bincount(classes.of, minlength=len(classes.values))
        there_are += len(rows)
        rarest = np.lexsort((rng.random(len(rows)), rows))[:guesses]
        found += [(int(rows[one]), rng.random(), (names, classes.values[one])) for one in rarest]
    found.sort(key=lambda one: one[:2])
    single = sum(rows == 1 for rows, _, _ in found)
    most = min(guesses, max(single, LEAST)) if single else guesses
    return [question for *_, question in found[:most]], there_are


def _unrelated(
    released: Released, sets: list[tuple[str, ...]], guesses: int, rng: np.random.Generator
) -> list[Question]:
    size, found = size_of(released), list[Question]()
    for number in rng.integers(len(sets), size=guesses):
        values = [released[name].codes[rng.integers(size)] for name in sets[number]]
        found.append((sets[number], np.array(values)))
    return found


def _alone(released: Released, questions: list[Question], people: People) -> Estimate:
    """Return how many questions fit exactly one of the people."""
    return wilson(sum(len(fit) == 1 for fit in _fits(released, questions, people)), len(questions))


def _fits(released: Released, questions: list[Question], people: People) -> Iterator[NDArray[np.int64]]:
    """Give whom of the people each question fits; the column of most values first, as it leaves the fewest."""
    most_values = {name: -int(column.codes.max(initial=0)) for name, column in released.items()}

    @lru_cache(maxsize=max(1, HELD // max(1, size_of(people))))
    def fit(name: str, code: int) -> NDArray[np.int64]:
        return np.flatnonzero(released[name].fits(code, people[name]))

    for names, codes in questions:
        first, *others = sorted(zip(names, codes.tolist(), strict=True), key=lambda one: most_values[one[0]])
        left = fit(*first)
        for name, code in others:
            left = left[released[name].fits(code, people[name][left])]
        yield left

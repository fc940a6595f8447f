"""Singling out: a published row, read as a question, fits exactly one person."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.control_group import Trial, drawn, judge_trials
from quality.checks.attacks.finding import Attack, Finding
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.released_columns import People, Released, classes_of, published_exactly, size_of

SINGLING_OUT = Attack(
    "singling_out",
    "Questions read off the published rows fit exactly one of the release's people no more often than of others.",
    "Raise `k` so that classes grow, generalize or drop a column that is published as it is (`keep`): more people in a"
    " class cost the precision of their values.",
)

LEAST = 100
"""Questions that are asked at least: of fewer, no success at all still leaves 5% open."""

SUBSETS = 50
"""Sets of columns that questions are made of, at most."""

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


def single_out(
    released: Released, members: People, others: People, *, columns: int | None = None, guesses: int, seed: int
) -> Trial:
    """Return how often a question fits exactly one of the members, one of the others, and by chance one of the members.

    The attacker asks what a single published row answers, and up to ``LEAST`` questions what the fewest do; where no
    row is single, up to ``guesses``. So a few people in the open are not lost among the crowd. By chance means values
    of unrelated rows. Of the larger group a sample of the smaller one's size is asked: who is alone depends on how many
    there are.
    """
    rng = np.random.default_rng(seed)
    size = min(size_of(members), size_of(others))
    people, strangers = (drawn(group, size, rng)[1] for group in (members, others))
    sets = _column_sets(tuple(released), columns, rng)
    asked = _rarest(released, sets, guesses, rng)
    chance = _unrelated(released, sets, len(asked), rng)
    return Trial(_alone(released, asked, people), _alone(released, asked, strangers), _alone(released, chance, people))


def _column_sets(names: tuple[str, ...], columns: int | None, rng: np.random.Generator) -> list[tuple[str, ...]]:
    wanted = min(columns or len(names), len(names))
    if comb(len(names), wanted) <= SUBSETS:
        return list(combinations(names, wanted))
    return [tuple(np.array(names)[rng.choice(len(names), wanted, replace=False)].tolist()) for _ in range(SUBSETS)]


def _rarest(released: Released, sets: list[tuple[str, ...]], guesses: int, rng: np.random.Generator) -> list[Question]:
    """Return questions that the fewest published rows answer: of those that one does, all."""
    found: list[tuple[int, float, Question]] = []
    for names in sets:
        classes = classes_of(released, names)
        rows = np.bincount(classes.of, minlength=len(classes.values))
        rarest = np.lexsort((rng.random(len(rows)), rows))[:guesses]
        found += [(int(rows[one]), rng.random(), (names, classes.values[one])) for one in rarest]
    found.sort(key=lambda one: one[:2])
    single = sum(rows == 1 for rows, _, _ in found)
    return [question for *_, question in found[: min(guesses, max(single, LEAST)) if single else guesses]]


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
    alone, everybody = 0, np.arange(size_of(people))
    for names, codes in questions:
        left = everybody
        for name, code in zip(names, codes, strict=True):
            left = left[released[name].fits(int(code), people[name][left])]
        alone += len(left) == 1
    return wilson(alone, len(questions))

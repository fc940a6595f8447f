"""Singling out: a published row, read as a question, fits exactly one person."""

from __future__ import annotations

from typing import Literal

import numpy as np

from quality.checks.attacks.control_group import Trial, drawn, judge_trials
from quality.checks.attacks.finding import Attack, Finding
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.released_columns import People, Released, published_exactly, size_of

SINGLING_OUT = Attack(
    "singling_out",
    "Questions read off the published rows fit exactly one of the release's people no more often than of others.",
    "Raise `k` so that classes grow, generalize or drop a column that is published as it is (`keep`): more people in a"
    " class cost the precision of their values.",
)

Questions = list[dict[str, int]]
"""For each guess, columns and the number of the published value that a person must fit in each."""


def attack_singling_out(
    released: Released,
    members: People,
    others: People,
    *,
    categories: dict[str, int],
    columns: int | None = None,
    limit: float,
    guesses: int = 2_000,
    seed: int,
) -> Finding:
    """Return the gain of multivariate guesses (Giomi et al., PETS 2023): main - control, within ``limit``.

    ``members`` are the true values of the release's people, a person a row, and ``others`` those of people held out.
    ``columns`` of a row, all of them by default, make a question: in a truthful release, more columns fit fewer.
    ``categories`` counts those of each column of sets.
    """
    raw = published_exactly(members, categories)
    trials = [
        single_out(rows, members, others, columns=columns, guesses=guesses, seed=seed) for rows in (released, raw)
    ]
    return judge_trials(SINGLING_OUT, *trials, limit=limit)


def single_out(
    released: Released,
    members: People,
    others: People,
    *,
    columns: int | None = None,
    kind: Literal["multivariate", "univariate"] = "multivariate",
    guesses: int,
    seed: int,
) -> Trial:
    """Return how often a question fits exactly one of the members, one of the others, and by chance one of the members.

    Of the larger group a sample of the smaller one's size is asked: who is alone depends on how many there are.
    ``univariate`` guesses ask for one value, the rarest published first. By chance means values of unrelated rows.
    """
    rng = np.random.default_rng(seed)
    size = min(size_of(members), size_of(others))
    people, strangers = (drawn(group, size, rng)[1] for group in (members, others))
    wanted = 1 if kind == "univariate" else min(columns or len(released), len(released))
    asked = _rarest_values(released, guesses) if kind == "univariate" else _rows(released, wanted, guesses, rng)
    chance = _unrelated(released, wanted, len(asked), rng)
    return Trial(_alone(released, asked, people), _alone(released, asked, strangers), _alone(released, chance, people))


def _rows(released: Released, columns: int, guesses: int, rng: np.random.Generator) -> Questions:
    names, size = list(released), size_of(released)
    if not size:
        return []
    return [
        {names[c]: int(released[names[c]].codes[row]) for c in rng.choice(len(names), columns, replace=False)}
        for row in rng.integers(size, size=guesses)
    ]


def _unrelated(released: Released, columns: int, guesses: int, rng: np.random.Generator) -> Questions:
    names, size = list(released), size_of(released)
    return [
        {names[c]: int(released[names[c]].codes[rng.integers(size)]) for c in rng.choice(len(names), columns, False)}
        for _ in range(guesses)
    ]


def _rarest_values(released: Released, guesses: int) -> Questions:
    counts = [
        (int(count), name, int(code))
        for name, column in released.items()
        for code, count in zip(*np.unique(column.codes, return_counts=True), strict=True)
    ]
    return [{name: code} for _, name, code in sorted(counts)[:guesses]]


def _alone(released: Released, questions: Questions, people: People) -> Estimate:
    """Return how many questions fit exactly one of the people."""
    alone, everybody = 0, np.arange(size_of(people))
    for question in questions:
        left = everybody
        for name, code in question.items():
            left = left[released[name].fits(code, people[name][left])]
        alone += len(left) == 1
    return wilson(alone, len(questions))

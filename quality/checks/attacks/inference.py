"""Inference: what is known of a person, with the release, tells a secret of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quality.checks.attacks.control_group import Trial, drawn, judge_trials
from quality.checks.attacks.finding import Attack, Finding
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.nearest import nearest_class, nearest_rows
from quality.checks.attacks.released_columns import (
    Codes,
    Column,
    Exact,
    Intervals,
    People,
    Released,
    Sets,
    published_exactly,
    size_of,
)

INFERENCE = Attack(
    "inference",
    "The release tells a secret of its own people no better than of others, for whom it is a statistic.",
    "Ask for diversity (`l_diversity`) or closeness (`t_closeness`) of the sensitive column, or raise `k`: either makes"
    " classes larger and costs the precision of the other columns.",
)

Guess = Literal["row", "commonest"]

TOLERANCE = 0.05
"""A guessed number is right within this share of the true one, as in Anonymeter."""


def attack_inference(
    released: Released,
    members: People,
    others: People,
    *,
    secret: str,
    categories: Mapping[str, int],
    guess: Guess = "row",
    limit: float,
    targets: int = 2_000,
    seed: int,
) -> Finding:
    """Return the gain of guesses of ``secret`` (Giomi et al., PETS 2023): main - control, within ``limit``.

    All other columns are known. ``members``, ``others`` and ``categories`` are as for singling out.
    """
    raw = published_exactly({name: members[name] for name in released}, categories)
    trials = [
        infer(rows, members, others, secret=secret, guess=guess, targets=targets, seed=seed) for rows in (released, raw)
    ]
    return judge_trials(INFERENCE, *trials, limit=limit)


def infer(
    released: Released,
    members: People,
    others: People,
    *,
    secret: str,
    guess: Guess = "row",
    targets: int,
    seed: int,
) -> Trial:
    """Return how often the secret of members and of others is guessed, and that of members from a random row.

    The guess is the secret of the published row nearest to what is known, as in the paper; of equal rows, one by
    chance. ``commonest`` takes the commonest secret of the nearest class instead: a stronger attack, and a strict gate,
    since a person's own row leans on the majority of a small class.
    """
    rng = np.random.default_rng(seed)
    if not size_of(released):
        return Trial(wilson(0, 0), wilson(0, 0), wilson(0, 0))
    known = tuple(name for name in released if name != secret)
    column, found = released[secret], list[Estimate]()
    for people in (members, others):
        group = drawn(people, targets, rng)[1]
        if guess == "commonest":
            classes, near = nearest_class(released, group, known, rng)
            guessed = _commonest(classes.of, column.codes, len(classes.values))[near]
        else:
            guessed = column.codes[np.concatenate(nearest_rows(released, group, known, 1, rng))]
        found.append(_right(column, guessed, group[secret], rng))
    group = drawn(members, targets, rng)[1]
    random_rows = column.codes[rng.integers(size_of(released), size=size_of(group))]
    return Trial(found[0], found[1], _right(column, random_rows, group[secret], rng))


def _commonest(of: Codes, codes: Codes, classes: int) -> Codes:
    """Return each class's commonest published secret."""
    pairs, counts = np.unique(np.stack([of, codes], axis=1), axis=0, return_counts=True)
    best = np.zeros(classes, dtype=np.int64)
    order = np.argsort(counts, kind="stable")  # the commonest is written last
    best[pairs[order, 0]] = pairs[order, 1]
    return best


def _right(column: Column, guesses: Codes, truth: NDArray[np.floating], rng: np.random.Generator) -> Estimate:
    """Return how many guesses are right: an interval is guessed by its middle, a set by one of its members."""
    if isinstance(column, Intervals):
        with np.errstate(invalid="ignore"):  # what may be any number has no middle
            middle = (column.low[guesses] + column.high[guesses]) / 2
        near = np.abs(middle - truth) <= TOLERANCE * np.abs(truth)
        return wilson(int((near | (np.isnan(middle) & np.isnan(truth))).sum()), len(truth))
    guessed = column.values[guesses] if isinstance(column, Exact) else _any_member(column, guesses, rng)
    return wilson(int((guessed == truth).sum()), len(truth))


def _any_member(column: Sets, guesses: Codes, rng: np.random.Generator) -> Codes:
    chances = rng.random((len(guesses), column.members.shape[1]))
    picked: Codes = np.where(column.members[guesses], chances, -1.0).argmax(axis=1)
    return picked

"""Linkability: two parts of what is known of a person lead to the same published row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quality.checks.attacks.control_group import Trial, drawn, judge_trials
from quality.checks.attacks.finding import Attack, Finding
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.nearest import nearest_rows
from quality.checks.attacks.released_columns import Codes, People, Released, published_exactly, size_of

LINKABILITY = Attack(
    "linkability",
    "Two data sets about the same people are joined through the release no better for its people than for others.",
    "Raise `k`, or generalize the columns of either data set further: it costs the precision of their values.",
)

Parts = tuple[tuple[str, ...], tuple[str, ...]]


def attack_linkability(
    released: Released,
    members: People,
    others: People,
    *,
    parts: Parts,
    categories: Mapping[str, int],
    limit: float,
    neighbors: int = 1,
    targets: int = 2_000,
    seed: int,
) -> Finding:
    """Return the gain of linking (Giomi et al., PETS 2023): main - control, within ``limit``.

    ``parts`` are the columns of either data set; they may share some, such as an age, and need enough to tell raw rows
    apart. A link is right if the ``neighbors`` published rows nearest by one part and those nearest by the other share
    a row: keep them well below k. ``members``, ``others`` and ``categories`` are as for singling out.
    """
    raw = published_exactly({name: members[name] for name in released}, categories)
    trials = [
        link(rows, members, others, parts=parts, neighbors=neighbors, targets=targets, seed=seed)
        for rows in (released, raw)
    ]
    return judge_trials(LINKABILITY, *trials, limit=limit)


def link(
    released: Released, members: People, others: People, *, parts: Parts, neighbors: int, targets: int, seed: int
) -> Trial:
    """Return how often both parts of members, of others, and random rows for both, meet in a published row."""
    rng, size = np.random.default_rng(seed), size_of(released)
    if not size:
        return Trial(wilson(0, 0), wilson(0, 0), wilson(0, 0))
    groups = [drawn(people, targets, rng)[1] for people in (members, others)]
    main, control = (
        _meet(*(nearest_rows(released, group, part, neighbors, rng) for part in parts)) for group in groups
    )
    guesses = ([rng.integers(size, size=neighbors) for _ in range(main.attempts)] for _ in parts)
    return Trial(main, control, _meet(*guesses))


def _meet(one: list[Codes], other: list[Codes]) -> Estimate:
    pairs = zip(one, other, strict=True)
    return wilson(sum(not set(mine.tolist()).isdisjoint(theirs.tolist()) for mine, theirs in pairs), len(one))

"""Trajectory-user linking: labelled trajectories of the past tell whose a released one is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from quality.checks.attacks.finding import Attack, Finding, judge, limit_over_chance
from quality.checks.attacks.intervals import Estimate, wilson
from quality.checks.attacks.linking import Scores
from quality.checks.attacks.points import Ints
from quality.checks.attacks.traces import Traces, link_traces

TRAJECTORIES = Attack(
    "trajectory_linking",
    "Whoever holds labelled trajectories tells whose a released one is no more often than chance allows.",
    "Ask for a larger `k`, which costs visits; coarsen cells (`tiles`) or slots (`slots.hours`), which costs place and"
    " time; or let a pseudonym last for fewer points (`sequences.points`), which costs what is known of long trips.",
)

SMOOTHING = 0.01
"""What is added to a count, so that a value that a user never had is unlikely and not impossible."""


def attack_trajectories(
    released: Sequence[tuple[Traces, Traces]],
    raw: tuple[Traces, Traces],
    *,
    k: int | None = None,
    margin: float = 0.01,
    targets: int = 4_000,
    seed: int,
) -> Finding:
    """Return how often the likeliest user of a released trajectory is its own: at most chance + margin (or 1/k).

    Each pair of ``released`` is trajectories and labelled ones of another time (ids are users) with features coded as
    the release codes them; attempts at all pairs are counted together. ``raw``: one such pair at full precision.
    """
    tried = [link_trajectories(*pair, targets=targets, seed=seed) for pair in released]
    attempts = sum(found.attempts for found, _ in tried)
    reached = wilson(sum(found.successes for found, _ in tried), attempts)
    chance = sum(found.attempts * chance for found, chance in tried) / max(attempts, 1)
    control, _ = link_trajectories(*raw, targets=targets, seed=seed)
    return judge(TRAJECTORIES, reached, control, limit=limit_over_chance(chance, k=k, margin=margin), baseline=chance)


def link_trajectories(released: Traces, known: Traces, *, targets: int, seed: int) -> tuple[Estimate, float]:
    """Return the top-1 rate over released trajectories of known users, and that of chance.

    A multinomial naive Bayes classifier over all features with equal priors (Manning, Raghavan and Schuetze, 2008,
    chapter 13).
    """
    return link_traces(released, known, _by_likelihood, targets=targets, seed=seed)


def _by_likelihood(trips: list[Any], users: list[Any], _: int) -> Callable[[Ints], Scores]:
    models = [_log_odds(user) for user in users]

    def score(block: Ints) -> Scores:
        return _above_least(sum(_likelihood(trip[block], *model) for trip, model in zip(trips, models, strict=True)))

    return score


def _log_odds(users: Any) -> tuple[Any, Any]:
    """Return, of (users, values) counts, the log odds of a seen value to an unseen one, and the log totals."""
    seen = users.copy()
    seen.data = np.log1p(seen.data / SMOOTHING)
    return seen.T.tocsr(), np.log(users.sum(axis=1).A1 + SMOOTHING * max(users.shape[1], 1))


def _likelihood(trips: Any, seen: Any, totals: Any) -> Any:
    """Return (trips, users) log-likelihoods of the trips' values, up to what is equal for all users."""
    return (trips @ seen).toarray() - np.outer(trips.sum(axis=1).A1, totals)


def _above_least(scores: Any) -> Any:
    """Return the scores above each row's least, so that what is stored is above 0 and equal ones stay ties."""
    from scipy.sparse import csr_matrix

    return csr_matrix(scores - scores.min(axis=1, keepdims=True))

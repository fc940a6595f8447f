"""Linkage between two epochs: a new pseudonym hides nobody whose places stay the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from quality.checks.attacks.finding import Attack, Finding, judge, limit_over_chance
from quality.checks.attacks.intervals import Estimate
from quality.checks.attacks.linking import Scores
from quality.checks.attacks.points import Ints
from quality.checks.attacks.traces import Traces, link_traces

EPOCHS = Attack(
    "epoch_linkage",
    "The places of one epoch find a person's pseudonym of another no more often than a crowd of k or chance allows.",
    "Coarsen cells (`tiles`), costing place; let pseudonyms last for fewer points (`sequences.points`), which costs"
    " what is known of long trips; or publish without pseudonyms, which costs flows.",
)


def attack_epochs(
    released: tuple[Traces, Traces],
    raw: tuple[Traces, Traces],
    *,
    k: int | None = None,
    margin: float = 0.01,
    targets: int = 2_000,
    seed: int,
) -> Finding:
    """Return how often an id of the first epoch is linked to the same person's of the second: at most chance + margin.

    Or at most 1/k, for a release in classes of ``k``. Each pair holds two epochs' traces with features such as cells,
    and cells with hours of the week.
    """
    found, chance = link_epochs(*released, targets=targets, seed=seed)
    control, _ = link_epochs(*raw, targets=targets, seed=seed)
    return judge(EPOCHS, found, control, limit=limit_over_chance(chance, k=k, margin=margin), baseline=chance)


def link_epochs(first: Traces, second: Traces, *, targets: int, seed: int) -> tuple[Estimate, float]:
    """Return the top-1 rate over ids of people who are in both epochs, and that of chance.

    Visit-frequency vectors are compared by cosine, rare values weighing more (Salton and Buckley, 1988: tf-idf).
    """
    return link_traces(first, second, _by_cosine, targets=targets, seed=seed)


def _by_cosine(first: list[Any], second: list[Any], ids: int) -> Callable[[Ints], Scores]:
    weights = [np.log((1 + ids) / (1 + there.getnnz(axis=0))) for there in second]
    sought = [_unit(here, weight) for here, weight in zip(first, weights, strict=True)]
    offered = [_unit(there, weight).T.tocsr() for there, weight in zip(second, weights, strict=True)]

    def score(block: Ints) -> Scores:
        return sum(here[block] @ there for here, there in zip(sought, offered, strict=True)).tocsr()

    return score


def _unit(counts: Any, weight: Any) -> Any:
    """Return rows of damped counts times weights, of length 1."""
    from scipy.sparse import diags_array

    weighed = counts.log1p() @ diags_array(weight)
    lengths = np.sqrt(weighed.multiply(weighed).sum(axis=1)).A1
    return diags_array(1 / np.maximum(lengths, 1e-300)) @ weighed

"""What a class must hold of a population: k-map and delta-presence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.contracts.compiled import compiled
from quality.contracts.errors import UsageError
from quality.releases.privacy_models import DeltaPresence, KMap, PrivacyModel
from transforms.anonymity.coded_table import CodedTable
from transforms.anonymity.partition_rules import SLACK


def crowd_of(table: CodedTable, models: Sequence[PrivacyModel]) -> NDArray[np.float64]:
    """Return what ``models`` ask of a class's population: k-map's k, delta-presence's limits; empty without one.

    Raises ``UsageError`` for such a model where the table has no population.
    """
    asked = [model for model in models if isinstance(model, KMap | DeltaPresence)]
    if asked and not table.population:
        raise UsageError(f"{asked[0].model} counts people of a population, and none is given.")
    if not table.population:
        return np.empty(0)
    return np.array(
        [
            max((model.k for model in asked if isinstance(model, KMap)), default=0),
            max((model.minimum for model in asked if isinstance(model, DeltaPresence)), default=0.0),
            min((model.maximum for model in asked if isinstance(model, DeltaPresence)), default=np.inf),
        ]
    )


@compiled
def crowd_holds(crowd: NDArray[np.float64], own: int, others: int) -> bool:
    """Tell whether a class of ``own`` subjects of the release and ``others`` of the population keeps the limits."""
    return bool(others >= crowd[0] and crowd[1] * others - SLACK <= own <= crowd[2] * others + SLACK)

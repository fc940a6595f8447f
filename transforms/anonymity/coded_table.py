"""A table as the kernels see it: small whole numbers instead of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quality.releases.privacy_models import PrivacyModel

Codes = NDArray[np.int32]

SUPPRESSED = -1
"""The class of a row that is in none."""


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """``nodes[level][code]`` is the node of a value at that level; level 0 holds the values, the last one the root.

    Nodes of a level are numbered from 0 and named by ``labels[level]``. ``heights`` is ``len(nodes)``.
    ``leaves[level][node]`` counts the values of the whole domain below a node, also those that the column lacks;
    None: the domain is the column's values.
    """

    nodes: tuple[Codes, ...]
    labels: tuple[tuple[str, ...], ...]
    leaves: tuple[NDArray[np.float64], ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class QuasiId:
    """One quasi-identifier: ``codes`` (n,) number the values from 0 in their order; no value means code ``null``.

    ``positions`` (size,) are the values themselves of a numeric column and 0, 1, 2, ... of any other. ``null`` is
    the last code, or -1 if the column has no nulls: nulls are a category of their own. ``weight`` is relative. ``span``
    is the range of a numeric column in the whole table, of which this may be a part; 0: its range here.
    """

    name: str
    kind: Literal["numeric", "ordered", "categorical", "hierarchical"]
    codes: Codes
    positions: NDArray[np.float64]
    null: int = -1
    weight: float = 1.0
    hierarchy: Hierarchy | None = None
    span: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How the values of a sensitive column are spread over a whole table, of which there may be a part here.

    ``shares`` (size,) are of all distinct pairs of subject and value, ``held`` (size,) of all subjects.
    """

    shares: NDArray[np.float64]
    held: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sensitive:
    """One sensitive column: ``codes`` (n,) in the values' order, and the ``models`` that are to hold for it.

    ``spread`` is that of the whole table; None: this is the whole table.
    """

    name: str
    codes: Codes
    size: int
    models: tuple[PrivacyModel, ...]
    hierarchy: Hierarchy | None = None
    spread: Spread | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CodedTable:
    """``subjects`` (n,) number the distinct subjects from 0; None: each row is a subject of its own.

    The last ``population`` of the ``rows`` are of a population: they are counted for k-map and delta-presence and never
    published; their sensitive codes mean nothing. Nobody's number is both of the release and of the population.
    """

    rows: int
    quasi_ids: tuple[QuasiId, ...]
    sensitive: tuple[Sensitive, ...] = ()
    subjects: Codes | None = None
    population: int = 0

    @property
    def own(self) -> int:
        """How many rows are the release's; they come first."""
        return self.rows - self.population

"""Measure how anonymous a table is: k, l, t and the rest, and the classes in which they are worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from quality.checks.anonymity.classes import Classes, Ints, group_rows
from quality.checks.anonymity.distributions import LARGE, Floats, measure_column
from quality.checks.anonymity.hierarchy_file import Paths
from quality.checks.anonymity.measurement import Group, Measurement, Parameter
from quality.checks.anonymity.population import Reached, count_population
from quality.checks.anonymity.published_table import Roles, explained, quoted, require
from quality.contracts.errors import UsageError
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@untold
def measure_anonymity(
    db: DuckDBPyConnection,
    table: str,
    roles: Roles,
    *,
    population: str | None = None,
    population_subject: str | None = None,
    hierarchies: Mapping[str, Paths] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    recursive: Mapping[str, tuple[int, ...]] | None = None,
    worst: int = 5,
) -> Measurement:
    """Return the parameters of ``table``, a table or view of ``db``, with the ``worst`` classes of each.

    ``population`` is another table or view with the same quasi-identifiers, raw or published: with it, k-map and
    delta-presence are measured. ``hierarchies`` are of quasi-identifiers, whose nodes then match the population's
    values, and of sensitive columns (``t_hierarchical``). ``orders`` are of columns
    whose values have an order of their own. ``recursive`` are the l of recursive (c, l)-diversity by
    sensitive column, 2 where not said. Raises UsageError for columns that are missing and for a table without rows.
    """
    require(db, table, roles.columns)
    given = hierarchies or {}
    with explained(table):
        if db.execute(f"SELECT count(*) FROM (FROM {quoted(table)} LIMIT 1)").fetchall()[0][0] == 0:
            raise UsageError(f"{table} has no rows, so nothing can be measured.", mend="Name a table with rows.")
        classes = group_rows(db, table, roles, orders)
        parameters = [_parameter(classes, "k", None, classes.sizes.astype(np.float64), worst, large=True)]
        reached = None
        if population is not None:
            reached = count_population(classes, population, population_subject, given, orders or {})
            parameters += _against_population(classes, reached, worst)
        for place, column in enumerate(roles.sensitive):
            least = (recursive or {}).get(column, (2,))
            found = measure_column(classes, place, paths=given.get(column), least=least)
            parameters += [_parameter(classes, n, column, v, worst, large=n in LARGE) for n, v in found.items()]
    return Measurement(
        roles, classes.rows, classes.subjects, len(classes.sizes), _histogram(classes.sizes), tuple(parameters),
        None if reached is None else _histogram_of_both(classes.own, reached.sizes),
    )  # fmt: skip


def _against_population(classes: Classes, reached: Reached, worst: int) -> list[Parameter]:
    """Return k-map and both ends of delta-presence; who is in the population and in no class is present by 0.

    Who matches several classes (``presence_repeated``) is present by more than the share of either.
    """
    sizes = reached.sizes
    presence = np.divide(classes.own, sizes, out=np.full(len(sizes), np.inf), where=sizes > 0)
    lowest = _parameter(classes, "presence_min", None, presence, worst, large=True)
    if reached.unmatched:
        lowest = replace(lowest, value=0.0)
    k_map = _parameter(classes, "k_map", None, sizes.astype(np.float64), worst, large=True)
    highest = _parameter(classes, "presence_max", None, presence, worst, large=False)
    return [k_map, lowest, highest, Parameter("presence_repeated", None, float(reached.repeated), ())]


def _parameter(
    classes: Classes, name: str, column: str | None, values: Floats, worst: int, *, large: bool
) -> Parameter:
    """Return the worst of ``values`` (C,), and its classes: small values where a release wants them ``large``."""
    signed = np.round(values if large else -values, 12)  # so that sums in another order choose the same classes
    reach = np.partition(signed, min(worst, len(signed)) - 1)[min(worst, len(signed)) - 1]
    near = np.flatnonzero(signed <= reach)
    chosen = near[np.argsort(signed[near], kind="stable")][:worst]
    groups = zip(classes.quasi_ids(chosen), classes.sizes[chosen], values[chosen], strict=True)
    plain, _, at = name.partition("@")
    told = tuple(Group(quasi_ids, int(size), float(value)) for quasi_ids, size, value in groups)
    return Parameter(plain, column, float(values.min() if large else values.max()), told, int(at) if at else None)


def _histogram(sizes: Ints) -> dict[int, int]:
    found, counts = np.unique(sizes, return_counts=True)
    return {int(size): int(count) for size, count in zip(found, counts, strict=True)}


def _histogram_of_both(own: Ints, population: Ints) -> tuple[tuple[int, int, int], ...]:
    found, counts = np.unique(np.column_stack([own, population]), axis=0, return_counts=True)
    return tuple((int(a), int(b), int(count)) for (a, b), count in zip(found, counts, strict=True))

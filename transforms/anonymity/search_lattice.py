"""Full-domain generalization: one level of its hierarchy for each quasi-identifier, at the least loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, prod

from quality.contracts.errors import GeowardError, UsageError
from quality.contracts.untold import untold
from quality.releases.privacy_models import DeltaPresence, PrivacyModel
from transforms.anonymity.check_node import Levels, NodeChecker
from transforms.anonymity.coded_table import CodedTable, Codes
from transforms.anonymity.full_domain_loss import Loss
from transforms.anonymity.search_lattice_exactly import GAIN, search_exactly
from transforms.anonymity.search_lattice_locally import LocalSearch

LARGEST_EXACT = 2**20
"""The most nodes of which bounds are kept for an exact search: 8 MiB of them, summed up at each check."""


class NoGeneralizationHolds(GeowardError):
    """No generalization that was checked holds the models with as few rows suppressed as may be."""

    exit_code = 3

    def __init__(self, checked: int, limit: int, rows: int) -> None:
        """State how many were checked, and the limit."""
        super().__init__(
            f"None of {checked} generalizations checked holds the models with at most {limit} of {rows} rows "
            "suppressed.",
            mend="Allow more suppression, or ask for less.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class LatticeResult:
    """The node found: ``levels`` in the order of the quasi-identifiers, ``classes`` (n,) with ``SUPPRESSED`` rows.

    ``nodes`` is the size of the lattice, of which ``checked`` were grouped, ``rolled_up`` of these from the groups of
    a more specific node, and ``pruned`` were not looked at. ``optimal`` says that no other node loses less.
    """

    levels: Levels
    classes: Codes
    loss: float
    suppressed: int
    nodes: int
    checked: int
    rolled_up: int
    pruned: int
    optimal: bool


@untold
def search_lattice(
    table: CodedTable,
    *,
    models: Sequence[PrivacyModel],
    suppression: float,
    loss: Loss | None = None,
    checks: int = 20_000,
    largest_exact: int = LARGEST_EXACT,
) -> LatticeResult:
    """Return the full-domain generalization of least ``loss`` whose classes hold ``models``.

    Rows of classes that do not are suppressed, up to the share ``suppression`` of rows. Classes count distinct
    subjects. The result is the optimum where the lattice has at most ``largest_exact`` nodes and ``checks`` suffice;
    else the best node that a beam and local search find within ``checks``. Equal input gives an equal result. Raises
    ``UsageError`` if a quasi-identifier has no hierarchy or a model lacks its column, hierarchy or population, and
    ``NoGeneralizationHolds``.
    """
    if bare := [column.name for column in table.quasi_ids if column.hierarchy is None]:
        raise UsageError(f"A full-domain search needs a hierarchy for: {', '.join(bare)}.")
    loss = loss or Loss()
    limit = floor(suppression * table.own + 1e-9)
    if any(isinstance(model, DeltaPresence) and model.minimum > 0 for model in models):
        limit = 0  # whoever matches a suppressed class is known not to be there
    checker = NodeChecker(table, models, limit=limit, loss=loss)
    nodes = prod(len(one) for one in checker.floors)
    if nodes <= largest_exact:
        lattice = search_exactly(checker, limit=limit, checks=checks)
        best, checked, optimal = lattice.best, lattice.checked, lattice.proven
    else:
        search = LocalSearch(checker, limit=limit, checks=checks)
        search.run()
        best, checked, optimal = search.best, search.checked, False
    if best is None:
        raise NoGeneralizationHolds(checked, limit, table.own)
    rolled_up, levels = checker.groups.rolled_up, _most_specific(checker, *best, limit)
    classes = checker.classes(levels)
    return LatticeResult(
        levels=levels,
        classes=classes,
        loss=loss.joined(best[0]),
        suppressed=int((classes < 0).sum()),
        nodes=nodes,
        checked=checked,
        rolled_up=rolled_up,
        pruned=nodes - checked,
        optimal=optimal,
    )


def _most_specific(checker: NodeChecker, total: float, levels: Levels, limit: int) -> Levels:
    """Return ``levels`` lowered where that loses no more, as in a column of one value."""
    for at, lost in enumerate(checker.floors):
        while levels[at] and lost[levels[at] - 1] >= lost[levels[at]] - GAIN:
            lower = (*levels[:at], levels[at] - 1, *levels[at + 1 :])
            verdict = checker.check(lower)
            if verdict.suppressed > limit or verdict.total > total + GAIN:
                break
            levels = lower
    return levels

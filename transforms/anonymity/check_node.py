"""Check one node of the lattice of full-domain generalizations: which classes fail, and what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality.releases.privacy_models import KAnonymity, LDiversity, PrivacyModel
from transforms.anonymity.check_node_groups import Entries, Groups, NodeGroups
from transforms.anonymity.check_node_kernels import Flags, Floats, Longs, count_subjects, rows_by_code
from transforms.anonymity.check_node_models import (
    Held,
    closeness_of,
    fails_closeness,
    fails_diversity,
    fewest_values,
    refuse_unfit_models,
)
from transforms.anonymity.check_node_population import PopulationCounts, released
from transforms.anonymity.coded_table import SUPPRESSED, CodedTable, Codes
from transforms.anonymity.full_domain_loss import Loss, costs_of
from transforms.anonymity.partition_population import crowd_of

Levels = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What a check found. ``suppressed`` rows are in classes that fail; ``total`` is the sum of losses without them.

    ``lasting`` rows of these are suppressed in every more specific node too, ``floors[c][level]`` is the least that
    column c then adds to the sum of losses there. Where more are suppressed than may be, the losses are lower bounds.
    """

    suppressed: int
    total: float
    lasting: int
    floors: tuple[Floats, ...]


class NodeChecker:
    """Checks nodes of one table's lattice. Counts are of distinct subjects, as the table numbers them.

    What a class fails once it fails in every more specific class where all counts grow as classes join: at k-anonymity
    and distinct l-diversity. At entropy and recursive l-diversity and at t-closeness that holds only if no class is
    suppressed and no subject has two rows (a good class may join a bad one and fail): otherwise only what these models
    imply lasts: as many distinct values as ``l``. The distribution that t-closeness looks at is that of the published
    rows, so that it can be verified on them: classes are suppressed until none that is left is too far.
    """

    def __init__(self, table: CodedTable, models: Sequence[PrivacyModel], *, limit: int, loss: Loss) -> None:
        """``limit``: rows that may be suppressed. Raises ``UsageError`` for models that the table is unfit for."""
        refuse_unfit_models(models, table)
        crowd, whole, table = crowd_of(table, models), table, released(table)
        self._table, self._models, self._loss, self._limit = table, tuple(models), loss, limit
        self._k = max((model.k for model in models if isinstance(model, KAnonymity)), default=1)
        self.entries = Entries.of(table)
        self.groups = NodeGroups(table, self.entries)
        self._population = PopulationCounts(whole, self.entries, crowd) if crowd.size else None
        self._all_lasts = limit == 0 and self.entries.subjects is None
        weights = np.array([column.weight for column in table.quasi_ids])
        self._weights = weights / weights.sum()
        self._costs = [costs_of(column, loss) for column in table.quasi_ids]
        self._starts = np.cumsum([0, *(costs.released.shape[1] for costs in self._costs)]).astype(np.int64)
        everything = self._by_code(self.groups.coarsest(), np.ones(1, np.bool_))
        self._rows = max(table.rows, 1)
        self._released = [
            costs.released @ count / self._rows for costs, count in zip(self._costs, everything, strict=True)
        ]
        self.floors = self._floors(self.groups.coarsest(), np.zeros(1, np.bool_))

    def check(self, levels: Levels) -> Verdict:
        """Return the verdict on the node of these ``levels``, one for each quasi-identifier."""
        groups = self.groups.at(levels)
        fails, lasts = self._fails(groups, levels)
        suppressed, lasting = (int(groups.rows[flags].sum()) for flags in (fails, lasts))
        floors = self.floors if lasting > self._limit else self._floors(groups, lasts)
        whole = self._floors(groups, fails) if lasting < suppressed <= self._limit else floors
        total = sum(float(floor[level]) for floor, level in zip(whole, levels, strict=True))
        return Verdict(suppressed, total, lasting, floors)

    def classes(self, levels: Levels) -> Codes:
        """Return the class of each row (n,), numbered from 0, or ``SUPPRESSED``."""
        groups = self.groups.at(levels)
        fails, _ = self._fails(groups, levels)
        number = np.where(fails, SUPPRESSED, np.cumsum(~fails) - 1).astype(np.int32)
        return np.asarray(number[groups.of[self.entries.of_row]])

    def _fails(self, groups: Groups, levels: Levels) -> tuple[Flags, Flags]:
        """Return which classes fail, and which of them do in every more specific node."""
        sizes = self._sizes(groups)
        fails = sizes < self._k
        lasts = fails.copy()
        if self._population is not None:
            share, few = self._population.fails(levels, groups, sizes)
            fails, lasts = fails | share, lasts | few
        held = [self._held(groups, at) for at in range(len(self._table.sensitive))]
        for column, values in zip(self._table.sensitive, held, strict=True):
            few = np.diff(values.starts) < fewest_values(self._models, column.name)
            fails, lasts = fails | few, lasts | few
            for model in self._models:
                if isinstance(model, LDiversity) and model.column == column.name:
                    fails |= fails_diversity(model, values)
        self._fail_distant(groups, held, fails)
        if self._all_lasts or not (fails & ~lasts).any():
            return fails, fails
        return fails, lasts

    def _fail_distant(self, groups: Groups, held: Sequence[Held], fails: Flags) -> None:
        models = [
            (at, model) for at, one in enumerate(self._table.sensitive) for model in closeness_of(self._models, one)
        ]
        before = -1
        while models and before != (before := int(fails.sum())):
            for at, model in models:
                shares = self._published(groups, held[at], at, fails)
                fails |= fails_closeness(model, held[at], shares, self._table.sensitive[at].hierarchy)

    def _published(self, groups: Groups, held: Held, at: int, fails: Flags) -> Floats:
        """Return the shares of a sensitive column's values among the subjects of the published rows."""
        size = self._table.sensitive[at].size
        if self.entries.subjects is None:
            kept = np.repeat(~fails, np.diff(held.starts))
            counts = np.bincount(held.values[kept], held.counts[kept], size)
        else:
            values = np.where(fails[groups.of], np.int32(-1), self.entries.values[at]).astype(np.int32)
            counts = count_subjects(values, self.entries.subjects, size).astype(np.float64)
        return np.asarray(counts / max(counts.sum(), 1.0))

    def _sizes(self, groups: Groups) -> Longs:
        if self.entries.subjects is None:
            return groups.rows
        return count_subjects(groups.of, self.entries.subjects, groups.rows.size)

    def _held(self, groups: Groups, at: int) -> Held:
        return self.groups.held(groups, self.entries.values[at], self._table.sensitive[at].size)

    def _by_code(self, groups: Groups, fails: Flags) -> list[Longs]:
        counts = rows_by_code(
            self.entries.codes, self.entries.rows, groups.of, fails, self._starts[:-1], int(self._starts[-1])
        )
        return np.split(counts, self._starts[1:-1])

    def _floors(self, groups: Groups, fails: Flags) -> tuple[Floats, ...]:
        """Return what each column adds to the sum of losses at each level, the rows of failing classes suppressed."""
        extra = [np.zeros(1)] * len(self._costs)
        if fails.any():
            counts = self._by_code(groups, fails)
            extra = [costs.extra @ count / self._rows for costs, count in zip(self._costs, counts, strict=True)]
        columns = zip(self._released, extra, self._weights, strict=True)
        return tuple(self._loss.spread(released + more, weight) for released, more, weight in columns)

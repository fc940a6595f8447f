"""Noisy figures of the lake's tables: the policy grants, the ledger spends, a Spark worker looks at the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from jobs.budget.draw_noise import OpenDpNoise
from jobs.budget.export_spends import SPENDS, spends
from jobs.budget.grant import CURATED, EVERYBODY, OF_THE_LAKE, BudgetExceeded, Grant, ReleasedBefore, Spend
from jobs.budget.ledger import BudgetLedger
from jobs.budget.open_ledger import grant_as_policy, ledger_of_policy
from jobs.budget.publish_noisily import digest_of, from_bytes, to_bytes
from jobs.commit import ARROW_TYPES
from jobs.home import Home, Region
from jobs.job import Figures
from jobs.keys.key_reference import KeyReference
from jobs.reference import populated_cells
from jobs.release.build_noisy import columns_of
from quality.contracts import DATE, Contract, contract
from quality.contracts.errors import UsageError
from quality.policies.jurisdiction import Budget
from quality.releases.noisy import NoisyRelease
from quality.releases.noisy_keys import CellKey, PublicKeys
from quality.releases.privacy_loss import Approximate, PrivacyLoss, ZeroConcentrated

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

POPULATION = "population"
"""The public partitions of a release by cells: those in which people live, by the region's reference file."""


@dataclass(frozen=True)
class LakeFigures:
    """The noisy figures of one region, for one run."""

    home: Home
    region: Region
    key: Callable[[], KeyReference]
    made: dict[tuple[str, date], Figures] = field(default_factory=dict)

    def public(self, release: NoisyRelease) -> pa.Table | None:
        """Return the cells of a release over populated cells. Raises ``UsageError`` for any other table."""
        if not isinstance(release.partitions, PublicKeys) or release.partitions.table is None:
            return None
        (name, key), *others = release.keys.items()
        if release.partitions.table != POPULATION or others or not isinstance(key, CellKey):
            mend = f"Partitions of the lake are a product, or `table: {POPULATION}` with one key `by: h3`."
            raise UsageError(f"Release {release.name} names a table of partitions that there is not.", mend=mend)
        return pa.table({name: pa.array(populated_cells(self.home, key.resolution), pa.string())})

    def of(self, release: NoisyRelease, day: date, rows: DataFrame) -> Figures:
        """Return the figures of a day: those kept, new ones once they are paid for, or none where nothing may be."""
        if (release.name, day) not in self.made:
            self.made[release.name, day] = self._of(release, day, rows)
        return self.made[release.name, day]

    def spends(self) -> pa.Table:
        """Return what was spent of the region's tables, in order."""
        import pyarrow.compute as pc

        if not self._budgets:
            return SPENDS.empty_table()
        found = spends(ledger_of_policy(self.home))
        return found.filter(pc.starts_with(found["dataset"], f"{self.region.name}{OF_THE_LAKE}"))

    @property
    def _budgets(self) -> dict[str, Budget]:
        return self.home.policy.jurisdiction(self.region.jurisdiction).budgets

    def _of(self, release: NoisyRelease, day: date, rows: DataFrame) -> Figures:
        from transforms.noise.noisy_frame import rows_digest

        budget, listed = self._budgets.get(release.reads), self.public(release)
        if budget is None or budget.unit != release.unit.per:
            return Figures(None, reason="no_budget")
        if listed is not None and not listed.num_rows:
            return Figures(None, reason="no_public_partitions")
        ledger = self._granted(release, budget)
        spend = self._spend(release, day, rows_digest(rows, columns_of(release)), listed)
        before = ledger.kept(spend)
        declared_anew = before is not None and before[1] != spend.declaration  # which no row has a say in
        try:
            kept = ledger.once(spend, release.loss, lambda: self._make(release, rows, listed), changed=declared_anew)
        except (BudgetExceeded, ReleasedBefore):
            if before is None or declared_anew:
                return Figures(None, reason="no_budget")
            return Figures(from_bytes(before[0]), changed=True)
        return Figures(from_bytes(kept))

    def _granted(self, release: NoisyRelease, budget: Budget) -> BudgetLedger:
        ledger, loss = ledger_of_policy(self.home), _loss(budget)
        for consumer in (EVERYBODY, CURATED):
            wanted = Grant(self._dataset(release), release.unit.per, loss, consumer, budget.per)
            grant_as_policy(self.home, ledger, wanted)
        return ledger

    def _spend(self, release: NoisyRelease, day: date, rows: str, listed: pa.Table | None) -> Spend:
        public = hashlib.sha256(to_bytes(listed)).hexdigest() if listed is not None else ""
        return Spend(
            dataset=self._dataset(release), unit=release.unit.per, consumer=CURATED, release=release.name,
            partition=str(day), input_version=f"{rows}-{public}", declaration=digest_of(release), first=day, last=day,
        )  # fmt: skip

    def _dataset(self, release: NoisyRelease) -> str:
        return f"{self.region.name}{OF_THE_LAKE}{release.reads}"

    def _make(self, release: NoisyRelease, rows: DataFrame, listed: pa.Table | None) -> bytes:
        from transforms.noise.noisy_frame import noisy_frame
        from transforms.privacy.identifiers import Domain

        reads, made = contract(release.reads), contract(f"curated.{release.name}")
        writes = _schema(made, [name for name in made.column_names if name != DATE])
        frame = noisy_frame(
            rows, release, keys=self.key(), domain=Domain(self.region.name, release.purpose, "none"),
            noise=OpenDpNoise(), listed=listed, reads=_schema(reads, columns_of(release)), writes=writes,
        )  # fmt: skip
        return to_bytes(frame.toArrow().cast(writes))


def _schema(of: Contract, columns: list[str]) -> pa.Schema:
    return pa.schema([(name, ARROW_TYPES[of[name].type]) for name in columns])


def _loss(budget: Budget) -> PrivacyLoss:
    if budget.rho is not None:
        return ZeroConcentrated(rho=budget.rho, delta=budget.delta)
    assert budget.epsilon is not None  # the policy states one of them
    return Approximate(epsilon=budget.epsilon, delta=budget.delta)

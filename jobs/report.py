"""What a run says of one partition: the same facts for the terminal, the auditor's UI and the catalog."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from quality.checks.verdict import Verdict
from quality.contracts.errors import RowsLost

REJECTIONS = (
    "duplicate_exact", "duplicate_event_id", "no_legal_basis", "past_retention", "minor", "no_consent", "erased",
)  # fmt: skip
"""Reasons for which a row is counted and not kept; any other reason sends it to quarantine."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """One partition of one table. Counts are rows; ``None`` where the job's kind has no such count.

    A row-level job: ``rows_in = rows_out + quarantined + sum(rejected)``. An aggregate:
    ``rows_in = contributing + suppressed``, of which ``suppressed_by`` gives the reasons and ``contributing_by`` the
    level of coarsening at which rows are published. ``seconds`` is the time of the table's whole run.
    """

    table: str
    region: str
    date: date
    rows_in: int
    rows_out: int
    quarantined: int = 0
    quarantined_by: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    contributing: int | None = None
    contributing_by: dict[str, int] = field(default_factory=dict)
    suppressed: int | None = None
    suppressed_by: dict[str, int] = field(default_factory=dict)
    version: int | None = None
    seconds: float = 0.0
    checks: tuple[Verdict, ...] = ()
    reason: str = ""
    run_id: str = ""
    contract: str = ""
    policy: str = ""
    code: str = ""

    def balanced(self) -> RunReport:
        """Return the report if its row equation holds; raise ``RowsLost`` if not."""
        if self.contributing is None:
            accounted = self.rows_out + self.quarantined + sum(self.rejected.values())
        else:
            accounted = self.contributing + (self.suppressed or 0)
        if accounted != self.rows_in:
            raise RowsLost(self.table, self.region, str(self.date), rows_in=self.rows_in, accounted=accounted)
        return self

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**asdict(self), "date": self.date.isoformat(), "checks": [asdict(check) for check in self.checks]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RunReport:
        """Read what ``as_dict`` wrote."""
        checks = tuple(Verdict(**check) for check in data["checks"])
        return cls(**{**data, "date": date.fromisoformat(data["date"]), "checks": checks})

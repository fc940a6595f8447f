"""What a check found: plain data that an auditor may read, never a row's value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Measured = dict[str, int | float | str]
"""Names to counts, extremes of public geometry, and names of columns or rules."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check's finding. ``mend`` is the next step when it did not pass; ``warn`` does not stop a publish.

    ``measured`` holds counts, limits and names of columns, so that a log may keep it after the rows are erased.
    """

    check: str
    passed: bool
    description: str
    mend: str
    measured: Measured = field(default_factory=dict)
    severity: Literal["error", "warn"] = "error"

    @property
    def stops(self) -> bool:
        """Whether a publish must not go on."""
        return not self.passed and self.severity == "error"

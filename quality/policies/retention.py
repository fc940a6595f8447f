"""How long rows may be kept, what happens then, and what holds them longer."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from quality.policies.law_rules import Clock, Frozen

AtExpiry = Literal["delete", "generalize", "aggregate"]


class Retention(Frozen):
    """How long rows of a layer or a dataset are kept. ``clock`` says what the days are counted from.

    ``at_expiry`` is what becomes of them then: they are gone; only coarser ones are left; only figures are.
    """

    days: int = Field(ge=1)
    clock: Clock = "landing"
    at_expiry: AtExpiry = "delete"
    why: str = ""


class Hold(Frozen):
    """Rows that must not be deleted, as for a court: of ``tables`` (none: all) in ``regions``, of events between days.

    It ends on ``until``, or when it is taken out of the policy.
    """

    why: str = Field(min_length=1)
    placed_by: str = Field(min_length=1)
    tables: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    until: date | None = None

    def covers(self, table: str, region: str, day: date, today: date) -> bool:
        """Return whether rows of that day of a table must be kept today."""
        named = (not self.tables or table in self.tables) and (not self.regions or region in self.regions)
        dated = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return named and dated and (self.until is None or today <= self.until)


class Choice(Frozen):
    """Which of two rules that contradict one another is followed, and why: by their full names."""

    between: tuple[str, str]
    chosen: str
    why: str = Field(min_length=1)

"""What is wrong with an installation now, in the words of the on-call engineer. Names, counts, dates; never a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

ProblemKind = Literal["stuck", "failed", "check", "storage", "quarantine", "withdrawn", "late", "stale"]
PROBLEM_KINDS: tuple[ProblemKind, ...] = get_args(ProblemKind)
"""Causes before what they cause: who mends the first may find the later ones gone."""


class ProblemKey(NamedTuple):
    """What makes two problems the same one: the date is left out, or each night would be a new problem."""

    kind: ProblemKind
    region: str
    table: str

    @property
    def place(self) -> str:
        """Where it is, for a sentence."""
        return " in ".join(part for part in (self.table, self.region) if part) or "this installation"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``region`` is empty for the whole installation, ``table`` for a whole region.

    ``hides`` says that because of it nobody can tell what else is wrong, or no longer wrong, in its region.
    """

    kind: ProblemKind
    region: str
    table: str
    date: date | None
    what: str
    mend: str
    hides: bool = False

    @property
    def key(self) -> ProblemKey:
        """By which alerts know a problem again."""
        return ProblemKey(self.kind, self.region, self.table)

    @property
    def runbook(self) -> str:
        """The entry that teaches the mend."""
        return f"docs/runbook.md#{self.kind}"

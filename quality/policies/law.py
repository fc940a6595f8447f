"""A law as one file: its rules, each with its number, its source and whether that was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field

from quality.policies.law_rules import Frozen, Rule

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
R = TypeVar("R", bound=Frozen)


class Law(Frozen):
    """One law, or a family of like laws. A rule's full name is ``law.rule``.

    ``since`` is the day from which the whole law counts; a rule's own ``since`` is later.
    """

    law: RuleName
    title: str = Field(min_length=1)
    since: date | None = None
    rules: dict[RuleName, Rule] = Field(min_length=1)

    def named(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules by their full names."""
        for name, rule in self.rules.items():
            yield f"{self.law}.{name}", rule


def rules_of(laws: tuple[Law, ...], kind: type[R], day: date | None = None) -> dict[str, R]:
    """Return the rules of a kind by their full names: those in force on ``day``, or also those to come."""
    found: dict[str, R] = {}
    for law in laws:
        for name, rule in law.named():
            since = max((each for each in (law.since, rule.since) if each), default=None)
            if isinstance(rule, kind) and (day is None or since is None or since <= day):
                found[name] = rule
    return found

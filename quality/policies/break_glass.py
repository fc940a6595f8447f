"""Who may see whose identifier behind a token, and who must agree. What is not granted here is refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from quality.policies.law_rules import Frozen

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Grant(Frozen):
    """Who may ask for identifiers of these kinds in these jurisdictions, and which others may approve."""

    may_ask: Names
    may_approve: Names
    kinds: Names
    jurisdictions: Names


class BreakGlass(Frozen):
    """``hours`` is how long a request may be approved and used; the policy in force when it is used counts."""

    hours: float = Field(gt=0, le=168)
    grants: tuple[Grant, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _two_persons(self) -> BreakGlass:
        if any(len({*grant.may_ask, *grant.may_approve}) < 2 for grant in self.grants):
            raise ValueError("a grant needs two persons: nobody approves what they asked for")
        return self

    @property
    def people(self) -> frozenset[str]:
        """Who is granted anything: principals of the policy, each known by a public key."""
        return frozenset(name for grant in self.grants for name in (*grant.may_ask, *grant.may_approve))

    @property
    def jurisdictions(self) -> frozenset[str]:
        """Where anything is granted."""
        return frozenset(name for grant in self.grants for name in grant.jurisdictions)

    def may_ask(self, name: str, kind: str, jurisdiction: str) -> bool:
        """Return whether that person may ask for identifiers of a kind there."""
        return any(name in grant.may_ask for grant in self._of(kind, jurisdiction))

    def may_approve(self, name: str, asker: str, kind: str, jurisdiction: str) -> bool:
        """Return whether that person may approve what ``asker`` asks for; nobody may approve their own."""
        grants = self._of(kind, jurisdiction)
        return name != asker and any(name in grant.may_approve and asker in grant.may_ask for grant in grants)

    def _of(self, kind: str, jurisdiction: str) -> list[Grant]:
        return [grant for grant in self.grants if kind in grant.kinds and jurisdiction in grant.jurisdictions]

"""The policy as frozen objects. What it does not allow by name is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from quality.contracts.errors import PolicyBreach
from quality.policies.access import Name, Principal, Recipient, Role
from quality.policies.break_glass import BreakGlass
from quality.policies.contradictions import contradictions
from quality.policies.jurisdiction import Jurisdiction, Use
from quality.policies.law_rules import Frozen
from quality.policies.redaction import NOTHING_LEFT, Redaction
from quality.policies.residency import Declassifier, Floor, Organization
from quality.policies.retention import Choice, Hold, Retention
from quality.policies.strictest import with_laws

OF_PEOPLE = {"version", "break_glass", "principals", "roles", "recipients", "organization", "holds"}
"""What lets people in and out, or only describes: it changes no row."""


class Purpose(Frozen):
    """Why data is used. ``data_use`` is Fideslang's name for it; without ``redaction`` no text is left.

    A purpose may link pseudonyms where its ``links`` names the purpose of both ends, its own too. ``subjects`` are
    Fideslang's data subjects.
    """

    data_use: str
    description: str
    redaction: Redaction = NOTHING_LEFT
    links: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("customer",)


class Policy(Frozen):
    """One policy file with its laws. ``version`` is the SHA-256 of all their bytes, set by the loader.

    ``retention`` is by layer or dataset. ``choices`` say which of two rules that contradict one another is followed.
    Without ``principals`` nobody may query, without ``break_glass`` nobody may see the identifier behind a token.
    """

    name: str
    version: str = ""
    purposes: dict[str, Purpose]
    jurisdictions: dict[str, Annotated[Jurisdiction, AfterValidator(with_laws)]]
    retention: dict[str, Retention]
    release_purpose: str
    pseudonym_purpose: str
    pseudonym_epoch: Literal["month", "none"]
    break_glass: BreakGlass | None = None
    organization: Organization = Organization()
    roles: dict[Name, Role] = {}
    principals: dict[Name, Principal] = {}
    recipients: dict[Name, Recipient] = {}
    declassifiers: dict[Name, Declassifier] = {}
    floors: dict[Name, Floor] = {}
    holds: dict[Name, Hold] = {}
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Policy:
        if problem := next(contradictions(self), None):
            raise ValueError(problem)
        return self

    @cached_property
    def of_rows(self) -> str:
        """Return a digest of what rows are made under: who may see them changes no row."""
        rules = self.model_dump(mode="json", exclude=OF_PEOPLE)
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    def jurisdiction(self, name: str) -> Jurisdiction:
        """Return the rules of that territory; raise ``PolicyBreach`` when the policy has none."""
        try:
            return self.jurisdictions[name]
        except KeyError:
            raise PolicyBreach(
                f"Policy {self.name} says nothing about jurisdiction {name!r}, so nothing is allowed there.",
                mend=f"Known: {', '.join(sorted(self.jurisdictions))}. Name one in the region's configuration.",
            ) from None

    def use(self, jurisdiction: str, purpose: str) -> Use:
        """Return the rules of a purpose in a territory; raise ``PolicyBreach`` when it is not allowed there."""
        try:
            return self.jurisdiction(jurisdiction).uses[purpose]
        except KeyError:
            raise PolicyBreach(
                f"Policy {self.name} does not allow purpose {purpose!r} in {jurisdiction}.",
                mend=f"Allowed there: {', '.join(sorted(self.jurisdiction(jurisdiction).uses)) or 'none'}.",
            ) from None

    def uses_of(self, jurisdiction: str, kind: str) -> dict[str, Use]:
        """Return the purposes that may use rows of ``kind`` (pings, actions) there, by name."""
        return {name: use for name, use in self.jurisdiction(jurisdiction).uses.items() if kind in use.datasets}

    def allow_link(self, jurisdiction: str, purpose: str, ends: Sequence[str]) -> None:
        """Raise ``PolicyBreach`` unless ``purpose`` may link pseudonyms of the purposes ``ends``, all in use there."""
        for one in (purpose, *ends):
            self.use(jurisdiction, one)
        links = self.purposes[purpose].links
        if apart := sorted(set(ends) - set(links)):
            may = f"those of {', '.join(links)}" if links else "none"
            raise PolicyBreach(
                f"Policy {self.name} does not let {purpose} link pseudonyms of {', '.join(apart)}.",
                mend=f"It may link {may}: what its `links` names in the policy.",
            )

    def retain_until(self, layer: str, *, landed: date, event: date) -> date:
        """Return the last day a row of that layer may be kept; ``KeyError`` if the layer keeps rows forever."""
        rule = self.retention[layer]
        return (landed if rule.clock == "landing" else event) + timedelta(days=rule.days)

    def holder(self, public_key: bytes) -> str | None:
        """Return whose Ed25519 key that is, of 32 bytes."""
        return next((name for name, one in self.principals.items() if one.public_key and one.raw == public_key), None)

"""What in a policy contradicts itself: names that are used and not declared, two people who are known the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from quality.policies.law import rules_of
from quality.policies.law_rules import BanRule, covers
from quality.policies.practices import practices_of
from quality.policies.redaction import KEYED

if TYPE_CHECKING:
    from quality.policies.policy import Policy

STATED = ("raw", "clean", "protected", "quarantine")
"""Layers whose retention must be stated."""

PERSONAL = "user"
"""Fideslang's category of all that is about persons."""


def contradictions(policy: Policy) -> Iterator[str]:
    """Yield each contradiction in words, without values of persons or keys."""
    yield from _undeclared(policy)
    yield from _retention(policy)
    yield from _redaction(policy)
    yield from _people(policy)
    yield from _break_glass(policy)
    yield from _banned(policy)


def _undeclared(policy: Policy) -> Iterator[str]:
    uses = {use for territory in policy.jurisdictions.values() for use in territory.uses}
    links = {linked for purpose in policy.purposes.values() for linked in purpose.links}
    served = {purpose for role in policy.roles.values() for purpose in role.purposes}
    named = {policy.release_purpose, policy.pseudonym_purpose} | uses | links | served
    yield from _told("purposes used but not declared", named - set(policy.purposes))
    roles = {role for one in policy.principals.values() for role in one.roles}
    roles |= {role for one in policy.declassifiers.values() for role in one.by}
    yield from _told("roles used but not declared", roles - set(policy.roles))
    sent = {
        name
        for territory in policy.jurisdictions.values()
        for use in territory.uses.values()
        for name in use.recipients
    }
    yield from _told("recipients used but not declared", sent - set(policy.recipients))


def _retention(policy: Policy) -> Iterator[str]:
    yield from _told("retention is not stated for", set(STATED) - set(policy.retention))


def _redaction(policy: Policy) -> Iterator[str]:
    if (operator := policy.purposes[policy.pseudonym_purpose].redaction.operator) in KEYED:
        yield (
            f"{policy.pseudonym_purpose} redacts tables by the night, which belong to no case: "
            f"operator {operator} needs one, and may be stated under on_request only"
        )


def _people(policy: Policy) -> Iterator[str]:
    """Two people who are known the same way could each do what the other may."""
    people = policy.principals.values()
    ways = {
        "public key": [one.public_key for one in people],
        "operating-system user": [one.os_user for one in people],
        "certificate": [one.certificate for one in people],
        "OpenID subject": [f"{one.oidc.issuer} {one.oidc.subject}" if one.oidc else "" for one in people],
    }
    for what, known in ways.items():
        stated = [each for each in known if each]
        if len(set(stated)) != len(stated):
            yield f"two principals have one {what}: one person could ask and approve"


def _break_glass(policy: Policy) -> Iterator[str]:
    if not policy.break_glass:
        return
    keyed = {name for name, one in policy.principals.items() if one.public_key}
    yield from _told("break_glass grants to principals that have no public key", policy.break_glass.people - keyed)
    where = policy.break_glass.jurisdictions - set(policy.jurisdictions)
    yield from _told("break_glass grants in jurisdictions that are not declared", where)


def _banned(policy: Policy) -> Iterator[str]:
    """A use that a law forbids whatever anybody consents to."""
    for where, territory in policy.jurisdictions.items():
        for name in territory.uses:
            practices = practices_of(policy.purposes[name].data_use)
            for rule, ban in rules_of(territory.laws, BanRule).items():
                if (
                    practices & set(ban.bars)
                    and not ban.consent_lifts
                    and any(covers((PERSONAL,), of) for of in ban.of)
                ):
                    done = ", ".join(sorted(practices & set(ban.bars)))
                    yield f"use {name} in {where} is {done}, which {rule} forbids"


def _told(what: str, names: Iterable[str]) -> Iterator[str]:
    if found := sorted(set(names)):
        yield f"{what}: {', '.join(found)}"

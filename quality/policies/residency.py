"""Where rows live, who may read them from elsewhere, and by which leave they go to another country."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quality.policies.access import RELEASED, Country
from quality.policies.law_rules import Frozen

Mechanism = Literal[
    "Adequacy decision", "Standard contractual clauses", "Binding corporate rules", "Supplementary measures",
    "Security assessment", "Standard contract", "Certification", "Consent",
]  # fmt: skip
"""Fideslang's legal bases for transfers, and China's three routes (PIPL Art. 38)."""


class Transfer(Frozen):
    """By which ``mechanism`` tables may be read from, or sent to, these countries; ``reference`` names the document."""

    to: tuple[Country, ...] = Field(min_length=1)
    mechanism: Mechanism
    tables: tuple[str, ...] = (RELEASED,)
    recipients: tuple[str, ...] = ()
    reference: str = ""


class Residency(Frozen):
    """``countries`` are the territory itself: a read from there is no transfer. ``leaves`` are tables that may be read
    from anywhere, unless a law forbids it in any form; all others need one of ``transfers``.
    """

    countries: tuple[Country, ...] = ()
    leaves: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()


class Declassifier(Frozen):
    """What may make a table less restricted than what it is made of, and the proof: checks that passed for each
    published version, or a loss entered in the ledger. ``tables`` are those that may rest on it (or ``released``);
    ``by`` are roles that may declare another. ``lifts`` is what no longer binds.
    """

    description: str = Field(min_length=1)
    proof: tuple[str, ...] = Field(min_length=1)
    tables: tuple[str, ...] = Field(min_length=1)
    by: tuple[str, ...] = ()
    lifts: tuple[Literal["purposes", "readers", "retention", "residency", "consent", "identifiers"], ...]


class Floor(Frozen):
    """What readers of a kind, such as the public, get at the finest: of ``k`` persons, at most this loss each day."""

    k: int = Field(ge=2)
    rho: float | None = Field(default=None, gt=0)
    epsilon: float | None = Field(default=None, gt=0)


class Organization(Frozen):
    """Who answers for the data: the head of the record of processing (GDPR Art. 30(1)(a))."""

    name: str = ""
    contact: str = ""
    data_protection_officer: str = ""
    representative: str = ""
    assessments: str = ""

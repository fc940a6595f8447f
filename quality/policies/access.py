"""Who may read what, for which purpose, and how: roles, the people and services that have them, and recipients."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from quality.policies.law_rules import Frozen

ALGORITHM = "ssh-ed25519"
_START = (11).to_bytes(4, "big") + ALGORITHM.encode() + (32).to_bytes(4, "big")
"""How an Ed25519 public key begins as SSH writes it (RFC 8709, section 4): two strings, each behind its length."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,63}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""

RELEASED = "released"
"""Stands for every published anonymous table."""

OWNER = "@owner"
"""Stands for the operating system's user who owns the installation."""


class Mask(Frozen):
    """What is shown of a column instead of its values: nothing, numbers rounded to a step, dates cut to a period."""

    as_: Literal["null", "round", "week", "month", "year"] = Field(alias="as")
    step: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _step(self) -> Mask:
        if (self.as_ == "round") != (self.step is not None):
            raise ValueError("a step is stated where, and only where, numbers are rounded")
        return self


class Reads(Frozen):
    """What a role may read of ``tables`` (by name, or ``released``) in ``regions`` (all by default).

    ``answer``: their rows; or, ``noisy``, aggregates with differential privacy that a budget pays for. ``columns``
    limits them (all by default); ``masks`` hide or coarsen; ``where`` is SQL over the table's columns that rows must
    fulfil; rows whose ``small_cells`` count is below the number are left out.
    """

    tables: tuple[str, ...] = Field(min_length=1)
    regions: tuple[str, ...] = ()
    answer: Literal["rows", "noisy"] = "rows"
    columns: tuple[str, ...] = ()
    masks: dict[str, Mask] = {}
    where: str = ""
    small_cells: dict[str, int] = {}


class Role(Frozen):
    """What people of a role are there for. ``audits``: they may read the audit log, lineage and proofs."""

    description: str = Field(min_length=1)
    purposes: tuple[str, ...] = ()
    reads: tuple[Reads, ...] = ()
    audits: bool = False


class Oidc(Frozen):
    """A subject as an OpenID provider names it."""

    issuer: str = Field(min_length=1)
    subject: str = Field(min_length=1)


class Principal(Frozen):
    """A person or a service, and how it is known: never by what it says of itself alone.

    ``os_user`` is the operating system's name; ``oidc`` a provider's subject; ``certificate`` the SHA-256 of a client
    certificate in hex; ``public_key`` the line that `ssh-keygen -t ed25519` writes. ``country`` is where they read
    from; ``covered_person``: whom a country of concern covers (28 CFR 202.211), unknown unless stated.
    """

    roles: tuple[str, ...] = ()
    country: Country | None = None
    covered_person: bool | None = None
    os_user: str = ""
    oidc: Oidc | None = None
    certificate: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    public_key: str = ""

    @field_validator("public_key")
    @classmethod
    def _is_ed25519(cls, line: str) -> str:
        words = line.split()
        if not words:
            return ""
        if len(words) < 2 or words[0] != ALGORITHM:
            raise ValueError(f"a public key is a line that begins with {ALGORITHM}")
        try:
            raw = b64decode(words[1], validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("the public key is not base64") from None
        if not raw.startswith(_START) or len(raw) != len(_START) + 32:
            raise ValueError("this is no Ed25519 key")
        return " ".join(words[:2])

    @cached_property
    def raw(self) -> bytes:
        """The public key's 32 bytes; none without one."""
        return b64decode(self.public_key.split()[1])[len(_START) :] if self.public_key else b""


class Recipient(Frozen):
    """Somebody outside who gets data: where, whom a country of concern covers, and under which agreement."""

    description: str = Field(min_length=1)
    country: Country
    covered_person: bool | None = None
    agreement: str = ""

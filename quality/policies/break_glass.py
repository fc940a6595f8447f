"""Who may see whose identifier behind a token, and who must agree. What is not granted here is refused."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ALGORITHM = "ssh-ed25519"
_START = (11).to_bytes(4, "big") + ALGORITHM.encode() + (32).to_bytes(4, "big")
"""How an Ed25519 public key begins as SSH writes it (RFC 8709, section 4): two strings, each behind its length."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,63}$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Principal(_Frozen):
    """A person, known by a public key: the line that `ssh-keygen -t ed25519` writes to its ``.pub`` file."""

    public_key: str

    @field_validator("public_key")
    @classmethod
    def _is_ed25519(cls, line: str) -> str:
        words = line.split()
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
        """The key's 32 bytes."""
        return b64decode(self.public_key.split()[1])[len(_START) :]


class Grant(_Frozen):
    """Who may ask for identifiers of these kinds in these jurisdictions, and which others may approve."""

    may_ask: Names
    may_approve: Names
    kinds: Names
    jurisdictions: Names


class BreakGlass(_Frozen):
    """``hours`` is how long a request may be approved and used; the policy in force when it is used counts."""

    hours: float = Field(gt=0, le=168)
    principals: dict[Name, Principal] = Field(min_length=1)
    grants: tuple[Grant, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> BreakGlass:
        keys = [principal.raw for principal in self.principals.values()]
        if len(set(keys)) != len(keys):
            raise ValueError("two principals have one public key: one person could ask and approve")
        for grant in self.grants:
            if unknown := sorted({*grant.may_ask, *grant.may_approve} - set(self.principals)):
                raise ValueError(f"principals granted but not declared: {', '.join(unknown)}")
            if len({*grant.may_ask, *grant.may_approve}) < 2:
                raise ValueError("a grant needs two persons: nobody approves what they asked for")
        return self

    @property
    def jurisdictions(self) -> frozenset[str]:
        """Where anything is granted."""
        return frozenset(name for grant in self.grants for name in grant.jurisdictions)

    def name_of(self, public_key: bytes) -> str | None:
        """Return whose key that is."""
        return next((name for name, one in self.principals.items() if one.raw == public_key), None)

    def may_ask(self, name: str, kind: str, jurisdiction: str) -> bool:
        """Return whether that person may ask for identifiers of a kind there."""
        return any(name in grant.may_ask for grant in self._of(kind, jurisdiction))

    def may_approve(self, name: str, asker: str, kind: str, jurisdiction: str) -> bool:
        """Return whether that person may approve what ``asker`` asks for; nobody may approve their own."""
        grants = self._of(kind, jurisdiction)
        return name != asker and any(name in grant.may_approve and asker in grant.may_ask for grant in grants)

    def _of(self, kind: str, jurisdiction: str) -> list[Grant]:
        return [grant for grant in self.grants if kind in grant.kinds and jurisdiction in grant.jurisdictions]

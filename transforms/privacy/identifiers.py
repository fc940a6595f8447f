"""What an identifier is before it is hashed or encrypted: its kind, its one form, and where it may be linked."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Protocol

import pyarrow as pa

from quality.contracts.errors import UsageError
from quality.contracts.untold import untold
from transforms.privacy.canonical import canonical

KINDS = ("actor", "advertiser", "campaign", "device", "event", "ip", "payment", "trip")
SUBJECTS = ("actor", "advertiser", "device", "payment")
"""Kinds that are persons, or as good as one: each has a token in the vault, and pseudonyms are made of that."""
EPOCHS = ("month", "none")
KEY_BYTES = 32
"""The least that a key holds, as RFC 5869 asks of what it expands."""


class KeyReader(Protocol):
    """Names a key; opening it happens in the worker."""

    def open(self) -> bytes:
        """Return the key's bytes."""


class SubjectTokens(Protocol):
    """Looks tokens up, a batch of subjects at a time, inside the worker."""

    def tokens(self, kind: str, subjects: Sequence[str]) -> Sequence[bytes | None]:
        """Return each subject's random token, made at first sight; None for one that was destroyed."""


class PseudonymKeys(Protocol):
    """What pseudonyms are made with."""

    @property
    def pseudonym(self) -> KeyReader:
        """The key of a region's pseudonyms."""

    @property
    def subjects(self) -> SubjectTokens:
        """The region's vault."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where pseudonyms may be linked: within one region, purpose and epoch. ``epoch`` is ``month`` or ``none``.

    Raises ``UsageError`` for another epoch: taken for ``none`` it would link what was to be apart.
    """

    region: str
    purpose: str
    epoch: str

    def __post_init__(self) -> None:
        """Refuse an epoch that nobody defined."""
        if self.epoch not in EPOCHS:
            raise UsageError("Pseudonyms have no such epoch.", mend=f"Known: {', '.join(EPOCHS)}.")


def refuse_unknown_kind(kind: str) -> None:
    """Raise ``UsageError`` for a kind of identifier that is not declared: a new spelling would be a new domain."""
    if kind not in KINDS:
        raise UsageError("Identifiers have no kind of that name.", mend=f"Known: {', '.join(KINDS)}.")


def domain_key(key: bytes, use: str, domain: Domain, kind: str, epoch: str = "", *, size: int = KEY_BYTES) -> bytes:
    """Return the key of one domain for one ``use``: HKDF-Expand with SHA-256 (RFC 5869, section 2.3) of ``key``.

    Its info is ``domain_info``. Extract is left out, as section 3.3 allows: an opened key is random. Raises
    ``UsageError`` for an unknown kind or a key of less than 32 bytes.
    """
    info = domain_info(use, domain, kind, epoch)
    if len(key) < KEY_BYTES:
        raise UsageError(f"A key of less than {KEY_BYTES} bytes protects nobody.", mend="Make one of random bytes.")
    made, block = b"", b""
    for number in range(1, -(-size // 32) + 1):
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        made += block
    return made[:size]


def domain_info(use: str, domain: Domain, kind: str, epoch: str = "") -> bytes:
    """Return ``use``, region, purpose, kind and epoch, each behind its length: where one ends, no other value can.

    ``epoch`` is the period, such as 2026-11, or empty. Raises ``UsageError`` for an unknown kind.
    """
    refuse_unknown_kind(kind)
    return canonical(use, domain.region, domain.purpose, kind, epoch)


@untold
def in_one_form(kind: str, values: pa.Array) -> pa.Array:
    """Return identifiers of ``kind`` as they are hashed; null stays null. Raises ``UsageError`` for an unknown kind.

    Texts stay as they are, but for network addresses: IPv6 is written as RFC 5952 does, and an IPv4 address within
    one as IPv4.
    """
    import pyarrow.compute as pc

    refuse_unknown_kind(kind)
    if kind != "ip" or not pc.any(pc.match_substring(values, ":")).as_py():
        return values
    repeated = values.dictionary_encode()
    return pa.array(map(_one_form, repeated.dictionary.to_pylist()), pa.string()).take(repeated.indices)


def _one_form(address: str) -> str:
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or parsed)

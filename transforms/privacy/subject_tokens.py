"""Tokens of subjects: deterministic, so that they join; reversible; and dead once their subject's key is destroyed.

A token is AES-SIV under the region's key of (what stands for the subject in the vault | inner), where inner is AES-SIV
of the identifier under a key of that subject alone. Who has the region's key knows whose token it is in the vault, and
nothing of the identifier but its length; who has the subject's key too can read it; afterwards nobody can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from quality.contracts.untold import untold
from transforms.privacy import aes_siv
from transforms.privacy.aes_siv import AesSiv
from transforms.privacy.identifiers import Domain, domain_info, domain_key, in_one_form
from transforms.privacy.seal_rows import SubjectKey
from transforms.privacy.tokens import TokenRefused, each_length, opened, to_hex

USE, INNER_USE = "geoward subject token 1", "geoward subject token 1, inner"
EPOCH = "none"
"""Of the subject's data key: a token that is to join for always takes the one that does not rotate."""
INDEX_BYTES = 32


class Subjects(Protocol):
    """Looks data keys up, a batch of subjects at a time; None stands for a subject that was destroyed."""

    def of(self, kind: str, identifiers: Sequence[str], epoch: str) -> Sequence[SubjectKey | None]:
        """Return each subject, its key made at first sight."""

    def at(self, indexes: Sequence[bytes], epoch: str) -> Sequence[bytes | None]:
        """Return the key of what each index stands for; raise if one is not known."""


class Tokens(NamedTuple):
    """Tokens, and where there is none because the subject was destroyed."""

    tokens: pa.Array
    destroyed: pa.Array


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a token of the region holds: whose it is, and the identifier, which only that subject's key opens."""

    index: bytes
    inner: bytes


@untold
def subject_tokens(key: bytes, values: pa.Array, subjects: Subjects, *, domain: Domain, kind: str) -> Tokens:
    """Return each identifier's token in lower-case hex, 128 digits more than twice its bytes; null stays null.

    Equal identifiers of a domain have equal tokens, each made once. Raises what ``domain_key`` does.
    """
    import pyarrow.compute as pc

    outer = _outer(key, domain, kind)
    repeated = in_one_form(kind, values).dictionary_encode()
    names = repeated.dictionary.to_pylist()
    rows = pa.array(
        [
            None if one is None else one.index + _inner(one, domain, kind).encrypt(name.encode(), [one.index])
            for name, one in zip(names, subjects.of(kind, names, EPOCH) if names else (), strict=True)
        ],
        pa.binary(),
    )
    tokens = each_length(rows, lambda some: to_hex(outer.seal(some))).view(pa.string()).take(repeated.indices)
    return Tokens(tokens, pc.and_(values.is_valid(), tokens.is_null()))


def sealed_in(key: bytes, token: str, *, domain: Domain, kind: str) -> Sealed:
    """Return what a token holds; raise ``TokenRefused`` if it is altered, or of another key or domain."""
    (row,) = opened(_outer(key, domain, kind), pa.array([token.encode("utf-8", "replace")], pa.binary()), kind)
    raw = row.as_py()
    return Sealed(raw[:INDEX_BYTES], raw[INDEX_BYTES:])


def reveal_subject(sealed: Sealed, subject_key: bytes, *, domain: Domain, kind: str) -> str:
    """Return the identifier; raise ``TokenRefused`` if the key is not the one of the subject that it was made of."""
    try:
        cipher = _inner(SubjectKey(sealed.index, subject_key), domain, kind)
        return cipher.decrypt(sealed.inner, [sealed.index]).decode()
    except (InvalidTag, ValueError):
        raise TokenRefused(kind) from None


def _outer(key: bytes, domain: Domain, kind: str) -> AesSiv:
    return AesSiv(domain_key(key, USE, domain, kind, size=aes_siv.KEY_BYTES), domain_info(USE, domain, kind))


def _inner(subject: SubjectKey, domain: Domain, kind: str) -> AESSIV:
    return AESSIV(domain_key(subject.key, INNER_USE, domain, kind, size=aes_siv.KEY_BYTES))

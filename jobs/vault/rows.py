"""How a vault's rows are written, so that none can be read, swapped or edited by whoever holds the store alone."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quality.contracts.errors import EnvironmentFault
from transforms.privacy.canonical import canonical

VERSION = 1
"""Of how rows are written; part of what authenticates each."""
TOKEN_BYTES, KEY_BYTES, NONCE_BYTES, BLOCK = 16, 32, 12, 64


@dataclass(frozen=True, slots=True)
class Destroyed:
    """Stands for a subject whose token and data keys were destroyed at ``at``.

    ``last_copy_until`` says until when copies may exist elsewhere (backups); None: the store's own log, or somebody who
    still reads, may hold one, so no date can be stated yet.
    """

    at: datetime
    last_copy_until: datetime | None


class RowRefused(EnvironmentFault):
    """A row of the vault is not as it was written."""

    def __init__(self, what: str) -> None:
        """Say what kind of row, never whose."""
        self.what = what
        super().__init__(
            f"The vault holds {what} that was changed outside of it, or belongs elsewhere: refused.",
            mend="Restore the vault from a backup; let nobody else write to it.",
        )


class IndexKey:
    """Finds and authenticates rows. Whoever lacks the key can tell from a row neither a subject nor a forged token."""

    def __init__(self, key: bytes) -> None:
        """Take the key's 32 bytes."""
        self._index = _Hmac(key)
        self._rows = _Hmac(self._index.digest(b"geoward vault rows"))

    @cached_property
    def id(self) -> str:
        """Names the key without telling it."""
        return self._rows.digest(b"index key id").hex()[:16]

    def indexes(self, kind: str, identifiers: Sequence[str]) -> list[bytes]:
        """Return where each subject's rows are; the empty identifier is one like others."""
        start, digest = canonical(kind), self._index.digest
        return [digest(start + canonical(identifier)) for identifier in identifiers]

    def seal_token(self, index: bytes, token: bytes) -> bytes:
        """Return what authenticates a token in its place."""
        return self._rows.digest(_written("token", index, token))

    def open_token(self, index: bytes, token: bytes, seal: bytes) -> bytes:
        """Return the token; raise ``RowRefused`` if it is not as it was written."""
        if not hmac.compare_digest(self.seal_token(index, bytes(token)), bytes(seal)):
            raise RowRefused("a token")
        return bytes(token)

    def seal_record(self, index: bytes, at: str, until: str | None) -> bytes:
        """Return what authenticates the record of a destroyed subject."""
        return self._rows.digest(_written("destroyed", index, at.encode(), (until or "").encode()))

    def open_record(self, index: bytes, at: str, until: str | None, seal: bytes) -> Destroyed:
        """Return the record; raise ``RowRefused`` if it is not as it was written."""
        if not hmac.compare_digest(self.seal_record(index, at, until), bytes(seal)):
            raise RowRefused("a record of a destroyed subject")
        return Destroyed(datetime.fromisoformat(at), datetime.fromisoformat(until) if until else None)


class WrappingKeys:
    """Wraps data keys under one of its keys, the first unless told; opens what any of them wrapped."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys' bytes."""
        self._ciphers: Mapping[str, AESGCM] = {wrapping_id(key): AESGCM(key) for key in keys}
        self.id = wrapping_id(keys[0])

    def under(self, wrapping: str) -> WrappingKeys:
        """Return what wraps under another of the keys; raise ``EnvironmentFault`` if it is none of ours."""
        self._cipher(wrapping)
        other = copy(self)
        other.id = wrapping
        return other

    def wrap(self, index: bytes, epoch: str, key: bytes) -> bytes:
        """Return nonce, encrypted key and tag, good for one subject and epoch only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self.id].encrypt(nonce, key, _place(index, epoch, self.id))

    def unwrap(self, index: bytes, epoch: str, wrapped: bytes, wrapping: str) -> bytes:
        """Return the data key.

        Raises ``RowRefused`` if the row was changed, ``EnvironmentFault`` naming the wrapping key's id if it is
        none of ours.
        """
        cipher, place = self._cipher(wrapping), _place(index, epoch, wrapping)
        try:
            sealed = bytes(wrapped)
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise RowRefused("a data key") from None

    def _cipher(self, wrapping: str) -> AESGCM:
        if wrapping not in self._ciphers:
            raise EnvironmentFault(
                f"Data keys of the vault are wrapped under key {wrapping[:16]!r}, which was not given.",
                mend="Give it beside the others until all keys are rewrapped.",
            )
        return self._ciphers[wrapping]


def wrapping_id(key: bytes) -> str:
    """Return what names a wrapping key without telling it."""
    return hmac.digest(key, b"geoward vault wrapping key id", "sha256").hex()[:16]


def _place(index: bytes, epoch: str, wrapping: str) -> bytes:
    return _written("data key", index, epoch.encode(), wrapping.encode())


def _written(what: str, *parts: bytes) -> bytes:
    return bytes([VERSION]) + canonical(what, *parts)


class _Hmac:
    """HMAC-SHA256 with the key's pads hashed once (RFC 2104, section 4): a third of the time of `hmac.digest`."""

    def __init__(self, key: bytes) -> None:
        padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
        self._inner, self._outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

    def digest(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

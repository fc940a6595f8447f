"""Wrap with a key-encryption key that is at hand: AES-256-GCM (NIST SP 800-38D), a random nonce for each wrap.

With random 96-bit nonces one key may wrap 2^32 times at most (SP 800-38D, section 8.3): a data key is wrapped when it
is made and at each rewrap, so that no installation comes near.
"""

from __future__ import annotations

import hmac
import os
import re
from abc import ABC, abstractmethod

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quality.contracts.errors import KeyUnusable
from transforms.privacy.canonical import canonical

KEY_BYTES = 32
VERSION = b"\x01"
_NONCE_BYTES = 12
_TEXT = re.compile(rb"[0-9a-f]{64}\n?", re.ASCII)


def kek_of(text: bytes, *, what: str) -> bytes:
    """Return the key-encryption key that a file holds: 64 hexadecimal digits, a line end at most behind them.

    Raises ``KeyUnusable`` for anything else.
    """
    if not _TEXT.fullmatch(text):
        mend = "Restore it from your backup; `openssl rand -hex 32` makes one where no key was wrapped yet."
        raise KeyUnusable(what, "it is not 64 hexadecimal digits", mend=mend)
    return bytes.fromhex(text.decode())


def kek_id(kek: bytes) -> str:
    """Return the name of a key-encryption key: a keyed hash, so that the same key has one name wherever it lies."""
    return f"kek-{hmac.digest(kek, b'geoward kek id', 'sha256')[:8].hex()}"


def wrap_with(kek: bytes, key: bytes, about: bytes) -> bytes:
    """Return version byte, nonce, ciphertext and tag; version, key-encryption key and ``about`` are authenticated."""
    nonce = os.urandom(_NONCE_BYTES)
    return VERSION + nonce + AESGCM(kek).encrypt(nonce, key, _associated(kek, about))


def unwrap_with(kek: bytes, wrapped: bytes, about: bytes) -> bytes:
    """Return the key; raise ``KeyUnusable`` if it was wrapped by another key or for another place, or was changed."""
    version, nonce, rest = wrapped[:1], wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
    try:
        if version != VERSION:
            raise InvalidTag
        return AESGCM(kek).decrypt(nonce, rest, _associated(kek, about))
    except (InvalidTag, ValueError):  # a nonce that was cut is a ValueError
        raise refused(kek_id(kek)) from None


def refused(kek: str) -> KeyUnusable:
    """Return the error for a wrapped key that does not unwrap, whatever was done to it."""
    problem = "what it is to unwrap was wrapped by another key, or was changed or moved since"
    return KeyUnusable(f"Key-encryption key {kek}", problem, mend="Restore the keyset from your backup.")


def _associated(kek: bytes, about: bytes) -> bytes:
    return canonical("geoward wrap", VERSION, kek_id(kek), about)


class HeldKey(ABC):
    """A provider whose key-encryption key can be read, at each use; where from is the subclass's to say."""

    __slots__ = ()

    @abstractmethod
    def _kek(self) -> bytes:
        """Return the key-encryption key; raise ``KeyUnusable`` if there is none that nobody else can read."""

    @property
    def id(self) -> str:
        """Return the name of the key; raise ``KeyUnusable`` if there is none."""
        return kek_id(self._kek())

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Return the key encrypted, bound to ``about``."""
        return wrap_with(self._kek(), key, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Return the key; raise ``KeyUnusable`` if it was not wrapped by this one for ``about``."""
        return unwrap_with(self._kek(), wrapped, about)

"""What wraps data keys: a provider holds or reaches a key-encryption key, and shows nobody its bytes."""

from __future__ import annotations

from typing import Protocol


class Provider(Protocol):
    """Wraps keys with one key-encryption key. Small, hashable and picklable: it says where the key is, and holds none.

    All of it raises ``KeyUnusable`` where the key-encryption key is missing, disabled, the wrong one, or others can
    read it.
    """

    @property
    def id(self) -> str:
        """Return the name of the key-encryption key, never its bytes; another key has another name."""

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Return the key encrypted, with ``about`` authenticated: it unwraps with the same ``about`` only."""

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Return the key; raise ``KeyUnusable`` if anything differs from when it was wrapped, also where it lies."""

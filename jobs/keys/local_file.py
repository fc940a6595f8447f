"""The development default: a key-encryption key in a file of this user's, made at first use."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jobs.durable import write_new
from jobs.keys.aes_wrap import KEY_BYTES, HeldKey, kek_of
from jobs.keys.private_file import alone, read_private


@dataclass(frozen=True, slots=True)
class LocalFile(HeldKey):
    """Wraps with the key in ``path``: 32 random bytes in hexadecimal, mode 0600. It is read at each use, never kept."""

    path: Path

    def make(self) -> None:
        """Make the key, whole or not at all; where there is one, or another process is first, that one stays."""
        with alone(self.path), suppress(FileExistsError):
            write_new(self.path, f"{secrets.token_hex(KEY_BYTES)}\n")

    def _kek(self) -> bytes:
        what = f"Key-encryption key {self.path.name}"
        return kek_of(read_private(self.path, what=what, mend="Restore it from your backup."), what=what)

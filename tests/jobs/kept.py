"""What kept files hold, and others in their place."""

from __future__ import annotations

from pathlib import Path

from jobs.home import Home
from jobs.landing.file_keys import KeptKeys
from jobs.landing.sealed_file import SealedFile, seal_bytes
from jobs.quarantine import FILE
from jobs.region_keys import vault_of


def kept_bytes(home: Home, path: Path, region: str = "eu") -> bytes:
    """Return what a kept file holds."""
    with SealedFile(path, path.name[:64], KeptKeys(home, home.region(region))).open() as file:
        return file.read()


def keep_bytes(home: Home, path: Path, content: bytes, region: str = "eu") -> None:
    """Seal other bytes in a kept file's place, with its key: only somebody who has the vault can do so."""
    path.unlink(missing_ok=True)
    seal_bytes(path, content, path.name[:64], KeptKeys(home, home.region(region)))


def shred(home: Home, file_id: str, region: str = "eu") -> None:
    """Destroy a file's key."""
    vault_of(home, home.region(region)).destroy(FILE, [file_id])

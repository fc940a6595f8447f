"""Whether kept bytes are those that landed: their SHA-256 is their id."""

from __future__ import annotations

import hashlib

from jobs.landing.sealed_file import FileShredded, SealedFile, SealRefused
from quality.contracts.errors import EnvironmentFault


def is_whole(kept: SealedFile) -> bool:
    """Return whether the bytes that landed are there.

    Raises ``OSError`` if the disk cannot read them, ``FileShredded``, and what is raised without their key.
    """
    if not kept.path.is_file():
        return False
    try:
        with kept.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == kept.file_id
    except SealRefused:
        return False


def is_whole_stranger(kept: SealedFile) -> bool:
    """Return the same of a file that nobody may know: without a key of its own it is none of ours."""
    try:
        return is_whole(kept)
    except (FileShredded, EnvironmentFault):
        return False

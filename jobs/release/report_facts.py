"""What every report of a release begins with: which file it is of, when it was made, and by which versions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs.manifest import sha256_of


@dataclass(frozen=True, slots=True)
class Facts:
    """``published`` and ``sha256`` are None if no file was written; ``versions`` are of what made and measured it."""

    made_at: datetime
    source: str
    published: str | None
    sha256: str | None
    versions: dict[str, str]


def facts_of(source: Path, published: Path | None, made_at: datetime, parts: Sequence[str]) -> Facts:
    """Return the facts of what was made of ``source`` and written to ``published``, if it was; ``parts`` made it."""
    written = published if published is not None and published.exists() else None
    return Facts(
        made_at, source.name, written.name if written else None, digest_of(written) if written else None,
        {name: _version(name) for name in parts},
    )  # fmt: skip


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, as ``sha256sum`` prints it; of a folder that of its files' lines."""
    if not path.is_dir():
        return sha256_of(path)
    lines = (f"{sha256_of(file)}  {file.name}\n" for file in sorted(path.iterdir()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"

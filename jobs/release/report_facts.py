"""What every report of a release begins with: which file it is of, when it was made, and by which versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Facts:
    """``published`` and ``sha256`` are None if no file was written; ``versions`` are of what made and measured it.

    ``inputs`` are the SHA-256 of what it was made of, by what that is.
    """

    made_at: datetime
    source: str
    published: str | None
    sha256: str | None
    versions: dict[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)


def facts_of(
    source: Path, published: Path | None, sha256: str | None, made_at: datetime, parts: Sequence[str],
    inputs: Mapping[str, str] | None = None,
) -> Facts:  # fmt: skip
    """Return the facts of what was made of ``source`` and written to ``published``, if it was; ``parts`` made it.

    ``sha256`` is of what was written, as it was written: another file may lie there by now.
    """
    written = published is not None and sha256 is not None
    return Facts(
        made_at, source.name, published.name if published and written else None, sha256 if written else None,
        {name: _version(name) for name in parts}, inputs or {},
    )  # fmt: skip


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"

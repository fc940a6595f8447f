"""The commits of the audit log, each of which is linked to all before it by a SHA-256 that goes on."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.manifest import checkpoint_file, log_file, log_versions, sha256_of

WITNESSED = "witnessed"
"""Marks, in Delta's log, a commit that the witness was told of: a log with such commits must have one."""

ACCEPTED = "accepted"
"""Names, in the first commit of a log that was begun anew, the witness that it takes the place of."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is witnessed: the log through the commit ``version``, by a SHA-256 that goes on from commit to commit.

    ``tip`` is the SHA-256 of the commit ``version`` itself: by one look it tells another log of the same length.
    ``points`` goes on from checkpoint to checkpoint of Delta's, after those through the commit ``unheld``.
    """

    version: int = -1
    chain: str = ""
    tip: str = ""
    points: str = ""
    unheld: int = -1


def goes_on(path: Path, head: Head) -> bool:
    """Return whether the log has the newest commit that was witnessed, by one look at it."""
    last = log_file(path, head.version)
    return head.version < 0 or (last.is_file() and head.tip in ("", sha256_of(last)))


def later(path: Path, head: Head) -> list[int]:
    """Return the versions after what was witnessed."""
    return list(range(head.version + 1, newest(path, head.version) + 1))


def newest(path: Path, version: int) -> int:
    """Return the log's newest commit, by one look at what comes after the witnessed ``version`` unless it was cut."""
    if not log_file(path, version + 1).exists():
        return max(log_versions(path))
    while log_file(path, version + 1).exists():
        version += 1
    return version


def through(path: Path, head: Head, version: int) -> Head:
    """Return what is witnessed when the commits through ``version`` are too."""
    chain, points, last = head.chain, head.points, log_file(path, version)
    for each in range(head.version + 1, version + 1):
        chain = _link(chain, each, files_of(path, each))
        if each > head.unheld and (point := checkpoint_file(path, each)).is_file():
            points = _link(points, each, [point])
    return Head(version, chain, sha256_of(last) if last.is_file() else "", points, head.unheld)


def entry_files(path: Path, version: int) -> list[Path]:
    """Return the files that a commit of the log added; raise ``ValueError`` if it is none."""
    try:
        entries = [json.loads(line) for line in log_file(path, version).read_text(encoding="utf-8").splitlines()]
        return [path / entry["add"]["path"] for entry in entries if "add" in entry]
    except (FileNotFoundError, TypeError, KeyError):
        raise ValueError("not a commit of the audit log") from None


def files_of(path: Path, version: int) -> list[Path]:
    """Return the files of a commit that are there: what is gone changes the chain, and stops no entry."""
    files = [log_file(path, version)]
    with suppress(ValueError):
        files += entry_files(path, version)
    return [file for file in files if file.is_file()]


def is_ours(path: Path, version: int) -> bool:
    """Return whether Geoward wrote the commit, since there is a witness."""
    return WITNESSED in info(path, version)


def info(path: Path, version: int) -> dict[str, Any]:
    """Return what a commit says of itself; nothing if it is gone or garbled."""
    file = log_file(path, version)
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else ():
        with suppress(ValueError):
            if isinstance(entry := json.loads(line), dict) and "commitInfo" in entry:
                return dict(entry["commitInfo"])
    return {}


def _link(chain: str, version: int, files: list[Path]) -> str:
    digests = [sha256_of(file) for file in files]
    return hashlib.sha256(json.dumps([chain, version, *digests]).encode()).hexdigest()

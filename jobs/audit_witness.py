"""The witness of the audit log: beside the log, its newest commit and one digest of all that was written before.

A log that was cut at its end, edited or taken away is no longer what the witness says. It is written after each
commit, so a log may be ahead of it by what a killed process wrote last: that is no damage, and the next entry makes
up for it. A log that is behind is never made up for: the witness goes on from what it knew, and so it shows forever.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jobs.durable import sync_all, write_whole
from jobs.home import Home
from jobs.manifest import log_file, log_versions, sha256_of

WITNESSED = "witnessed"
"""Marks, in Delta's log, a commit that the witness was told of: a log with such commits must have one."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is witnessed: the log through the commit ``version``, by a SHA-256 that goes on from commit to commit."""

    version: int = -1
    chain: str = ""


def audit_path(home: Home) -> Path:
    """Return the audit table's folder."""
    return home.path / "audit"


def head_path(home: Home) -> Path:
    """Return the witness's file."""
    return home.path / "audit.head"


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Keep other processes and threads from the log, so that it and its witness are of one moment."""
    with os.fdopen(os.open(home.path / "audit.lock", os.O_RDWR | os.O_CREAT, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def looking(home: Home) -> Iterator[None]:
    """Keep writers waiting while log and witness are looked at; nothing is made where nothing was ever written."""
    try:
        file = (home.path / "audit.lock").open()
    except FileNotFoundError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def advance(home: Home) -> None:
    """Flush what was committed last and witness it; whoever calls this wrote it, and is alone."""
    path, head = audit_path(home), read_head(home) or Head()
    newest = _newest(path, head.version)
    new = range(head.version + 1 if head.version < newest else newest, newest + 1)
    sync_all((file for version in new for file in _files(path, version)), path)
    chain = head.chain
    for version in new:
        chain = _link(path, chain, version)
    write_whole(head_path(home), json.dumps(asdict(Head(newest, chain))))


def _newest(path: Path, version: int) -> int:
    """Return the log's newest commit, by one look at what comes after the witnessed ``version`` unless it was cut."""
    if not log_file(path, version + 1).exists():
        return max(log_versions(path))
    while log_file(path, version + 1).exists():
        version += 1
    return version


def read_head(home: Home) -> Head | None:
    """Return what is witnessed; None if nothing is, or if it cannot be read."""
    try:
        return Head(**json.loads(head_path(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def forget(home: Home) -> None:
    """Let the next entry begin a new witness, of the log as it is then."""
    head_path(home).unlink(missing_ok=True)


def contradiction(home: Home) -> str:
    """Return how the log is not what was witnessed; empty if it is, or if none of it was witnessed yet."""
    path, head = audit_path(home), read_head(home)
    there = log_versions(path)
    if head is None:
        marked = [version for version in there if WITNESSED in _info(path, version)]
        return "its witness, audit.head, is gone" if len(marked) > 1 or head_path(home).exists() else ""
    if head.version > max(there, default=-1):
        return f"entries were cut off its end: it had {head.version + 1} commits" if there else "it is gone"
    chain = ""
    for version in range(head.version + 1):
        chain = _link(path, chain, version)
    return "" if chain == head.chain else "it is not what was written: entries were changed or cut off"


def entry_files(path: Path, version: int) -> list[Path]:
    """Return the files that a commit of the log added; raise ``ValueError`` if it is none."""
    try:
        entries = [json.loads(line) for line in log_file(path, version).read_text(encoding="utf-8").splitlines()]
        return [path / entry["add"]["path"] for entry in entries if "add" in entry]
    except (FileNotFoundError, TypeError, KeyError):
        raise ValueError("not a commit of the audit log") from None


def _info(path: Path, version: int) -> dict[str, Any]:
    for line in log_file(path, version).read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            if isinstance(entry := json.loads(line), dict) and "commitInfo" in entry:
                return dict(entry["commitInfo"])
    return {}


def _link(path: Path, chain: str, version: int) -> str:
    digests = [sha256_of(file) for file in _files(path, version)]
    return hashlib.sha256(json.dumps([chain, version, *digests]).encode()).hexdigest()


def _files(path: Path, version: int) -> list[Path]:
    """Return the files of a commit that are there: what is gone changes the chain, and stops no entry."""
    files = [log_file(path, version)]
    with suppress(ValueError):
        files += entry_files(path, version)
    return [file for file in files if file.is_file()]

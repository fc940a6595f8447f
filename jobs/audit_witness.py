"""The witness of the audit log: beside the log, its newest commit and one digest of all that was written before.

A log that was cut at its end, edited or taken away is no longer what the witness says. It is written after each
commit, so a log may be ahead of it by what a killed process wrote last: that is no damage, and the next entry makes
up for it. A log that does not go on from what was witnessed is never made up for: its witness stays as it was, so that
the log that was lost can be told from any other, and what is written meanwhile has a second witness beside it. Only a
person ends that (``jobs.accept_audit``).
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

ACCEPTED = "accepted"
"""Names, in the first commit of a log that was begun anew, the witness that it takes the place of."""

_NEXT = ".next"


@dataclass(frozen=True, slots=True)
class Head:
    """What is witnessed: the log through the commit ``version``, by a SHA-256 that goes on from commit to commit.

    ``tip`` is the SHA-256 of the commit ``version`` itself: by one look it tells another log of the same length.
    """

    version: int = -1
    chain: str = ""
    tip: str = ""


def audit_path(home: Home) -> Path:
    """Return the audit table's folder."""
    return home.path / "audit"


def head_path(home: Home) -> Path:
    """Return the witness's file."""
    return home.path / "audit.head"


def second_path(home: Home) -> Path:
    """Return the second witness's file: of a log that does not go on from what the first one says."""
    return home.path / "audit.second"


def next_log(aside: Path) -> Path:
    """Return where the log is made that is to come after the one that is set aside as ``aside``."""
    return aside.with_name(f"{aside.name}{_NEXT}")


def put_next(home: Home) -> None:
    """Put a new log in the place of the one that was set aside, if whoever made it was killed in between."""
    path = audit_path(home)
    for new in () if os.path.lexists(path) else sorted(home.path.glob(f"{path.name}*{_NEXT}")):
        if new.with_name(
            new.name.removesuffix(_NEXT)
        ).is_dir():  # else it was not set aside: the new one may be partial
            new.rename(path)
            return


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


def begin(home: Home) -> None:
    """Witness, before a first entry, the log as it is: from then on one without a witness has lost it."""
    path = audit_path(home)
    if os.path.lexists(head_path(home)) or any(_ours(path, version) for version in log_versions(path)):
        return
    there = log_versions(path)
    _write(head_path(home), _through(path, Head(), there[-1] if there else -1))


def advance(home: Home) -> None:
    """Flush what was committed last and witness it; whoever calls this wrote it, and is alone."""
    path, first, second = audit_path(home), read_head(home), _read(second_path(home))
    if first and _goes_on(path, first) and all(_ours(path, version) for version in _later(path, first)):
        file, head = head_path(home), first
    else:
        file, head = second_path(home), second or Head()
    newest = _newest(path, head.version)
    new = _later(path, head) or [newest]
    sync_all((file for version in new for file in _files(path, version)), path)
    if _goes_on(path, head):
        _write(file, _through(path, head, newest))


def _goes_on(path: Path, head: Head) -> bool:
    """Return whether the log has the newest commit that was witnessed, by one look at it."""
    last = log_file(path, head.version)
    return head.version < 0 or (last.is_file() and head.tip in ("", sha256_of(last)))


def _later(path: Path, head: Head) -> list[int]:
    """Return the versions after what was witnessed."""
    return list(range(head.version + 1, _newest(path, head.version) + 1))


def _through(path: Path, head: Head, version: int) -> Head:
    """Return what is witnessed when the commits through ``version`` are too."""
    chain = head.chain
    for each in range(head.version + 1, version + 1):
        chain = _link(path, chain, each)
    last = log_file(path, version)
    return Head(version, chain, sha256_of(last) if last.is_file() else "")


def _write(file: Path, head: Head) -> None:
    write_whole(file, json.dumps(asdict(head)))


def _newest(path: Path, version: int) -> int:
    """Return the log's newest commit, by one look at what comes after the witnessed ``version`` unless it was cut."""
    if not log_file(path, version + 1).exists():
        return max(log_versions(path))
    while log_file(path, version + 1).exists():
        version += 1
    return version


def read_head(home: Home) -> Head | None:
    """Return what is witnessed; None if nothing is, or if it cannot be read."""
    return _read(head_path(home))


def _read(file: Path) -> Head | None:
    try:
        return Head(**json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, IsADirectoryError, ValueError, TypeError):
        return None


def witness_anew(home: Home) -> None:
    """Witness the log as it is, and forget what was witnessed before; whoever calls this is alone."""
    path = audit_path(home)
    _write(head_path(home), _through(path, Head(), _newest(path, -1)))
    second_path(home).unlink(missing_ok=True)


def damaged(home: Home) -> str:
    """Return what ``contradiction`` does, while nobody writes."""
    with looking(home):
        return contradiction(home)


def takes_its_place(home: Home) -> bool:
    """Return whether the log was begun anew in place of the one that is still witnessed: whoever did it was killed."""
    head = read_head(home)
    return head is not None and _info(audit_path(home), 0).get(ACCEPTED) == head.chain


def contradiction(home: Home) -> str:
    """Return how the log is not what was witnessed; empty if it is, or if none of it was witnessed yet."""
    path, head = audit_path(home), read_head(home)
    there = log_versions(path)
    if head is None:
        marked = any(_ours(path, version) for version in there)
        return "its witness, audit.head, is gone" if marked or os.path.lexists(head_path(home)) else ""
    if head.version > max(there, default=-1):
        return f"entries were cut off its end: it had {head.version + 1} commits" if there else "it is gone"
    if _through(path, Head(), head.version).chain != head.chain:
        return "it is not what was written: entries were changed or cut off"
    if any(not _ours(path, version) for version in there if version > head.version):
        return "entries were added to it, and not by Geoward"
    if second_path(home).exists():
        return "entries that were written while it was damaged are not in it"
    return ""


def ours(home: Home) -> list[int]:
    """Return the versions of the log that were witnessed, or that a killed process was about to witness."""
    path, head = audit_path(home), read_head(home) or Head()
    return [version for version in log_versions(path) if version <= head.version or _ours(path, version)]


def entry_files(path: Path, version: int) -> list[Path]:
    """Return the files that a commit of the log added; raise ``ValueError`` if it is none."""
    try:
        entries = [json.loads(line) for line in log_file(path, version).read_text(encoding="utf-8").splitlines()]
        return [path / entry["add"]["path"] for entry in entries if "add" in entry]
    except (FileNotFoundError, TypeError, KeyError):
        raise ValueError("not a commit of the audit log") from None


def _ours(path: Path, version: int) -> bool:
    return WITNESSED in _info(path, version)


def _info(path: Path, version: int) -> dict[str, Any]:
    file = log_file(path, version)
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else ():
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

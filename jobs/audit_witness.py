"""The witness of the audit log: beside the log, its newest commit and one digest of all that was written before.

A log that was cut at its end, edited or taken away is no longer what the witness says. It is written after each
commit, so a log may be ahead of it by what a killed process wrote last: that is no damage, and the next entry makes
up for it. A log that does not go on from what was witnessed is never made up for: its witness stays as it was, so that
the log that was lost can be told from any other, and what is written meanwhile has a second witness beside it. Only a
person ends that (``jobs.accept_audit``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path

from jobs.audit_chain import ACCEPTED, Head, files_of, goes_on, info, is_ours, later, newest, through
from jobs.damage import ASIDE
from jobs.durable import sync_all, write_whole
from jobs.home import Home
from jobs.manifest import checkpoint_file, log_versions
from jobs.shared_lock import shared_lock

_NEXT = ".next"


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
        if new.with_name(new.name.removesuffix(_NEXT)).is_dir():  # else the old one was not set aside yet
            new.rename(path)
            return


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Keep other processes and threads from the log, so that it and its witness are of one moment."""
    with os.fdopen(os.open(home.path / "audit.lock", os.O_RDWR | os.O_CREAT, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def looking(home: Home) -> AbstractContextManager[None]:
    """Keep writers waiting while log and witness are looked at; nothing is made where nothing was ever written."""
    return shared_lock(home.path / "audit.lock")


def begin(home: Home) -> None:
    """Witness, before a first entry, the log as it is: from then on one without a witness has lost it."""
    path = audit_path(home)
    if os.path.lexists(head_path(home)) or any(is_ours(path, version) for version in log_versions(path)):
        return
    there = log_versions(path)
    _write(head_path(home), through(path, Head(), there[-1] if there else -1))


def advance(home: Home) -> None:
    """Flush what was committed last and witness it; whoever calls this wrote it, and is alone."""
    path, first, second = audit_path(home), read_head(home), _read(second_path(home))
    if first and goes_on(path, first) and all(is_ours(path, version) for version in later(path, first)):
        file, head = head_path(home), first
    else:
        file, head = second_path(home), second or Head()
    last = newest(path, head.version)
    new = later(path, head) or [last]
    points = [point for version in new if (point := checkpoint_file(path, version)).is_file()]
    sync_all((*points, *(file for version in new for file in files_of(path, version))), path)
    if goes_on(path, head):
        _write(file, through(path, head, last))


def _write(file: Path, head: Head) -> None:
    write_whole(file, json.dumps(asdict(head)))


def read_head(home: Home) -> Head | None:
    """Return what is witnessed; None if nothing is, or if it cannot be read."""
    return _read(head_path(home))


def _read(file: Path) -> Head | None:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        return Head(**{"unheld": facts["version"], **facts})  # one that was written before checkpoints were held
    except (FileNotFoundError, IsADirectoryError, ValueError, TypeError, KeyError):
        return None


def witness_anew(home: Home) -> None:
    """Witness the log as it is, and forget what was witnessed before; whoever calls this is alone."""
    path = audit_path(home)
    _write(head_path(home), through(path, Head(), newest(path, -1)))
    second_path(home).unlink(missing_ok=True)


def set_checkpoints_aside(home: Home) -> bool:
    """Let the log be read by its commits alone, and return whether that may help; whoever calls this is alone.

    The checkpoints are kept under another name, and so `geoward fsck` goes on telling that they are damaged.
    """
    path = audit_path(home)
    there = log_versions(path)
    found = [file for file in path.glob("_delta_log/*checkpoint*") if not file.name.endswith(ASIDE)]
    if there != list(range(len(there))) or not found:
        return False
    for file in found:
        file.rename(file.with_name(file.name + ASIDE))
    return True


def takes_its_place(home: Home) -> bool:
    """Return whether the log was begun anew in place of the one that is still witnessed: whoever did it was killed."""
    head = read_head(home)
    return head is not None and info(audit_path(home), 0).get(ACCEPTED) == head.chain


def contradiction(home: Home) -> str:
    """Return how the log is not what was witnessed; empty if it is, or if none of it was witnessed yet."""
    path, head = audit_path(home), read_head(home)
    there = log_versions(path)
    if head is None:
        marked = any(is_ours(path, version) for version in there)
        return "its witness, audit.head, is gone" if marked or os.path.lexists(head_path(home)) else ""
    if head.version > max(there, default=-1):
        return f"entries were cut off its end: it had {head.version + 1} commits" if there else "it is gone"
    now = through(path, Head(unheld=head.unheld), head.version)
    if now.chain != head.chain:
        return "it is not what was written: entries were changed or cut off"
    if any(not is_ours(path, version) for version in there if version > head.version):
        return "entries were added to it, and not by Geoward"
    if second_path(home).exists():
        return "entries that were written while it was damaged are not in it"
    return "" if now.points == head.points else "no entry is lost, but a checkpoint of Delta's is not what was written"


def ours(home: Home) -> list[int]:
    """Return the versions of the log that were witnessed, or that a killed process was about to witness."""
    path, head = audit_path(home), read_head(home) or Head()
    return [version for version in log_versions(path) if version <= head.version or is_ours(path, version)]

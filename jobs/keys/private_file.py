"""Files of keys: read only if nobody else can, and changed by one process at a time."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.durable import PART
from quality.contracts.errors import KeyUnusable


def read_private(path: Path, *, what: str, mend: str, owner: int | None = None) -> bytes:
    """Return a file's bytes if it is a regular file of ``owner``, or this user, that no other can read, also by a link.

    It is asked of the open file, so that none is put in its place in between. Raises ``KeyUnusable`` with ``mend`` if
    there is none; ``what`` names it, since a path is not always ours to show.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would be waited for
    except (OSError, ValueError):
        raise KeyUnusable(what, "its file is missing or cannot be read", mend=mend) from None
    with os.fdopen(descriptor, "rb") as file:
        refuse_loose(os.fstat(descriptor), what, owner, mend)
        return file.read()


def refuse_loose(found: os.stat_result, what: str, owner: int | None = None, mend: str = "") -> None:
    """Raise ``KeyUnusable`` unless an open file is a regular one of ``owner``, or this user, that no other can read."""

    def refuse(problem: str, mend: str) -> KeyUnusable:
        return KeyUnusable(what, problem, mend=mend)

    if not stat.S_ISREG(found.st_mode):
        raise refuse("its file is no regular file", "Put a file there that holds it.")
    if found.st_uid != (os.geteuid() if owner is None else owner):
        mend = "Run `chown` on it, or run as its owner." if owner is None else mend
        raise refuse("its file belongs to another user", mend)
    if (mode := stat.S_IMODE(found.st_mode)) & 0o077:
        raise refuse(f"its file has mode {mode:04o}, so that others can read it", "Run `chmod 600` on it.")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no other process change the file meanwhile (flock(2)), and remove what killed ones left beside it.

    A part that was left behind may hold a key that is destroyed later on.
    """
    path.parent.mkdir(exist_ok=True, mode=0o700, parents=True)
    lock = path.with_name(f"{path.name}.lock")
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for part in path.parent.iterdir():
            if part.name.startswith(f"{path.name}.") and part.name.endswith(PART):
                part.unlink()
        yield

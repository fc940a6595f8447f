"""Look at what others write: writers wait meanwhile, other lookers do not."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shared_lock(path: Path) -> Iterator[None]:
    """Hold the lock that writers take alone (flock(2)); before the first of them there is none, and none is made."""
    try:
        file = path.open()
    except FileNotFoundError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield

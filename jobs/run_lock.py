"""One run at a time in an installation: Spark takes the machine's memory, and a plan holds while nobody else publishes.

A lock of the operating system, so that a killed process never leaves it behind (flock(2)).
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jobs.catalog import now
from jobs.home import Home
from quality.contracts.errors import Busy

_HELD: dict[Path, IO[str]] = {}
_GUARD = threading.Lock()


def lock_path(home: Home) -> Path:
    """Return the lock's file."""
    return home.path / "run.lock"


def take_run_lock(home: Home, progress: Callable[[str], None] = lambda text: None, *, wait: bool = True) -> None:
    """Hold the installation's lock until this process ends; once held, nothing happens.

    Another process that holds it is waited for, and ``progress`` is told which. Without ``wait`` raises ``Busy``.
    """
    path = lock_path(home)
    with _GUARD:
        if path in _HELD:
            return
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                file.close()
                raise Busy(
                    f"{_holder(home)} runs here already.", mend="Wait for its end; see `geoward status`."
                ) from None
            progress(f"waiting: {_holder(home)} runs here already")
            fcntl.flock(file, fcntl.LOCK_EX)
        _sign(file)
        _HELD[path] = file


def give_run_lock(home: Home) -> None:
    """Let the lock go before the process ends."""
    with _GUARD:
        if file := _HELD.pop(lock_path(home), None):
            file.close()


@contextmanager
def run_lock(home: Home, progress: Callable[[str], None] = lambda text: None, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock for as long as something is done that no run may see half of; nothing if it is held already.

    Waits and raises as ``take_run_lock`` does.
    """
    if holds_run_lock(home):
        yield
        return
    take_run_lock(home, progress, wait=wait)
    try:
        yield
    finally:
        give_run_lock(home)


def holds_run_lock(home: Home) -> bool:
    """Return whether this process holds the lock."""
    return lock_path(home) in _HELD


def run_is_alive(home: Home) -> bool:
    """Return whether any process, this one too, holds the lock."""
    path = lock_path(home)
    if holds_run_lock(home) or not path.exists():
        return holds_run_lock(home)
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _sign(file: IO[str]) -> None:
    """Say who holds it, for those who wait."""
    file.seek(0)
    file.truncate()
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    json.dump({"pid": os.getpid(), "command": command, "since": now().isoformat(timespec="seconds")}, file)
    file.flush()


def _holder(home: Home) -> str:
    try:
        holder = json.loads(lock_path(home).read_text())
        return f"`{holder['command']}` (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):  # it is being written just now
        return "Another process"

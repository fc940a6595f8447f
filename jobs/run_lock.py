"""One run at a time in an installation: Spark takes the machine's memory, and a plan holds while nobody else publishes.

Two locks of the operating system, so that a killed process never leaves one behind (flock(2)): the run's, of the
command that plans, and the writer's, of the process that publishes. On one machine they are the same process. On a
cluster the command hands the writer's lock to the process it submits: nobody takes the run's place meanwhile, and if
the command is killed, the next run still waits for the one that publishes.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from jobs.catalog import now
from jobs.home import Home
from quality.contracts.errors import Busy

Progress = Callable[[str], None]

_HELD: dict[Path, IO[str]] = {}
_GUARD = threading.Lock()


def lock_path(home: Home) -> Path:
    """Return the file of the lock that is held from before the plan to the run's end."""
    return home.path / "run.lock"


def writer_lock_path(home: Home) -> Path:
    """Return the file of the lock that is held by the one process that publishes."""
    return home.path / "writer.lock"


def take_run_lock(home: Home, progress: Progress = lambda text: None, *, wait: bool = True) -> None:
    """Hold the installation's locks until this process ends; once one is held, nothing happens.

    Another process that holds one is waited for, and ``progress`` is told which. Without ``wait`` raises ``Busy``.
    """
    with _GUARD:
        if holds_run_lock(home):
            return
        with ExitStack() as taken:
            told = _once(progress)
            files = {path: taken.enter_context(_take(path, told, wait)) for path in _locks(home)}
            _HELD.update(files)
            taken.pop_all()


def hand_over_writing(home: Home) -> None:
    """Let a process that this run submits publish; this one keeps the run's place and publishes no more itself."""
    with _GUARD:
        assert lock_path(home) in _HELD, "only a run submits"
        _release(writer_lock_path(home))


def take_over_writing(home: Home, progress: Progress = lambda text: None) -> None:
    """Publish for the run that submitted this process: hold only the writer's lock, until this process ends."""
    with _GUARD:
        if not holds_run_lock(home):
            _HELD[writer_lock_path(home)] = _take(writer_lock_path(home), progress, wait=True)


def give_run_lock(home: Home) -> None:
    """Let the locks go before the process ends."""
    with _GUARD:
        for path in _locks(home):
            _release(path)


@contextmanager
def run_lock(home: Home, progress: Progress = lambda text: None, *, wait: bool = True) -> Iterator[None]:
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
    """Return whether this process holds a lock: it is the run, or publishes for it."""
    return any(path in _HELD for path in _locks(home))


def run_is_alive(home: Home) -> bool:
    """Return whether any process, this one too, holds a lock."""
    return holds_run_lock(home) or any(_is_taken(path) for path in _locks(home) if path.exists())


def _once(progress: Progress) -> Progress:
    """Tell a text once: who holds both locks lets them go one after the other."""
    said = set[str]()

    def tell(text: str) -> None:
        if text not in said:
            said.add(text)
            progress(text)

    return tell


def _locks(home: Home) -> tuple[Path, Path]:
    return lock_path(home), writer_lock_path(home)


def _take(path: Path, progress: Progress, wait: bool) -> IO[str]:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not wait:
            if not _freed_soon(file):
                file.close()
                raise Busy(
                    f"{_holder(path)} runs here already.", mend="Wait for its end; see `geoward status`."
                ) from None
        else:
            progress(f"waiting: {_holder(path)} runs here already")
            fcntl.flock(file, fcntl.LOCK_EX)
    _sign(file)
    return file


def _freed_soon(file: IO[str]) -> bool:
    """Try for half a second: a status that looks whether a run is alive holds the lock for an instant."""
    for _ in range(10):
        time.sleep(0.05)
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def _release(path: Path) -> None:
    if file := _HELD.pop(path, None):
        file.close()


def _is_taken(path: Path) -> bool:
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


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        return f"`{holder['command']}` (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):  # it is being written just now
        return "Another process"

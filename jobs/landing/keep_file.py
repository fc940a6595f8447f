"""Keep a file's bytes under their SHA-256: copied and digested in one pass, there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.durable import PART, sync
from jobs.landing.file_opening import Unreadable

_CHUNK = 1 << 20
_A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is whole on the disk under a passing name; ``file_id`` is the SHA-256 of its bytes in hex."""

    path: Path
    file_id: str
    bytes: int

    def keep(self, name: str) -> None:
        """Give it its name. A file that is there under that name, perhaps damaged since, is replaced."""
        kept = self.path.with_name(name)
        self.path.replace(kept)
        sync(kept.parent)


@contextmanager
def copied(path: Path, folder: Path) -> Iterator[Copy]:
    """Copy a file into ``folder`` for the owner alone; what is not kept is removed at the end.

    What is judged and kept is the copy: the file itself may still change. Raises ``Unreadable`` when the file cannot
    be read to its end, and ``OSError`` when the copy cannot be written, which is not the file's fault.
    """
    part = folder / f"incoming-{os.getpid()}-{os.urandom(4).hex()}{PART}"
    digest, size = hashlib.sha256(), 0
    try:
        with part.open("xb") as target:
            part.chmod(0o600)
            for chunk in _chunks(path):
                digest.update(chunk)
                size += target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        yield Copy(part, digest.hexdigest(), size)
    finally:
        part.unlink(missing_ok=True)


def drop_leftovers(folder: Path) -> None:
    """Remove copies that a process which was killed left behind a day ago or earlier: they may hold personal rows."""
    for part in folder.glob(f"*{PART}"):
        if part.lstat().st_mtime < time.time() - _A_DAY:
            _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError:
        raise Unreadable("unreadable") from None

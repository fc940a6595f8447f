"""Keep a file's bytes under their SHA-256: copied, sealed and digested in one pass, there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.durable import PART, sync
from jobs.landing.file_opening import Content, Unreadable
from jobs.landing.sealed_file import FileKeys, SealedFile, Sealing

_CHUNK = 1 << 20
_A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is whole on the disk under a passing name, and how many bytes it holds."""

    content: SealedFile
    bytes: int

    @property
    def file_id(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return self.content.file_id

    def keep(self, name: str) -> None:
        """Give it its name. A file that is there under that name, perhaps damaged since, is replaced."""
        kept = self.content.path.with_name(name)
        self.content.path.replace(kept)
        sync(kept.parent)


@contextmanager
def copied(content: Content, folder: Path, keys: FileKeys) -> Iterator[Copy]:
    """Copy a file into ``folder``, sealed; what is not kept is removed at the end.

    Nothing of it is ever there in the clear, nor can what a kill leaves be opened. What is judged and kept is the
    copy: the file itself may still change. Raises ``Unreadable`` when the file cannot be read to its end, ``OSError``
    when the copy cannot be written, which is not the file's fault, and ``FileShredded`` when its bytes were shredded.
    """
    part = folder / f"incoming-{os.getpid()}-{os.urandom(4).hex()}{PART}"
    digest, size = hashlib.sha256(), 0
    try:
        with closing(Sealing(part)) as sealing:
            for chunk in _chunks(content):
                digest.update(chunk)
                size += sealing.write(chunk)
            sealing.end(digest.hexdigest(), keys)
        yield Copy(SealedFile(part, digest.hexdigest(), keys), size)
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


def _chunks(content: Content) -> Iterator[bytes]:
    try:
        with content.open() as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError:
        raise Unreadable("unreadable") from None

"""Which files below a folder are read while something runs, by what they are: inotify tells, so on Linux only."""

from __future__ import annotations

import ctypes
import os
import re
import select
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

ACCESS, OPEN, IS_DIR, OVERFLOW = 0x1, 0x20, 0x40000000, 0x4000
EVENT = struct.Struct("iIII")

KINDS = {
    "landed files": r"/landing/",
    "log commits": r"/_delta_log/\d{20}\.json$",
    "log checkpoints": r"/_delta_log/\d{20}\.checkpoint.*\.parquet$",
    "manifests": r"/_manifest/",
    "data files": r"/stage-[^/]+/.*\.parquet$",
}
"""What a file below a region's root is, by its path."""


@dataclass
class FilesRead:
    """Files that were opened, and folders that were listed. ``lost`` says that the kernel could not tell of all."""

    root: Path
    files: set[Path] = field(default_factory=set)
    listed: set[Path] = field(default_factory=set)
    lost: bool = False

    def of(self, kind: str) -> list[Path]:
        """Return the files of one kind, by path."""
        found = (path for path in self.files if path.is_file())
        return sorted(path for path in found if re.search(KINDS[kind], f"/{path.relative_to(self.root)}"))

    def counts(self) -> dict[str, int]:
        """Return how many files of each kind, their bytes, and the entries of the logs and folders that were read."""
        found = {kind: len(self.of(kind)) for kind in KINDS}
        found |= {f"{kind}: bytes": sum(path.stat().st_size for path in self.of(kind)) for kind in KINDS}
        checkpoints = self.of("log checkpoints")
        found["log checkpoints: entries"] = sum(pq.read_metadata(path).num_rows for path in checkpoints)
        commits = self.of("log commits")
        found["log commits: entries"] = sum(len(path.read_bytes().splitlines()) for path in commits)
        folders = [path for path in self.listed if path.is_dir()]
        found["folders listed"] = len(folders)
        found["folders listed: entries"] = sum(len(list(path.iterdir())) for path in folders)
        return found


@contextmanager
def files_read(root: Path) -> Iterator[FilesRead]:
    """Tell which of the files that are there now are opened, and folders listed; complete when the block ends.

    What is made meanwhile is the new day's own and does not count.
    """
    seen = FilesRead(root)
    watch = _Watch(seen)
    try:
        yield seen
    finally:
        watch.end()


class _Watch:
    """A thread that takes the kernel's events."""

    def __init__(self, seen: FilesRead) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd, self._seen = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), seen
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify is not there")
        self._folders: dict[int, Path] = {}
        self._there: set[Path] = set()
        for folder, _, files in os.walk(seen.root):
            self._add(Path(folder))
            self._there |= {Path(folder) / file for file in files}
        self._drain(keep=False)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        self._drain()
        os.close(self._fd)

    def _add(self, folder: Path) -> None:
        number = self._libc.inotify_add_watch(self._fd, os.fsencode(folder), ACCESS | OPEN)
        if number < 0 and folder.is_dir():
            raise OSError(ctypes.get_errno(), "no more folders can be watched: raise fs.inotify.max_user_watches")
        self._folders[number] = folder

    def _listen(self) -> None:
        while not self._ended.is_set():
            if select.select([self._fd], [], [], 0.1)[0]:
                self._drain()

    def _drain(self, *, keep: bool = True) -> None:
        while True:
            try:
                buffer = os.read(self._fd, 1 << 20)
            except BlockingIOError:
                return
            place = 0
            while keep and place < len(buffer):
                number, mask, _, length = EVENT.unpack_from(buffer, place)
                name = buffer[place + EVENT.size : place + EVENT.size + length].rstrip(b"\0")
                place += EVENT.size + length
                self._take(number, mask, os.fsdecode(name))

    def _take(self, number: int, mask: int, name: str) -> None:
        self._seen.lost = self._seen.lost or bool(mask & OVERFLOW)
        if number not in self._folders:
            return
        path = self._folders[number] / name
        if mask & IS_DIR:
            if mask & ACCESS:
                self._seen.listed.add(path)
        elif path in self._there:
            self._seen.files.add(path)

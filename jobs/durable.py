"""Write so that it outlives a power cut: a file whole or not at all, and flushed to the disk, with its name, or not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PART = ".part"
"""Ends the name of a file that is not yet whole; a killed process leaves it behind."""


def write_whole(path: Path, text: str) -> None:
    """Write a file for its owner alone, so that it is there whole or as it was before, also after a power cut."""
    _write(path, text, os.replace)


def write_new(path: Path, text: str) -> None:
    """Write a file as `write_whole` does, but never over one: raise ``FileExistsError`` if it is there by now."""
    _write(path, text, os.link)


def _write(path: Path, text: str, put: Callable[[Path, Path], None]) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700, parents=True)
    part = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        put(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk (fsync(2))."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(files: Iterable[Path], root: Path) -> None:
    """Flush files below ``root``, wherever they lie, and all folders that lead to them."""
    files = list(files)
    folders = {folder for file in files for folder in file.parents if folder == root or root in folder.parents}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sync, files))
        list(pool.map(sync, sorted(folders)))

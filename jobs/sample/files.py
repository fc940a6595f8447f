"""Writing files whose bytes depend on nothing but their content."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LEVEL = 6


class Lines:
    """A file being written line by line, with a count of its rows."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, header: str = "") -> None:
        """Write the header, which is no row, unless it is empty."""
        self.rows = 0
        self._stream = stream
        if header:
            stream.write(header.encode() + b"\n")

    def write(self, lines: list[str]) -> None:
        """Write lines given without line ends."""
        if lines:
            self._stream.write("\n".join(lines).encode() + b"\n")
        self.rows += len(lines)


@contextmanager
def open_lines(path: Path, header: str = "") -> Iterator[Lines]:
    """Open a new text file; one whose name ends in ``.gz`` is compressed without name and time of day in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as plain:
        if path.suffix != ".gz":
            yield Lines(plain, header)
            return
        with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=plain, mtime=0) as packed:
            yield Lines(packed, header)


def write_lines(path: Path, lines: Iterable[str], header: str = "") -> int:
    """Write a whole file and return how many rows it has, the header not counted."""
    with open_lines(path, header) as file:
        file.write(list(lines))
        return file.rows

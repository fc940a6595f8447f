"""What the first bytes of a file tell: whether it is a file, compressed, of another format, in UTF-16."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

PARQUET = b"PAR1"
BOM = b"\xef\xbb\xbf"
LOOKED_AT = 64

_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OTHERS = (
    PARQUET,
    _GZIP,
    b"PK\x03\x04",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"SQLite format 3\0",
    b"%PDF-",
    b"Obj\x01",
)
_OTHER_TEXT = re.compile(rb"BZh\d1AY|\s*<(!doctype|html|\?xml)", re.IGNORECASE)  # fmt: skip


class Unreadable(Exception):
    """A file that cannot be used; carries the reason code, and the names of its columns if they are the reason."""

    def __init__(self, reason: str, columns: tuple[str, ...] = ()) -> None:
        """Keep the names for whoever knows which of them may be told."""
        super().__init__(reason)
        self.columns = columns


class Content(Protocol):
    """What a file holds, wherever and however it is kept; it can be sent to a worker."""

    def open(self) -> io.BufferedReader:
        """Return it as a file that is read from any place on."""

    @property
    def size(self) -> int:
        """How many bytes it has."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file of the user's own, which lies where it is."""

    path: Path

    def open(self) -> io.BufferedReader:
        """Open it; raise ``Unreadable`` for what is absent or no file. No pipe is ever opened."""
        if not self.path.exists():
            raise Unreadable("not_found")
        if not self.path.is_file():
            raise Unreadable("not_a_file")
        return self.path.open("rb")

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.path.stat().st_size


def opening_of(content: Content) -> bytes:
    """Return the first bytes; raise ``Unreadable`` for what is absent, no file or empty."""
    with content.open() as file:
        opening = file.read(4)
    if not opening:
        raise Unreadable("empty_file")
    return opening


def is_gzip(content: Content) -> bool:
    """Return whether it is a gzip, whatever its name."""
    return opening_of(content).startswith(_GZIP)


@contextmanager
def open_bytes(content: Content) -> Iterator[BinaryIO]:
    """Open it for reading, decompressed."""
    packed = is_gzip(content)
    with content.open() as file, ExitStack() as opened:
        yield cast(BinaryIO, opened.enter_context(gzip.open(file))) if packed else file


def check_text(opening: bytes) -> None:
    """Raise ``Unreadable`` when the opening of a text, decompressed, shows that it is none in UTF-8.

    Single NULs are the rows' matter; text in UTF-16 has one in every other place.
    """
    if not opening.removeprefix(BOM):
        raise Unreadable("empty_file")
    if opening.startswith(_OTHERS) or _OTHER_TEXT.match(opening.removeprefix(BOM)):
        raise Unreadable("wrong_format")
    if opening.startswith(_UTF16) or any(
        2 * part.count(0) >= len(part) for part in (opening[::2], opening[1::2]) if part
    ):
        raise Unreadable("bad_encoding")

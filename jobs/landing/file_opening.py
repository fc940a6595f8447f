"""What the first bytes of a file tell: whether it is a file, compressed, of another format, in UTF-16."""

from __future__ import annotations

import gzip
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

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


def opening_of(path: Path) -> bytes:
    """Return the first bytes; raise ``Unreadable`` for what is absent, no file or empty. No pipe is ever opened."""
    if not path.exists():
        raise Unreadable("not_found")
    if not path.is_file():
        raise Unreadable("not_a_file")
    with path.open("rb") as file:
        opening = file.read(4)
    if not opening:
        raise Unreadable("empty_file")
    return opening


def is_gzip(path: Path) -> bool:
    """Return whether the file is a gzip, whatever its name."""
    return opening_of(path).startswith(_GZIP)


def open_bytes(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Open the file for reading, decompressed."""
    return gzip.open(path, "rb") if is_gzip(path) else path.open("rb")  # type: ignore[return-value]


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

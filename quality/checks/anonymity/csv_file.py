"""CSV in one dialect, RFC 4180: only the delimiter differs, and it is read off the header, never guessed from rows.

A guess is an attack: a file that begins with ``#`` or holds one quote more would be verified as another table.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quality.checks.anonymity.csv_faults import fault_of, not_utf8
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = ",;\t|"
BLOCK = 1 << 24
"""Bytes that are read at a time; no record may be longer."""

HEADER_BYTES = 1 << 16
_SAID = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file, whose suffix tells its compression, or its ``content``; with ``delimiter`` and names of columns.

    Fields are UTF-8 text, and null where empty. Lines all end with CR, LF or both. An empty line is no record, unless
    there is one column, whose null it is.
    """

    path: Path
    delimiter: str
    names: tuple[str, ...]
    content: bytes | None = None
    before: int = 0
    """Lines before the header: 1 if it is Excel's ``sep=;``, which says the delimiter."""

    def fault(self) -> UsageError | None:
        """Return what is wrong with a file that could not be read, if that is found."""
        return fault_of(
            self.path.name, _opened(self.path, self.content), self.names, self.delimiter, first=self.before + 2
        )

    def read(self, columns: Sequence[str] = ()) -> pa.RecordBatchReader:
        """Return the rows as texts, of ``columns`` or of all; errors of Arrow come while it is read.

        Raises ``UsageError`` for columns that are missing or stand there twice, up to upper and lower case.
        """
        import pyarrow as pa
        from pyarrow import csv as arrow

        require_columns(self.path.name, columns, self.names)
        folded = [name.casefold() for name in self.names]
        wanted = list(dict.fromkeys(columns or self.names))
        if twice := [name for name in wanted if folded.count(name.casefold()) > 1]:
            mend = "Give each column a name of its own."
            raise UsageError(f"{self.path.name} has column {', '.join(twice)} more than once.", mend=mend)
        return arrow.open_csv(
            pa.PythonFile(_WholeEnds(_opened(self.path, self.content)), mode="r"),
            arrow.ReadOptions(
                block_size=BLOCK, column_names=list(self.names), skip_rows=self.before, skip_rows_after_names=1
            ),
            arrow.ParseOptions(
                delimiter=self.delimiter, quote_char='"', double_quote=True, escape_char=False,
                newlines_in_values=True, ignore_empty_lines=len(self.names) > 1,
            ),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()), strings_can_be_null=True, null_values=[""],
                include_columns=wanted,
            ),
        )  # fmt: skip

    def count(self) -> int:
        """Return the records after the header, as lines that end outside of quotes: a second reading.

        Raises ``UsageError`` where lines end in several ways: a CR may then be of a value that is not in quotes; and
        where a quote is open at the end.
        """
        records, ends, inside, after_return, ended = 0, np.zeros(3, np.int64), False, False, True
        with _opened(self.path, self.content) as file:
            while block := file.read(1 << 22):
                codes = np.frombuffer(block, np.uint8)
                outside = ~np.logical_xor.accumulate(np.concatenate(([inside], codes == ord('"'))))[1:]
                returns, feeds = (outside & (codes == ord(sign)) for sign in "\r\n")
                second = feeds & np.concatenate(([after_return], returns[:-1]))
                ends += [returns.sum(), feeds.sum(), second.sum()]
                marks = (returns | feeds)[~second]
                blank = marks & np.concatenate(([ended], marks[:-1]))
                records += int(marks.sum()) - (0 if len(self.names) == 1 else int(blank.sum()))
                inside, after_return = not outside[-1], bool(returns[-1])
                ended = bool(marks[-1]) if len(marks) else ended
        if inside:
            raise UsageError(f"A quote in {self.path.name} is never closed.", mend="Close it, or double it in a value.")
        both = ends[2]
        if sum(kind > 0 for kind in (ends[0] - both, ends[1] - both, both)) > 1:
            mend = "End each with LF or CR LF, and put values that hold either in quotes."
            raise UsageError(f"The lines of {self.path.name} end in several ways.", mend=mend)
        return records + (not ended) - 1 - self.before

    def check(self, rows: int) -> None:
        """Raise ``UsageError`` if the rows that were read are not the records that are counted."""
        if (counted := self.count()) != rows:
            raise UsageError(
                f"{self.path.name} cannot be read for sure: it has {rows:,} rows as parsed, {counted:,} as counted.",
                mend="Write it as RFC 4180: quotes around delimiters, line ends and quotes, which are doubled.",
            )


def csv_file(path: Path, *, delimiter: str = "", content: bytes | None = None) -> CsvFile:
    """Return the CSV file at ``path``; its delimiter is the one of comma, semicolon, tab and bar in its header.

    A column without a name, such as an index that pandas writes, is called by its place.
    Raises ``UsageError`` if it has no header, one that is not UTF-8, or one with several of them, unless ``delimiter``
    says which.
    """
    if delimiter and (len(delimiter) > 1 or delimiter not in DELIMITERS):
        raise UsageError("No delimiter but comma, semicolon, tab and | is read.", mend="Say one, or leave it out.")
    stated, header = _header(path, content)
    delimiter = delimiter or stated
    found = sorted(set(re.sub('"[^"]*"', "", header)) & set(DELIMITERS))
    if len(found) > 1 and not delimiter:
        raise UsageError(
            f"The header of {path.name} has {len(found)} kinds of delimiters, so it can be read in several ways.",
            mend="Put quotes around the name that holds one, or say --delimiter.",
        )
    delimiter = delimiter or (found or [","])[0]
    try:
        names = next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        names = []
    if not names:
        raise UsageError(f"{path.name} has no header of columns.", mend="Name the columns in its first line.")
    named = tuple(name or f"column {at} (without a name)" for at, name in enumerate(names, 1))
    return CsvFile(path, delimiter, named, content, before=1 if stated else 0)


def require_columns(table: str, columns: Sequence[str], present: Sequence[str]) -> None:
    """Raise ``UsageError``, naming the columns that ``table`` lacks."""
    if missing := [name for name in columns if name not in present]:
        raise UsageError(f"{table} has no column {', '.join(missing)}.", mend=f"It has: {', '.join(present)}.")


def _header(path: Path, content: bytes | None) -> tuple[str, str]:
    """Return the delimiter that a line before the header says, as Excel writes it, and the header without its end."""
    with _opened(path, content) as file:
        head = file.read(HEADER_BYTES)
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        raise not_utf8(path.name, head) from None
    said = _SAID.match(text)
    text = text[said.end() :] if said else text
    found = re.match(r'(?:"[^"]*"|[^"\r\n])*', text)
    end = found.end() if found else 0
    whole = text[end : end + 1] in ("\r", "\n") or (end == len(text) and len(head) < HEADER_BYTES)
    return said[1] if said else "", text[:end] if whole else ""


@dataclass(slots=True)
class _WholeEnds:
    """A file that is never read up to between CR and LF: Arrow drops an LF that begins a block, also one in quotes."""

    file: pa.NativeFile
    held: bytes = b""
    closed: bool = False

    def read(self, size: int) -> bytes:
        block: bytes = self.held + self.file.read(size - len(self.held))
        self.held = b"\r" if len(block) > 1 and block.endswith(b"\r") else b""
        return block.removesuffix(self.held)

    def close(self) -> None:
        self.file.close()
        self.closed = True


def _opened(path: Path, content: bytes | None) -> pa.NativeFile:
    import pyarrow as pa

    if content is None:
        return pa.input_stream(str(path))
    zipped = {".gz": "gzip", ".bz2": "bz2"}.get(path.suffix.lower())
    return pa.input_stream(pa.py_buffer(content), compression=zipped)

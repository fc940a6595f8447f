"""Text cut into its records, as they lie in it: a block at a time, and without looking at each where there is no quote.

Where records end is what Spark's CSV reader says (univocity, with the options of ``read_text``): a quote means anything
only as a field's first character; doubled, it is part of the value; after a closing one, the field goes on to the next
comma or line end, and quotes in that rest mean nothing. What is never closed takes up the rest of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

BOM = b"\xef\xbb\xbf"
BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: the records that begin from byte ``start`` on and before ``end``; no end: all of them.

    Of a text with a quote, whoever has the span with the first one takes all that follows, and the later spans nothing.
    """

    start: int = 0
    end: int | None = None


@dataclass(frozen=True)
class Splitter:
    """How records end: with ``ends``, one byte, or as lines in whatever way if it is empty; ``quoted``: as in CSV."""

    ends: bytes
    quoted: bool = False
    header: bool = False

    def records(self, file: BinaryIO, span: Span = Span()) -> Iterator[pa.StringArray]:
        """Yield the records that are not empty, but for the header, in order; at most a few MiB at once."""
        quote = _first_quote(file, span.end) if self.quoted and span != Span() else None
        if quote is not None:
            if quote < span.start:
                return
            span = Span(span.start)
        blocks = _whole_lines(_pieces(file, span, self.ends or b"\n"), self.ends)
        header = self.header and span.start == 0
        for records in self._split(blocks):
            kept = records.filter(pc.greater(pc.binary_length(records), 0))
            if header and len(kept):
                kept, header = kept[1:], False
            if len(kept):
                yield kept.cast(pa.string())

    def _split(self, blocks: Iterator[bytes]) -> Iterator[pa.BinaryArray]:
        lines: list[bytes] = []  # of a record that a quote keeps open
        block = b""
        for block in blocks:
            if not self.ends:
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if lines or (self.quoted and b'"' in block):
                yield pa.array(list(self._quoted(block, lines)), pa.binary())
            else:
                yield pc.split_pattern(pa.scalar(block, pa.binary()), self.ends or b"\n").values
        if lines:  # to the very end: a last line end belongs to it
            yield pa.array([self.ends.join(lines) + self.ends * block.endswith(self.ends)], pa.binary())

    def _quoted(self, block: bytes, lines: list[bytes]) -> Iterator[bytes]:
        """Yield whole records; ``lines`` are those of the one that is open, before and after."""
        for line in block.removesuffix(self.ends).split(self.ends):
            if lines:
                lines.append(line)
                if b'"' in line and self._closes.match(line):
                    yield self.ends.join(lines)
                    lines.clear()
            elif b'"' in line and not self._closed.match(line):
                lines.append(line)
            else:
                yield line

    @cached_property
    def _closed(self) -> re.Pattern[bytes]:
        """Matches a line in which no quote stays open."""
        return re.compile(rb"%b(?:,%b)*+\Z" % (_FIELD, _FIELD), re.DOTALL)

    @cached_property
    def _closes(self) -> re.Pattern[bytes]:
        """Matches a line that closes a quote which is open before it, and leaves none open."""
        return re.compile(rb'(?:[^"]++|"")*+"[^,]*+(?:,%b)*+\Z' % _FIELD, re.DOTALL)


_FIELD = rb'(?:"(?:[^"]++|"")*+"[^,]*+|[^",][^,]*+|)'


def _first_quote(file: BinaryIO, end: int | None) -> int | None:
    """Return where the first quote is, if it is before ``end``."""
    file.seek(0)
    at = 0
    while (end is None or at < end) and (block := file.read(BLOCK)):
        found = block.find(b'"')
        if found >= 0:
            return at + found if end is None or at + found < end else None
        at += len(block)
    return None


def _pieces(file: BinaryIO, span: Span, ends: bytes) -> Iterator[bytes]:
    """Yield the bytes of the lines that begin in the span, without a byte-order mark, however they are cut."""
    at, begun = max(0, span.start - 1), not span.start  # the end of the line before may be the byte before the span
    file.seek(at)
    while block := file.read(BLOCK):
        low, after = len(BOM) if not at and block.startswith(BOM) else 0, at + len(block)
        if not begun:
            low = block.find(ends) + 1
            begun = low > 0
        if span.end is not None and at + low >= span.end:
            return
        stop = -1 if span.end is None or after < span.end else block.find(ends, max(low, span.end - 1 - at))
        if begun:
            yield block[low : stop + 1 or None]
        if stop >= 0:
            return
        at = after


def _whole_lines(pieces: Iterator[bytes], ends: bytes) -> Iterator[bytes]:
    """Yield blocks that end where a line does, and the last maybe with the text."""
    rest: list[bytes] = []
    for block in pieces:
        cut = block.rfind(ends or b"\n") + 1
        if not ends:
            cut = max(cut, block.rfind(b"\r", 0, len(block) - 1) + 1)
        if cut:
            yield b"".join([*rest, block[:cut]])
            rest.clear()
        rest.append(block[cut:])
    if last := b"".join(rest):
        yield last

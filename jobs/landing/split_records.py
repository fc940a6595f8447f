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


WHOLE = Span()


@dataclass(frozen=True)
class Splitter:
    """How records end: with ``ends``, one byte, or as lines in whatever way if it is empty; ``quoted``: as in CSV."""

    ends: bytes
    quoted: bool = False
    header: bool = False

    def records(self, file: BinaryIO, span: Span = WHOLE) -> Iterator[pa.StringArray]:
        """Yield the records that are not empty, but for the header, in order; at most a few MiB at once."""
        start, end = span.start, span.end
        if span != WHOLE:
            ends = self.ends or b"\n"
            start, end = _line_from(file, start, ends), end and _line_from(file, end, ends)
            if self.quoted and (quote := _first_quote(file, end)) is not None:
                if quote < start:
                    return
                end = None
        blocks = _whole_lines(_without_mark(_pieces(file, start, end), start), self.ends)
        header = self.header and not span.start
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


def _line_from(file: BinaryIO, at: int, ends: bytes) -> int:
    """Return where the first line begins from a byte on, or where the text ends."""
    if not at:
        return 0
    at -= 1  # the end of the line before may be the byte before
    file.seek(at)
    while block := file.read(BLOCK):
        if found := block.find(ends) + 1:
            return at + found
        at += len(block)
    return at


def _first_quote(file: BinaryIO, end: int | None) -> int | None:
    """Return where the first quote is, if there is one before ``end``."""
    at = 0
    for block in _pieces(file, 0, end):
        if found := block.find(b'"') + 1:
            return at + found - 1
        at += len(block)
    return None


def _pieces(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    file.seek(start)
    while block := file.read(BLOCK if end is None else min(BLOCK, end - start)):
        yield block
        start += len(block)


def _without_mark(pieces: Iterator[bytes], start: int) -> Iterator[bytes]:
    """Leave out the byte-order mark of a text that is read from its start on."""
    for block in pieces:
        yield block.removeprefix(BOM) if not start else block
        start += len(block)


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

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

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BOM = b"\xef\xbb\xbf"
BLOCK, LEAST = 4 << 20, 1 << 16


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
    """How records end: with ``ends``, one byte, or as lines in whatever way if it is empty; ``quoted``: as in CSV.

    Stretches of fewer than ``least`` bytes are not worth to be split as one.
    """

    ends: bytes
    quoted: bool = False
    header: bool = False
    least: int = LEAST

    def records(self, file: BinaryIO, span: Span = WHOLE) -> Iterator[pa.StringArray]:
        """Yield the records that are not empty, but for the header, in order; at most a few MiB at once."""
        for some in self.stretches(file, span):
            if len(found := self.records_of(some) if isinstance(some, bytes) else some):
                yield found

    def stretches(self, file: BinaryIO, span: Span = WHOLE) -> Iterator[bytes | pa.StringArray]:
        """Yield the same, as bytes a stretch in which no record has a quote but around a whole field."""
        start, end = span.start, span.end
        if span != WHOLE:
            ends = self.ends or b"\n"
            start, end = _line_from(file, start, ends), end and _line_from(file, end, ends)
            if self.quoted and (quote := _first_quote(file, end)) is not None:
                if quote < start:
                    return
                end = None
        blocks = _whole_lines(_without_mark(_pieces(file, start, end), start), self.ends)
        yield from self._split(self._without_header(blocks) if self.header and not span.start else blocks)

    def records_of(self, stretch: bytes) -> pa.StringArray:
        """Return the records of a stretch."""
        if self.quoted and b'"' in stretch:
            return _strings(pa.array(list(self._quoted(stretch, [])), pa.binary()))
        return _strings(pc.split_pattern(pa.scalar(stretch, pa.binary()), self.ends or b"\n").values)

    def _split(self, blocks: Iterator[bytes]) -> Iterator[bytes | pa.StringArray]:
        lines: list[bytes] = []  # of a record that a quote keeps open
        block = b""
        for block in blocks:
            if not self.ends:
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            at = self._closed_at(block, lines) if lines else 0
            if lines and at:
                yield _strings(pa.array([self.ends.join(lines)], pa.binary()))
                lines.clear()
            if lines:
                continue
            plain = self._plain_to(block, at) if self.quoted else len(block)
            if plain > at:
                yield block[at:plain]
            if plain < len(block):
                yield _strings(pa.array(list(self._quoted(block[plain:], lines)), pa.binary()))
        if lines:  # to the very end: a last line end belongs to it
            whole = self.ends.join(lines) + self.ends * block.endswith(self.ends)
            yield _strings(pa.array([whole], pa.binary()))

    def _plain_to(self, block: bytes, at: int) -> int:
        """Return up to where each record from ``at`` on is plain; ``at`` where that is too little to be worth it."""
        end = plain_to(memoryview(block)[at:], self.ends) + at
        return end if end - at >= self.least or end == len(block) else at

    def _closed_at(self, block: bytes, lines: list[bytes]) -> int:
        """Add lines to the record that is open, and return where the block goes on after it; 0: it stays open."""
        at = 0
        for line in block.removesuffix(self.ends).split(self.ends):
            lines.append(line)
            at += len(line) + 1
            if b'"' in line and self._closes.match(line):
                return at
        return 0

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

    def _without_header(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Leave out the first record that is not empty; it fits into one block."""
        found = False
        for block in blocks:
            if not found:
                lines: list[bytes] = []
                left = block.lstrip(self.ends)
                found = bool(left)
                first = next(self._quoted(left, lines), None) if self.quoted else left.partition(self.ends)[0]
                size = len(left) if first is None else len(first) + 1
                block = left[size:]
            if block:
                yield block

    @cached_property
    def _closed(self) -> re.Pattern[bytes]:
        """Matches a line in which no quote stays open."""
        return re.compile(rb"%b(?:,%b)*+\Z" % (_FIELD, _FIELD), re.DOTALL)

    @cached_property
    def _closes(self) -> re.Pattern[bytes]:
        """Matches a line that closes a quote which is open before it, and leaves none open."""
        return re.compile(rb'(?:[^"]++|"")*+"[^,]*+(?:,%b)*+\Z' % _FIELD, re.DOTALL)


def plain_to(block: bytes | memoryview, ends: bytes) -> int:
    """Return where the last record ends before the first one that has a quote elsewhere than around a whole field.

    Quotes open and close in turn. One that opens is plain at the begin of a field or, doubled, after one that closes;
    one that closes at the end of a field or before one that opens.
    """
    signs = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(signs == _QUOTE)
    if not len(quotes):
        return len(signs)
    opens, closes, end = quotes[::2], quotes[1::2], ends[0]
    around = np.concatenate([[end], signs, [end, end]])  # before the first sign, and after the last
    before, after, second = around[opens], around[closes + 2], around[closes + 3 - (closes + 3 >= len(around))]
    good_opens = (before == _COMMA) | (before == end)
    good_opens[1:] |= closes[: len(opens) - 1] == opens[1:] - 1
    good_closes = (after == _COMMA) | (after == end) | ((after == _CARRIAGE) & (second == end))
    good_closes[: len(opens) - 1] |= closes[: len(opens) - 1] == opens[1:] - 1
    odd = np.concatenate([opens[~good_opens], closes[~good_closes], opens[len(closes) :]])
    if not len(odd):
        return len(signs)
    lines = np.flatnonzero(signs[: odd.min()] == end)
    lines = lines[np.searchsorted(quotes, lines) % 2 == 0]  # those not inside quotes
    return int(lines[-1]) + 1 if len(lines) else 0


_QUOTE, _COMMA, _CARRIAGE = b'",\r'
_FIELD = rb'(?:"(?:[^"]++|"")*+"[^,]*+|[^",][^,]*+|)'


def _strings(records: pa.BinaryArray) -> pa.StringArray:
    return records.filter(pc.greater(pc.binary_length(records), 0)).cast(pa.string())


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

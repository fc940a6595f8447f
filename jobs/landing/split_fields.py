"""Plain records of CSV and TSV split into fields where they are read, by Arrow; all others are left to Spark's parser.

What is plain is so narrow that both say the same of it: no quote but around a whole field, lines that all end alike,
as many fields as there are columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from jobs.landing.split_records import WHOLE, Span, Splitter
from jobs.landing.spread_files import Rows

_NEVER_PLAIN = (b"\0", b"\xef\xbf\xbf", b'"""', b'""\r')
"""Signs that parsers treat each in its own way, and a value that begins with a quote."""


@dataclass(frozen=True)
class FieldSplitter:
    """Gives the fields at the ``wanted`` places of ``count``, or ``value``, the whole record."""

    splitter: Splitter
    sep: str
    count: int
    wanted: tuple[int, ...]

    def rows(self, file: BinaryIO, span: Span = WHOLE) -> Iterator[Rows]:
        """Yield the records of a span."""
        for some in self.splitter.stretches(file, span):
            if not isinstance(some, bytes):
                yield self._whole(some)
            elif not self._is_plain(some):
                yield self._whole(self.splitter.records_of(some))
            elif some.strip(b"\r\n"):
                yield from self._split(some)

    def _is_plain(self, stretch: bytes) -> bool:
        """Return whether all lines end with a line feed or all with a carriage return before it, as there are some."""
        if self.splitter.ends != b"\n" or any(sign in stretch for sign in _NEVER_PLAIN):
            return False
        carriage = stretch.count(b"\r")
        return not carriage or (carriage == stretch.count(b"\r\n") == stretch.count(b"\n") and stretch.endswith(b"\n"))

    def _split(self, stretch: bytes) -> Iterator[Rows]:
        odd: list[str] = []

        def leave_out(row: pa.csv.InvalidRow) -> str:
            odd.append(row.text)
            return "skip"

        carriage, quotes = b"\r" in stretch, self.splitter.quoted and b'"' in stretch
        places = [f"_{place}" for place in range(self.count)]
        found = pa.csv.read_csv(
            pa.BufferReader(stretch),
            pa.csv.ReadOptions(column_names=places, use_threads=False, block_size=len(stretch) + 1),
            pa.csv.ParseOptions(
                delimiter=self.sep, quote_char='"' if quotes else False, newlines_in_values=quotes,
                invalid_row_handler=leave_out,
            ),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()), null_values=[""], strings_can_be_null=True,
                include_columns=[places[place] for place in self.wanted or (0,)],
            ),
        )  # fmt: skip
        columns = {place: found[places[place]].combine_chunks() for place in self.wanted}
        if carriage and self.count - 1 in columns:  # as what is left of a last value that was but the line's end
            columns[self.count - 1] = columns[self.count - 1].fill_null("")
        yield self._of(columns, pa.nulls(len(found), pa.string())), len(found)
        if odd:
            yield self._whole(pa.array([text.rstrip("\r\n") + "\r" * carriage for text in odd]))

    def _whole(self, records: pa.StringArray) -> Rows:
        none = pa.nulls(len(records), pa.string())
        return self._of(dict.fromkeys(self.wanted, none), records), len(records)

    def _of(self, columns: dict[int, pa.StringArray], value: pa.StringArray) -> dict[str, pa.StringArray]:
        return {**{f"plain_{place}": columns[place] for place in self.wanted}, "value": value}

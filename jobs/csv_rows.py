"""The rows of a CSV file that hold a text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from jobs import text_rows
from jobs.text_rows import Row, is_text, lines, place_of, unknown_field
from quality.contracts.errors import GeowardError


class Torn(GeowardError):
    """A row of a CSV file has no end that a reader can know, so what follows may be of any column."""

    def __init__(self, row: int) -> None:
        """Name the row by its number, 0 being the header."""
        super().__init__(
            f"Row {row:,} of the CSV file does not end where a row may: it has more than {text_rows.LONGEST_LINE:,} "
            "bytes, a quote without end, or a carriage return outside quotes.",
            mend="Mend or take out that row, and repeat the command. No file was written.",
        )


def csv_rows(path: Path, field: str, *, delimiter: str) -> Iterator[Row]:
    """Yield the header and each row; raise ``Torn`` at the first whose end is not known, and as ``place_of`` does."""
    csv.field_size_limit(text_rows.LONGEST_LINE)
    record = _Record(path)
    records = _whole(record, csv.reader(record, delimiter=delimiter))
    if (header := next(records, None)) is None:
        raise unknown_field(field, 0)
    header[:1] = [name.removeprefix("\ufeff") for name in header[:1]]
    place = place_of(field, header)
    yield Row(None, header, "header")
    for cells in filter(None, records):
        yield _row(cells, len(header), place)


class _Record:
    """The lines of a CSV file, of which one record may take no more than ``LONGEST_LINE``."""

    def __init__(self, path: Path) -> None:
        self.length, self.ended = 0, False
        self._lines = lines(path)

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.length += len(line or "")
            if line is None or self.length > text_rows.LONGEST_LINE:
                raise csv.Error
            yield line
        self.ended = True


def _whole(record: _Record, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield what ``reader`` makes of ``record``; it would go on in the middle of one, as if a row began there."""
    row = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Torn(row) from None
        if cells is None:
            return
        if record.ended:
            raise Torn(row)
        yield cells
        record.length = 0
        row += bool(cells)


def _row(cells: list[str], width: int, place: int) -> Row:
    if len(cells) != width:
        return Row(None, reason="wrong_width")
    return Row(cells[place], cells, "" if all(map(is_text, cells)) else "not_utf8")

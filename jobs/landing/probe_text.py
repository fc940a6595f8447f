"""Whether text can be read to its last byte and its records can be told apart: csv, tsv and JSON lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from itertools import islice

from jobs.landing.file_opening import LOOKED_AT, Content, Unreadable, check_text, open_bytes
from jobs.landing.other_delimiter import other_delimiter
from quality.sources.mapping import Mapping

RECORDS_LOOKED_AT = 1_000
"""JSON records whose keys are compared with the mapping."""

LONGEST = 32 << 20
"""Characters of a record. Java holds a record several times over: a longer one would end the whole run, each night."""

_CHUNK, _LONGEST_HEADER = 1 << 20, 1 << 20

csv.field_size_limit(LONGEST)


def probe_text(content: Content, mapping: Mapping) -> tuple[tuple[str, ...], int | None]:
    """Return the columns, and the rows where counting needs no parser; raise ``Unreadable`` with the reason."""
    try:
        with open_bytes(content) as file:
            check_text(file.peek(LOOKED_AT)[:LOOKED_AT])  # type: ignore[attr-defined]
            if mapping.format == "jsonl":
                return _probe_lines(_decoded(file, newline=None), mapping)
            return _probe_separated(_decoded(file, newline=""), content, mapping), None
    except EOFError:
        raise Unreadable("truncated_gzip") from None
    except (gzip.BadGzipFile, zlib.error):
        raise Unreadable("corrupt_gzip") from None
    except UnicodeDecodeError:
        raise Unreadable("bad_encoding") from None


def check_columns(columns: tuple[str, ...], mapping: Mapping) -> None:
    """Raise ``Unreadable`` when columns that the mapping reads are absent or there twice."""
    if missing := sorted(set(mapping.source_columns) - set(columns)):
        raise Unreadable(f"missing_column:{','.join(missing)}", columns)
    if repeated := sorted({name for name in mapping.source_columns if columns.count(name) > 1}):
        raise Unreadable(f"duplicate_column:{','.join(repeated)}", columns)


def ends_with_cr(content: Content) -> bool:
    """Return whether the first line ends with a carriage return alone, as on old Macintoshes."""
    with open_bytes(content) as file:
        line = _decoded(file, newline="").readline(_LONGEST_HEADER)
    return line.endswith("\r")


def _decoded(file: object, newline: str | None) -> io.TextIOWrapper:
    """Decode as UTF-8, strictly, without a byte-order mark."""
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline=newline)  # type: ignore[arg-type]


def _probe_separated(lines: io.TextIOWrapper, content: Content, mapping: Mapping) -> tuple[str, ...]:
    first = lines.readline(_LONGEST_HEADER)
    columns = mapping.columns or _header(first, lines, mapping)
    size, since_break, quotes = 0, 0, '"' in first
    while chunk := lines.read(_CHUNK):
        size += len(chunk)
        since_break = 0 if "\n" in chunk or "\r" in chunk else since_break + len(chunk)
        quotes = quotes or '"' in chunk
        if since_break > LONGEST:
            raise Unreadable("record_too_long")
    if first.endswith("\r") and lines.newlines != "\r":
        raise Unreadable("mixed_line_ends")
    if not mapping.columns:  # asked last: of a damaged file the damage is told, whatever the mapping reads
        _check_header(first, columns, mapping)
    if size > LONGEST and quotes and mapping.format == "csv":
        _check_quoted(content)
    return columns


def _header(first: str, lines: io.TextIOWrapper, mapping: Mapping) -> tuple[str, ...]:
    tabs = mapping.format == "tsv"
    text = _bounded(first, lines)
    records = csv.reader(text, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL)
    try:
        header = tuple(next(records, ()))
    except csv.Error:
        raise Unreadable("wrong_format") from None
    return header


def _check_header(first: str, columns: tuple[str, ...], mapping: Mapping) -> None:
    known = mapping.source_columns
    if not set(columns) & set(known) and (other := other_delimiter(first, known)):
        raise Unreadable(f"other_delimiter:{other[0]}", other[1])
    check_columns(columns, mapping)


def _bounded(first: str, lines: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines up to the length that a header may have: a quote that never ends would read the whole file."""
    line, size = first, 0
    while line:
        size += len(line)
        if size >= _LONGEST_HEADER:
            raise Unreadable("wrong_format")
        yield line
        line = lines.readline(_LONGEST_HEADER)


def _check_quoted(content: Content) -> None:
    """Look for a quote that swallows what follows it; small files and files without quotes need not ask."""
    with open_bytes(content) as file:
        try:
            for _ in csv.reader(_decoded(file, newline="")):
                pass
        except csv.Error:
            raise Unreadable("record_too_long") from None


def _probe_lines(lines: io.TextIOWrapper, mapping: Mapping) -> tuple[tuple[str, ...], int]:
    """Optional keys are normal in JSON lines, so only a file in which no mapped key appears is refused."""
    records = (line for line in _lines(lines) if line.strip())
    keys: dict[str, None] = {}
    rows = objects = 0
    for line in islice(records, RECORDS_LOOKED_AT):
        rows += 1
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            objects += 1
            keys.update(dict.fromkeys(record))
    rows += sum(1 for _ in records)
    if not rows:
        raise Unreadable("empty_file")
    if not objects:
        raise Unreadable("wrong_format")
    if not set(keys) & set(mapping.source_columns):
        raise Unreadable(f"missing_column:{','.join(sorted(mapping.source_columns))}", tuple(keys))
    return tuple(keys), rows


def _lines(lines: io.TextIOWrapper) -> Iterator[str]:
    while line := lines.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise Unreadable("record_too_long")
        yield line

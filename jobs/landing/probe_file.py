"""Whether a landed file can be read to its last byte, before Spark meets it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from quality.sources.mapping import Mapping

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_LOOKED_AT = 1_000
"""JSON records whose keys are compared with the mapping."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found. ``reason`` is empty when readable, else a code with column names at most.

    ``columns`` are those of the file, ``dropped`` those the mapping does not read, ``unknown`` those of them that it
    does not list as ignored either. ``rows`` is null where counting would need a parser (csv, tsv).
    Codes: ``not_found``, ``not_a_file``, ``unreadable``, ``empty_file``, ``truncated_gzip``, ``corrupt_gzip``,
    ``bad_encoding``, ``wrong_format``, ``missing_column:<names>``, ``duplicate_column:<names>``,
    ``corrupt_parquet``, ``unsupported_type:<names>``.
    """

    readable: bool
    reason: str
    columns: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    gzipped: bool = False
    rows: int | None = None


class _Unreadable(Exception):
    """Carries the reason code."""


def probe_file(path: Path, mapping: Mapping) -> Probe:
    """Read the whole file once, in constant memory, and say whether it is fit for ``mapping``; never raises for it."""
    gzipped = False
    try:
        gzipped = _opening(path).startswith(_GZIP)
        probe = _probe_parquet if mapping.format == "parquet" else _probe_text
        columns, rows = probe(path, mapping)
    except _Unreadable as error:
        return Probe(False, str(error), gzipped=gzipped)
    except OSError:
        return Probe(False, "unreadable", gzipped=gzipped)
    dropped = tuple(name for name in columns if name not in mapping.source_columns)
    unknown = tuple(name for name in dropped if name not in mapping.ignored)
    return Probe(True, "", columns, dropped, unknown, gzipped, rows)


def _opening(path: Path) -> bytes:
    if not path.exists():
        raise _Unreadable("not_found")
    if not path.is_file():
        raise _Unreadable("not_a_file")
    with path.open("rb") as file:
        opening = file.read(4)
    if not opening:
        raise _Unreadable("empty_file")
    return opening


def _probe_text(path: Path, mapping: Mapping) -> tuple[tuple[str, ...], int | None]:
    with _open(path) as file:
        try:
            _check_opening(file.peek(64)[:64])  # type: ignore[attr-defined]
            # utf-8-sig drops a byte-order mark and is otherwise strict
            newline = None if mapping.format == "jsonl" else ""
            lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline=newline)
            if mapping.format == "jsonl":
                return _probe_lines(lines, mapping)
            columns = _header(lines, mapping)
            while lines.read(_CHUNK):
                pass
        except EOFError:
            raise _Unreadable("truncated_gzip") from None
        except (gzip.BadGzipFile, zlib.error):
            raise _Unreadable("corrupt_gzip") from None
        except UnicodeDecodeError:
            raise _Unreadable("bad_encoding") from None
    return columns, None


def _open(path: Path) -> AbstractContextManager[IO[bytes]]:
    return gzip.open(path, "rb") if _opening(path).startswith(_GZIP) else path.open("rb")  # type: ignore[return-value]


def _check_opening(opening: bytes) -> None:
    if not opening.removeprefix(_BOM):
        raise _Unreadable("empty_file")
    if opening.startswith(_UTF16) or b"\0" in opening:
        raise _Unreadable("bad_encoding")
    if opening.startswith(_PARQUET):
        raise _Unreadable("wrong_format")


def _header(lines: io.TextIOWrapper, mapping: Mapping) -> tuple[str, ...]:
    if mapping.columns:
        return mapping.columns
    tabs = mapping.format == "tsv"
    records = csv.reader(
        iter(lines.readline, ""), delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
    )
    try:
        header = tuple(next(records, ()))
    except csv.Error:
        raise _Unreadable("wrong_format") from None
    _check_columns(header, mapping)
    return header


def _check_columns(columns: tuple[str, ...], mapping: Mapping) -> None:
    if missing := sorted(set(mapping.source_columns) - set(columns)):
        raise _Unreadable(f"missing_column:{','.join(missing)}")
    if repeated := sorted({name for name in mapping.source_columns if columns.count(name) > 1}):
        raise _Unreadable(f"duplicate_column:{','.join(repeated)}")


def _probe_lines(lines: io.TextIOWrapper, mapping: Mapping) -> tuple[tuple[str, ...], int]:
    """Optional keys are normal in JSON lines, so only a file in which no mapped key appears is refused."""
    records: Iterator[str] = (line for line in lines if line.strip())
    keys: dict[str, None] = {}
    rows = objects = 0
    for line in islice(records, _LOOKED_AT):
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
        raise _Unreadable("empty_file")
    if not objects:
        raise _Unreadable("wrong_format")
    if not set(keys) & set(mapping.source_columns):
        raise _Unreadable(f"missing_column:{','.join(sorted(mapping.source_columns))}")
    return tuple(keys), rows


def _probe_parquet(path: Path, mapping: Mapping) -> tuple[tuple[str, ...], int | None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from jobs.landing.parquet_types import spark_type

    if _opening(path) != _PARQUET:
        raise _Unreadable("wrong_format")
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        schema = file.schema_arrow
        _check_columns(tuple(schema.names), mapping)
        if refused := [name for name in mapping.source_columns if not spark_type(schema.field(name).type)]:
            raise _Unreadable(f"unsupported_type:{','.join(sorted(refused))}")
        rows = 0
        for batch in file.iter_batches():
            batch.validate(full=True)  # also finds text that is not UTF-8
            rows += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise _Unreadable("corrupt_parquet") from None
    if rows != file.metadata.num_rows:
        raise _Unreadable("corrupt_parquet")
    return tuple(schema.names), rows

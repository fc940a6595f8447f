"""The rows of a file that hold a text: JSON lines, CSV, plain text or Parquet, read a thousand at a time."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from jobs.json_object import KeyTwice, find_field
from quality.contracts.errors import GeowardError, UsageError

AT_ONCE = 1_000
"""Rows of a batch; equal texts in one are looked at once."""

SIGNS_AT_ONCE = 1 << 26
"""Signs after which a batch ends: a thousand rows of the longest lines, which gzip makes small, take gigabytes."""

LONGEST_LINE = 8_000_000
"""Bytes of a row that is read at all: a file without line ends must not fill the memory."""

FORMATS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet",
    ".txt": "text", ".log": "text",
}  # fmt: skip


class Unreadable(GeowardError):
    """A file ends or breaks where a reader cannot go on; nothing of it was kept."""

    def __init__(self, rows: int) -> None:
        """Say how far it could be read, and nothing of what is there."""
        super().__init__(
            f"The file cannot be read past row {rows:,}: it is cut, or not of the format that its name says.",
            mend="Get it again, or give it the ending of its format. Nothing was written.",
        )


@dataclass(slots=True)
class Row:
    """One row: its text (null is none), the rest of it, and why it is rejected, if it is."""

    text: str | None
    rest: Any = None
    reason: str = ""


@dataclass(slots=True)
class Batch:
    """Rows read together; of Parquet also the batch that they are the texts of."""

    rows: list[Row] = field(default_factory=list)
    whole: Any = None


def format_of(path: Path) -> str:
    """Return the format that a file's name says; raise ``UsageError`` if it says none."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    ending = suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else suffixes[-1] if suffixes else ""
    known = FORMATS.get(ending, "")
    if not known or (known == "parquet" and suffixes[-1] == ".gz"):
        raise UsageError(
            "The file's name does not say its format.",
            mend=f"End it in one of {', '.join(FORMATS)}, all but Parquet also in .gz.",
        )
    return known


def read_batches(path: Path, field: str, *, numbers: bool = False) -> Iterator[Batch]:
    """Yield the rows of ``path`` in its order; with ``numbers`` a whole number counts as the text of its digits.

    Raises ``UsageError`` for an unknown field or one that is there twice, ``Unreadable`` for a file that is cut,
    ``Torn`` for CSV whose rows have no end, ``Swollen`` for Parquet whose rows take gigabytes.
    """
    form, rows = format_of(path), 0
    try:
        if form == "parquet":
            from jobs.parquet_rows import parquet_batches  # which takes Arrow

            batches: Iterator[Batch] = parquet_batches(path, field, numbers)
        elif form == "jsonl":
            batches = _batched(_json(path, field, numbers))
        elif form == "text":
            batches = _batched(_plain(path))
        else:
            from jobs.csv_rows import csv_rows

            batches = _batched(csv_rows(path, field, delimiter="\t" if form == "tsv" else ","))
        for batch in batches:
            yield batch
            rows += len(batch.rows)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Unreadable(rows) from None


def unknown_field(field: str, columns: int) -> UsageError:
    """Return that there is no such field. Others are counted, not named: a file without a header has values there."""
    return UsageError(
        f"There is no field {field!r} among the {columns} of the file's first row.",
        mend="Name one of them with --field; names are compared with regard to case.",
    )


def place_of(field: str, names: Sequence[str]) -> int:
    """Return the place of ``field``; raise ``UsageError`` unless it is there exactly once."""
    if field not in names:
        raise unknown_field(field, len(names))
    if (times := names.count(field)) > 1:
        raise UsageError(
            f"There are {times} fields {field!r} in the file, and only one would be worked on.",
            mend="Give each a name of its own, and name them one after the other.",
        )
    return names.index(field)


def _batched(rows: Iterator[Row]) -> Iterator[Batch]:
    batch, signs = Batch(), 0
    for row in rows:
        batch.rows.append(row)
        signs += len(row.text or "") + (sum(map(len, row.rest)) if isinstance(row.rest, Sequence) else 0)
        if len(batch.rows) == AT_ONCE or signs >= SIGNS_AT_ONCE:
            yield batch
            batch, signs = Batch(), 0
    if batch.rows:
        yield batch


def _opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def lines(path: Path) -> Iterator[str | None]:
    """Yield each line with its end; null for one that is too long. Bytes that are no UTF-8 become lone surrogates."""
    with _opened(path) as file:
        while line := file.readline(LONGEST_LINE):
            if line.endswith(b"\n") or len(line) < LONGEST_LINE:
                yield line.decode("utf-8", "surrogateescape")
                continue
            while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
            yield None


def is_text(text: str) -> bool:
    """Return whether ``text`` can be written as UTF-8."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text) if not text.isascii() else True


def _plain(path: Path) -> Iterator[Row]:
    for line in lines(path):
        if line is None:
            yield Row(None, reason="too_long")
        else:
            yield Row(line.removesuffix("\n").removesuffix("\r"), reason="" if is_text(line) else "not_utf8")


def _json(path: Path, field: str, numbers: bool) -> Iterator[Row]:
    known = False
    for line in lines(path):
        if line is None:
            yield Row(None, reason="too_long")
            continue
        if not line.strip():
            continue
        row = _json_row(line, field, numbers)
        if row.reason == "no_field" and not known:
            raise unknown_field(field, row.rest)
        known = known or not row.reason
        yield row


def _json_row(line: str, field: str, numbers: bool) -> Row:
    try:
        found = find_field(line, field)
    except KeyTwice:
        return Row(None, reason="key_twice")
    except (ValueError, RecursionError):
        return Row(None, reason="not_an_object" if _is_json(line) else "not_json")
    if found.around is None:
        return Row(None, found.keys, "no_field")
    text = found.value
    if numbers and isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if text is not None and not isinstance(text, str):
        return Row(None, reason="not_text")
    return Row(text, found.around, "" if is_text(line) and is_text(text or "") else "not_utf8")


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

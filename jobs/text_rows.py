"""The rows of a file that hold a text: JSON lines, CSV, plain text or Parquet, read a thousand at a time."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from quality.contracts.errors import GeowardError, UsageError

AT_ONCE = 1_000
"""Rows of a batch; equal texts in one are looked at once."""

LONGEST_LINE = 8_000_000
"""Bytes of a row that is read at all: a file without line ends must not fill the memory."""

_TOO_LONG = "\ufdd0\n"
"""Stands for a line that is too long: no text has that sign (Unicode's noncharacters)."""

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

    Raises ``UsageError`` for an unknown field, ``Unreadable`` for a file that is cut, ``Swollen`` for Parquet whose
    rows take gigabytes.
    """
    form, rows = format_of(path), 0
    try:
        if form == "parquet":
            batches: Iterator[Batch] = _parquet(path, field, numbers)
        elif form == "jsonl":
            batches = _batched(_json(path, field, numbers))
        else:
            batches = _batched((_plain if form == "text" else _csv)(path, field))
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


def _batched(rows: Iterator[Row]) -> Iterator[Batch]:
    batch = Batch()
    for row in rows:
        batch.rows.append(row)
        if len(batch.rows) == AT_ONCE:
            yield batch
            batch = Batch()
    if batch.rows:
        yield batch


def _opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def _lines(path: Path) -> Iterator[str | None]:
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


def _plain(path: Path, field: str) -> Iterator[Row]:
    for line in _lines(path):
        if line is None:
            yield Row(None, reason="too_long")
        else:
            yield Row(line.removesuffix("\n").removesuffix("\r"), reason="" if is_text(line) else "not_utf8")


def _json(path: Path, field: str, numbers: bool) -> Iterator[Row]:
    known = False
    for line in _lines(path):
        if line is None:
            yield Row(None, reason="too_long")
            continue
        if not line.strip():
            continue
        row = _json_row(line, field, numbers)
        if row.reason == "no_field" and not known:
            raise unknown_field(field, len(row.rest))
        known = known or not row.reason
        yield row


def _json_row(line: str, field: str, numbers: bool) -> Row:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return Row(None, reason="not_json")
    if not isinstance(read, dict):
        return Row(None, reason="not_an_object")
    if field not in read:
        return Row(None, read, "no_field")
    text = read[field]
    if numbers and isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if text is not None and not isinstance(text, str):
        return Row(None, reason="not_text")
    return Row(text, read, "" if is_text(json.dumps(read, ensure_ascii=False)) else "not_utf8")


def _csv(path: Path, field: str) -> Iterator[Row]:
    delimiter = "\t" if format_of(path) == "tsv" else ","
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader((_TOO_LONG if line is None else line for line in _lines(path)), delimiter=delimiter)
    header = next(reader, [])
    header[:1] = [name.removeprefix("\ufeff") for name in header[:1]]
    if field not in header:
        raise unknown_field(field, len(header))
    yield Row(None, header, "header")
    place = header.index(field)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(None, reason="not_csv")
            continue
        if cells:
            yield _csv_row(cells, len(header), place)


def _csv_row(cells: list[str], width: int, place: int) -> Row:
    if any("\ufdd0" in cell for cell in cells):
        return Row(None, reason="too_long")
    if len(cells) != width:
        return Row(None, reason="wrong_width")
    return Row(cells[place], cells, "" if all(map(is_text, cells)) else "not_utf8")


def _parquet(path: Path, field: str, numbers: bool) -> Iterator[Batch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from jobs.bounded_parquet import bounded_batches, refuse_packed, written_out

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the machine's; Arrow tells damage in a file by an OSError without a number
            raise
        raise Unreadable(0) from None
    with file:
        names = file.schema_arrow.names
        if field not in names:
            raise unknown_field(field, len(names))
        kind = file.schema_arrow.field(field).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        whole_numbers = numbers and pa.types.is_integer(kind)
        if not (whole_numbers or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise UsageError(f"Field {field!r} holds no texts.", mend="Name a column of texts with --field.")
        rows = 0
        try:
            refuse_packed(file.metadata, path.stat().st_size)
            for batch in bounded_batches(path, AT_ONCE):
                whole = written_out(batch, file.schema_arrow)
                values = whole.column(names.index(field)).to_pylist()
                yield Batch([Row(str(one) if whole_numbers and one is not None else one) for one in values], whole)
                rows += whole.num_rows
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            raise Unreadable(rows) from None

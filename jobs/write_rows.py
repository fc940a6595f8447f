"""Write rows in the format that they were read in, with another text."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from jobs.text_rows import Batch, Row

Write = Callable[[Batch, Sequence[str | None]], None]
"""Takes a batch and the new text of each of its rows; rejected rows are left out."""


@contextmanager
def rows_written(file: IO[bytes], form: str, field: str, *, zipped: bool) -> Iterator[Write]:
    """Give what writes batches to ``file``, of one field's texts; what it wrote is whole when the context ends well."""
    if form == "parquet":
        with _parquet(file, field) as write:
            yield write
        return
    if zipped:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as inner:
            yield _lines(inner, form, field)
        return
    yield _lines(file, form, field)


def _lines(file: Any, form: str, field: str) -> Write:
    place: list[int] = []

    def write(batch: Batch, texts: Sequence[str | None]) -> None:
        made = []
        for row, text in zip(batch.rows, texts, strict=True):
            if row.reason == "header":
                place.append(row.rest.index(field))
                made.append(_cells(row.rest, form))
            elif not row.reason:
                made.append(_line(row, text, form, place))
        file.write("".join(made).encode())

    return write


def _line(row: Row, text: str | None, form: str, place: Sequence[int]) -> str:
    if form == "text":
        return f"{text}\n"
    if form == "jsonl":
        before, after = row.rest
        return f"{before}{json.dumps(text, ensure_ascii=False)}{after}\n"
    cells = list(row.rest)
    cells[place[0]] = text
    return _cells(cells, form)


def _cells(cells: Sequence[str], form: str) -> str:
    line = io.StringIO()  # Python 3.11 puts quotes around a carriage return only where it ends lines
    csv.writer(line, delimiter="\t" if form == "tsv" else ",", lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + "\n"


@contextmanager
def _parquet(file: IO[bytes], field: str) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writers: list[Any] = []

    def write(batch: Batch, texts: Sequence[str | None]) -> None:
        whole = batch.whole
        place = whole.schema.names.index(field)
        schema = whole.schema.remove_metadata().set(place, pa.field(field, pa.string()))
        columns = [pa.array(texts, pa.string()) if at == place else column for at, column in enumerate(whole.columns)]
        if not writers:
            writers.append(pq.ParquetWriter(file, schema))
        writers[0].write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))

    try:
        yield write
    finally:
        for writer in writers:
            writer.close()


def empty_parquet(source: Path, target: Path, field: str) -> None:
    """Write a file without rows, with the columns of ``source``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(source).remove_metadata()
    pq.write_table(schema.set(schema.names.index(field), pa.field(field, pa.string())).empty_table(), target)

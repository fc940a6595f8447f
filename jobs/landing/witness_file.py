"""Files of ours that anybody can read: where Spark cannot, the machine is at fault and no file that landed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from jobs.durable import PART
from jobs.landing.read_records import LandedFile
from jobs.landing.sealed_file import FileKeys, SealedFile, seal_bytes
from quality.sources.mapping import Mapping

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@contextmanager
def witness_files(beside: SealedFile, mapping: Mapping, keys: FileKeys) -> Iterator[list[LandedFile]]:
    """Write files of one row each, of the format of ``beside``, packed and sealed as it is, beside it; gone at the end.

    The folder's name ends as those of copies that come in do, so that what a kill leaves is removed as they are.
    """
    folder = beside.path.parent / f"witness-{os.getpid()}-{os.urandom(4).hex()}{PART}"
    folder.mkdir(mode=0o700)
    try:
        yield [_write(folder, name, content, mapping, keys) for name, content in _contents(beside, mapping).items()]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, name: str, content: bytes, mapping: Mapping, keys: FileKeys) -> LandedFile:
    file_id = hashlib.sha256(content).hexdigest()
    sealed = seal_bytes(folder / name, content, file_id, keys)
    columns = mapping.columns or mapping.source_columns
    return LandedFile(sealed, file_id, _LONG_AGO, columns, _LONG_AGO.date())


def _contents(beside: SealedFile, mapping: Mapping) -> dict[str, bytes]:
    """Return one file, or one for each codec of a Parquet file: Java loads a library of its own for most."""
    if mapping.format == "parquet":
        return {f"{codec.lower()}.parquet": _parquet(mapping, codec) for codec in sorted(_codecs(beside))}
    text = (_line if mapping.format == "jsonl" else _table)(mapping).encode()
    zipped = beside.path.name.endswith(".gz")
    return {f"one.{mapping.format}.gz": gzip.compress(text)} if zipped else {f"one.{mapping.format}": text}


def _line(mapping: Mapping) -> str:
    return json.dumps(dict.fromkeys(mapping.source_columns, "1")) + "\n"


def _table(mapping: Mapping) -> str:
    columns = mapping.columns or mapping.source_columns
    text = io.StringIO()
    if mapping.format == "tsv":  # where a quote is just a quote
        writer = csv.writer(text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    else:
        writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns] * (not mapping.columns) + [["1"] * len(columns)])
    return text.getvalue()


def _parquet(mapping: Mapping, codec: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    packed = io.BytesIO()
    compression = "none" if codec == "UNCOMPRESSED" else codec.lower()
    pq.write_table(pa.table({name: ["1"] for name in mapping.source_columns}), packed, compression=compression)
    return packed.getvalue()


def _codecs(content: SealedFile) -> set[str]:
    """Return the codecs of the columns. To be asked of a file that passed the probe: a damaged footer ends Python."""
    import pyarrow.parquet as pq

    with content.open() as file:
        footer = pq.ParquetFile(file).metadata
    groups = [footer.row_group(index) for index in range(footer.num_row_groups)]
    found = {group.column(index).compression for group in groups for index in range(group.num_columns)}
    return found or {"SNAPPY"}

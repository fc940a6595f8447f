"""A Parquet file's batches, none of which takes gigabytes: a value that a file keeps once may stand in every row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quality.contracts.errors import GeowardError

MOST = 1 << 30
"""Bytes that the texts of one batch may take when each row has its own, and that rows may grow to when unpacked."""

_GROWN = 1_000
"""Times that a file may grow when it is unpacked, beyond ``MOST``: texts of persons shrink to a tenth."""


class Swollen(GeowardError):
    """A few rows of a file take more memory than is right, however small the file is."""

    def __init__(self) -> None:
        """Say so, and nothing of what is there."""
        super().__init__(
            f"Some rows of the Parquet file take more than {MOST >> 20:,} MiB when they are read, however small it is.",
            mend="Find out who made it. If it is meant so, write it anew with fewer or shorter texts.",
        )


def bounded_batches(source: Path | BinaryIO, rows: int, **options: bool) -> Iterator[pa.RecordBatch]:
    """Yield batches of at most ``rows`` rows, with texts as dictionaries: a value is in memory once.

    Raises ``Swollen`` for a batch whose texts would take more than ``MOST``, and what Arrow raises.
    """
    leaves = pq.ParquetFile(source, **options).schema
    found = [leaves.column(place) for place in range(len(leaves))]
    texts = [leaf.path for leaf in found if leaf.physical_type == "BYTE_ARRAY"]
    width = sum(leaf.length for leaf in found if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY")
    if width > MOST:
        raise Swollen
    file = pq.ParquetFile(source, read_dictionary=texts, **options)
    for batch in file.iter_batches(min(rows, MOST // max(width, 1))):
        if sum(map(_bytes_of_texts, batch.columns)) > MOST:
            raise Swollen
        yield batch


def refuse_packed(footer: pq.FileMetaData, size: int) -> None:
    """Raise ``Swollen`` if rows grow beyond ``MOST`` and beyond measure when a file of ``size`` bytes is unpacked.

    Row groups are asked and not their columns: of a damaged footer, Arrow ends the process where those are.
    """
    unpacked = max((footer.row_group(place).total_byte_size for place in range(footer.num_row_groups)), default=0)
    if unpacked > max(MOST, _GROWN * size):
        raise Swollen


def written_out(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types of ``schema``: its texts are dictionaries only where that says so."""
    fields = list(zip(batch.columns, schema, strict=True))
    columns = [column if column.type == field.type else column.cast(field.type) for column, field in fields]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _bytes_of_texts(column: pa.Array) -> int:
    kind = column.type
    if pa.types.is_dictionary(kind):
        sizes = pc.cast(pc.binary_length(column.dictionary), pa.int64())
        return int(pc.sum(sizes.take(column.indices)).as_py() or 0)
    if pa.types.is_map(kind):
        return _bytes_of_texts(column.keys) + _bytes_of_texts(column.items)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _bytes_of_texts(column.flatten())
    return sum(map(_bytes_of_texts, column.flatten())) if pa.types.is_struct(kind) else 0

"""A Parquet file's batches, none of which takes gigabytes: a value that a file keeps once may stand in every row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.parquet_footer import Chunk, Group, row_groups
from quality.contracts.errors import GeowardError

MOST = 1 << 30
"""Bytes that one row may take when it has texts of its own, and that rows may grow to when unpacked."""

_GROWN = 1_000
"""Times that a file may grow when it is unpacked, beyond ``MOST``: texts of persons shrink to a tenth."""

LANDED_ROWS = 1 << 14
"""Rows of a landed file that are read together at most, when it is looked at and later."""

_BATCHES = 8
"""Batches of which together may take ``MOST``: Arrow and Python hold what they work on some times over."""

_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4}
_INDEX = 8
"""Bytes of any other value, and of a text's place among the texts of its batch."""

_LEVELS = 4
"""Bytes that say where in its row a value of a list is."""

_WIDEST_SIGN = 4
"""Bytes of each sign of a Python text that has one beyond ASCII."""


class Swollen(GeowardError):
    """A few rows of a file take more memory than is right, however small the file is."""

    def __init__(self) -> None:
        """Say so, and nothing of what is there."""
        super().__init__(
            f"Some rows of the Parquet file take more than {MOST >> 20:,} MiB when they are read, however small it is.",
            mend="Find out who made it. If it is meant so, write it anew with fewer or shorter texts.",
        )


def bounded_batches(source: Path | BinaryIO, size: int, rows: int, **options: bool) -> Iterator[pa.RecordBatch]:
    """Yield batches of a file of ``size`` bytes, of at most ``rows`` rows and fewer where those are wide.

    Texts are dictionaries: a value is in memory once. Raises ``Swollen`` for rows read together whose texts would take
    more than ``MOST`` (one text that recurs in all may), for one row that would take as much in Python, and what
    ``rows_at_once`` and Arrow do.
    """
    footer = pq.ParquetFile(source, **options)
    refuse_packed(footer.metadata, size)
    leaves = [footer.schema.column(place) for place in range(len(footer.schema))]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    file = pq.ParquetFile(source, metadata=footer.metadata, read_dictionary=texts, **options)
    for batch in file.iter_batches(rows_at_once(source, footer, size, rows)):
        if _weight(batch, 1) > MOST:
            raise Swollen
        yield from _pieces(batch)


def rows_at_once(source: Path | BinaryIO, file: pq.ParquetFile, size: int, rows: int) -> int:
    """Return how many rows, ``rows`` at most, may be read together, by what the footer says of each column.

    Raises ``Swollen`` if one would take more than ``MOST``, and ``pa.ArrowInvalid`` for a footer that is damaged.
    """
    leaves = [file.schema.column(place) for place in range(len(file.schema))]
    try:
        widest = max((_width(group, leaves, size) for group in row_groups(source)), default=0)
    except ValueError as error:
        raise pa.ArrowInvalid(str(error)) from None
    if widest > MOST:
        raise Swollen
    return max(1, min(rows, int(MOST // _BATCHES // max(widest, 1))))


def refuse_packed(footer: pq.FileMetaData, size: int) -> None:
    """Raise ``Swollen`` if rows grow beyond ``MOST`` and beyond measure when a file of ``size`` bytes is unpacked.

    Row groups are asked and not their columns: of a damaged footer, Arrow ends the process where those are.
    """
    unpacked = max((footer.row_group(place).total_byte_size for place in range(footer.num_row_groups)), default=0)
    if unpacked > _bound(size):
        raise Swollen


def written_out(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types of ``schema``: its texts are dictionaries only where that says so."""
    fields = zip(batch.columns, schema, strict=True)
    return pa.RecordBatch.from_arrays([_cast(column, field.type) for column, field in fields], schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if column.type == kind:
        return column
    through = _without_views(kind)  # Arrow makes views of texts, and none of dictionaries
    return column.cast(through) if through == kind else column.cast(through).cast(kind)


def _without_views(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_map(kind):
        return pa.map_(_without_views(kind.key_type), _without_views(kind.item_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(kind.value_field.with_type(_without_views(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_without_views(field.type)) for field in kind])
    return kind


def _bound(size: int) -> int:
    return max(MOST, _GROWN * size)


def _width(group: Group, leaves: list[pq.ColumnSchema], size: int) -> float:
    """Return the bytes that a row takes; raise ``Swollen`` if lists, which differ in length, take beyond measure.

    Raises ``ValueError`` for a group of another number of columns.
    """
    taken = [_taken(leaf, chunk) for leaf, chunk in zip(leaves, group.chunks, strict=True)]
    lists = [bytes_ for leaf, bytes_ in zip(leaves, taken, strict=True) if leaf.max_repetition_level]
    if sum(lists) > _bound(size):
        raise Swollen
    return sum(taken) / max(group.rows, 1)


def _taken(leaf: pq.ColumnSchema, chunk: Chunk) -> int:
    levels = _LEVELS if leaf.max_repetition_level else 0
    if leaf.physical_type == "BYTE_ARRAY":
        return chunk.values * (_INDEX + levels) + chunk.unpacked
    wide = leaf.length if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY" else _WIDTHS.get(leaf.physical_type, _INDEX)
    return chunk.values * (wide + levels)


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``batch`` with the texts of no more of them than may be Python's together."""
    weight, rows = _weight(batch, _WIDEST_SIGN), batch.num_rows
    if rows > 1 and weight > MOST // _BATCHES:
        yield from _pieces(batch.slice(0, rows // 2))
        yield from _pieces(batch.slice(rows // 2))
        return
    if weight > MOST:
        raise Swollen
    yield batch


def _weight(batch: pa.RecordBatch, wide: int) -> int:
    return sum(_bytes_of_texts(column, wide) for column in batch.columns)


def _bytes_of_texts(column: pa.Array, wide: int) -> int:
    """Return the bytes of a column's texts when each row has its own, ``wide`` times those of one beyond ASCII."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        sizes = pc.cast(pc.binary_length(column.dictionary), pa.int64())
        if wide > 1 and pa.types.is_string(kind.value_type):
            sizes = pc.if_else(pc.string_is_ascii(column.dictionary), sizes, pc.multiply(sizes, wide))
        return int(pc.sum(sizes.take(column.indices)).as_py() or 0)
    if pa.types.is_map(kind):
        begin, end = column.offsets[0].as_py(), column.offsets[-1].as_py()
        return sum(_bytes_of_texts(part.slice(begin, end - begin), wide) for part in (column.keys, column.items))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _bytes_of_texts(column.flatten(), wide)
    return sum(_bytes_of_texts(part, wide) for part in column.flatten()) if pa.types.is_struct(kind) else 0

"""Whether a Parquet file can be read to its last page, and whether its columns can be landed."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from jobs.landing.file_opening import PARQUET, Content, Unreadable, opening_of
from jobs.landing.probe_text import check_columns
from quality.sources.mapping import Mapping

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_COMPRESSIONS = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4"}
_NOT_IN_SPARK = {"BYTE_STREAM_SPLIT"}


def probe_parquet(content: Content, mapping: Mapping) -> tuple[tuple[str, ...], int | None]:
    """Return the columns and rows; raise ``Unreadable`` with the reason."""
    if opening_of(content) != PARQUET:
        raise Unreadable("wrong_format")
    with content.open() as file:
        return _probe(file, content.size, mapping)


def _probe(opened: BinaryIO, size: int, mapping: Mapping) -> tuple[tuple[str, ...], int | None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from jobs.bounded_parquet import LANDED_ROWS, Swollen, bounded_batches
    from jobs.landing.parquet_types import spark_type

    try:
        file = pq.ParquetFile(opened, page_checksum_verification=True)
        schema = file.schema_arrow
        check_columns(tuple(schema.names), mapping)
        _refuse_twins(schema.names, mapping)
        if refused := [name for name in mapping.source_columns if not spark_type(schema.field(name).type)]:
            raise Unreadable(f"unsupported_type:{','.join(sorted(refused))}")
        rows = 0
        for batch in bounded_batches(opened, size, LANDED_ROWS, page_checksum_verification=True):
            batch.validate(full=True)  # also finds text that is not UTF-8
            rows += batch.num_rows
    except Swollen:
        raise Unreadable("swollen_parquet") from None
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if getattr(error, "errno", None):  # the machine's; Arrow tells damage in a file by an OSError without a number
            raise
        raise Unreadable("corrupt_parquet") from None
    if rows != file.metadata.num_rows:
        raise Unreadable("corrupt_parquet")
    if packed := sorted(_packed_beyond_spark(file.metadata) & set(mapping.source_columns)):
        raise Unreadable(f"unsupported_encoding:{','.join(packed)}")
    return tuple(schema.names), rows


def _packed_beyond_spark(footer: pq.FileMetaData) -> set[str]:
    """Return the columns whose pages Arrow can read and Spark cannot.

    To be asked last: of a damaged footer, Arrow ends the process where reading the rows only raises.
    """
    groups = [footer.row_group(index) for index in range(footer.num_row_groups)]
    chunks = [group.column(index) for group in groups for index in range(group.num_columns)]
    return {
        chunk.path_in_schema
        for chunk in chunks
        if chunk.compression not in _COMPRESSIONS or _NOT_IN_SPARK & set(chunk.encodings)
    }


def _refuse_twins(names: list[str], mapping: Mapping) -> None:
    """Spark tells the columns of Parquet apart without regard to case."""
    lower = [name.lower() for name in names]
    if twins := sorted(name for name in mapping.source_columns if lower.count(name.lower()) > 1):
        raise Unreadable(f"duplicate_column:{','.join(twins)}")

"""The rows of a Parquet file that hold a text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.bounded_parquet import bounded_batches, written_out
from jobs.text_rows import AT_ONCE, Batch, Row, Unreadable, place_of
from quality.contracts.errors import UsageError


def parquet_batches(path: Path, field: str, numbers: bool) -> Iterator[Batch]:
    """Yield batches as ``read_batches`` does, and raise what it does."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the machine's; Arrow tells damage in a file by an OSError without a number
            raise
        raise Unreadable(0) from None
    with file:
        schema = file.schema_arrow
        place = place_of(field, schema.names)
        kind = schema.field(place).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        whole_numbers = numbers and pa.types.is_integer(kind)
        texts = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        if not (whole_numbers or texts):
            raise UsageError(f"Field {field!r} holds no texts.", mend="Name a column of texts with --field.")
        rows = 0
        try:
            for batch in bounded_batches(path, path.stat().st_size, AT_ONCE):
                whole = written_out(batch, schema)
                values = whole.column(place).to_pylist()
                yield Batch([Row(str(one) if whole_numbers and one is not None else one) for one in values], whole)
                rows += whole.num_rows
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            raise Unreadable(rows) from None

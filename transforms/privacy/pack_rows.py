"""Rows as bytes and back: typed columns become one value for each row, a batch at a time.

A row is: which columns are not null (a bit each, the first column first) | 8 bytes for each number, time or truth value
| 4 bytes for the length of each text | the texts. Integers are little-endian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

ARROW = {
    "string": pa.string(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
}
"""Spark types that a row may have, as they come to Python."""


def pack_rows(columns: Sequence[pa.Array]) -> pa.Array:
    """Return a binary for each row; raise ``TypeError`` for a column of a type that is not in ``ARROW``."""
    import numpy as np
    import pyarrow.compute as pc

    rows = len(columns[0])
    texts = [_text(column) for column in columns if pa.types.is_string(column.type)]
    fixed = [_number(column) for column in columns if not pa.types.is_string(column.type)]
    there = np.stack([column.is_valid().to_numpy(zero_copy_only=False) for column in columns], axis=1)
    sizes = [pc.binary_length(text).to_numpy(zero_copy_only=False).astype("<i4") for text in texts]
    parts = [np.packbits(there, axis=1)]
    parts += [np.stack(numbers, axis=1).view(np.uint8) for numbers in (fixed, sizes) if numbers]
    head = np.ascontiguousarray(np.concatenate(parts, axis=1))
    heads = pa.Array.from_buffers(pa.binary(head.shape[1]), rows, [None, pa.py_buffer(head)])
    return pc.binary_join_element_wise(heads.cast(pa.binary()), *texts, b"")


def unpack_rows(rows: pa.Array, types: Sequence[pa.DataType]) -> list[pa.Array]:
    """Return the columns of rows that were packed from columns of these types; no row may be null."""
    import numpy as np

    texts = [place for place, one in enumerate(types) if pa.types.is_string(one)]
    bits = -(-len(types) // 8)
    width = bits + 8 * (len(types) - len(texts)) + 4 * len(texts)
    starts, letters = _starts(rows), rows.buffers()[2]
    data = np.frombuffer(letters, np.uint8) if letters else np.empty(0, np.uint8)
    head = data[starts[:-1, None] + np.arange(width)]
    there = np.unpackbits(head[:, :bits], axis=1, count=len(types)).astype(bool)
    sizes = np.ascontiguousarray(head[:, width - 4 * len(texts) :]).view("<i4").astype(np.int64)
    ends = starts[:-1, None] + width + np.concatenate([np.zeros((len(rows), 1), np.int64), sizes.cumsum(axis=1)], 1)
    numbers = np.ascontiguousarray(head[:, bits : width - 4 * len(texts)]).view("<i8")
    columns, number, text = [], 0, 0
    for place, kind in enumerate(types):
        if place in texts:
            columns.append(_texts(letters, ends[:, text], ends[:, text + 1], ~there[:, place]))
            text += 1
        else:
            columns.append(_typed(numbers[:, number], kind, ~there[:, place]))
            number += 1
    return columns


def _text(column: pa.Array) -> pa.Array:
    return column.fill_null("").cast(pa.binary())


def _number(column: pa.Array) -> Any:
    import numpy as np

    kind = column.type
    if kind not in ARROW.values():
        raise TypeError(f"a row cannot have a column of type {kind}")
    if pa.types.is_floating(kind):
        return column.fill_null(0.0).to_numpy(zero_copy_only=False).view("<i8")
    whole = column.cast(pa.int32()) if pa.types.is_date(kind) else column
    return whole.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.dtype("<i8"), copy=False)


def _typed(numbers: Any, kind: pa.DataType, absent: Any) -> pa.Array:
    import numpy as np

    if pa.types.is_floating(kind):
        return pa.array(np.ascontiguousarray(numbers).view("<f8"), kind, mask=absent)
    if pa.types.is_boolean(kind):
        return pa.array(numbers != 0, kind, mask=absent)
    whole = pa.array(numbers, pa.int64(), mask=absent)
    return whole.cast(pa.int32()).cast(kind) if pa.types.is_date(kind) else whole.cast(kind)


def _texts(letters: pa.Buffer | None, starts: Any, ends: Any, absent: Any) -> pa.Array:
    """Return the texts that lie between places of a buffer, which is not copied for it."""
    import numpy as np

    bounds = np.empty(2 * len(starts) + 1, np.int32)
    bounds[:-1:2], bounds[1::2], bounds[-1] = starts, ends, ends[-1] if len(ends) else 0
    pieces = pa.Array.from_buffers(pa.string(), 2 * len(starts), [None, pa.py_buffer(bounds), letters])
    return pieces.take(pa.array(np.arange(0, 2 * len(starts), 2), mask=absent))


def _starts(rows: pa.Array) -> Any:
    import numpy as np

    bounds = np.frombuffer(rows.buffers()[1], np.int32) if rows.buffers()[1] else np.zeros(1, np.int32)
    return bounds[rows.offset : rows.offset + len(rows) + 1].astype(np.int64)

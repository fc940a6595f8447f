"""Dates and times as numbers: microseconds since 1970, from columns of their type or of texts as ISO 8601 has them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from quality.contracts.untold import untold

DAY = 86_400_000_000


@untold
def moments_of(column: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    """Return a column of dates or times as timestamps, in UTC where its values name a zone; None if it is neither.

    Of texts all values must be dates or times, with a zone in each of them or in none.
    """
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", getattr(kind, "tz", None)), safe=False)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    for zone in (None, "UTC"):
        try:
            return column.cast(pa.timestamp("us", zone))
        except pa.ArrowInvalid:
            continue
    return None


@untold
def told_as_moments(numbers: pa.Array, column: pa.ChunkedArray) -> pa.Array | None:
    """Return microseconds as dates or times of ``column``'s own kind; None if it holds neither.

    What texts say comes back as dates if all begin a day, else as times to the second or finer.
    """
    read = moments_of(column)
    if read is None or read.null_count == len(read):
        return None
    moments = numbers.cast(pa.int64()).cast(pa.timestamp("us", read.type.tz))
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return moments.cast(column.type, safe=False)
    for unit, kind in ((DAY, pa.date32()), (1_000_000, pa.timestamp("s", read.type.tz))):
        whole = pc.all(pc.equal(pc.multiply(pc.floor(pc.divide(numbers, unit)), unit), numbers)).as_py()
        if whole and (read.type.tz is None or kind != pa.date32()):
            return moments.cast(kind, safe=False)
    return moments

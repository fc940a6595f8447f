"""HMAC-SHA256 of a whole Arrow array at once, by polars-hash."""

from __future__ import annotations

import pyarrow as pa

from quality.contracts.untold import untold

DIGITS = 64


@untold
def hmac_sha256(key: str, messages: pa.Array, *, digits: int = DIGITS) -> pa.Array:
    """Return HMAC-SHA256 (RFC 2104) of each message, bytes or text, in lower-case hex; null stays null.

    ``key`` is text, as the library wants it: the hex form of a random key keeps all of its 256 bits in one block of
    the hash. ``digits`` truncates from the left, as section 5 of the RFC says.
    """
    import polars as pl
    from polars_hash import col

    frame = pl.DataFrame({"message": pl.Series(messages.cast(pa.binary()))})
    hashed = frame.select(col("message").chash.hmac_sha256(key=key).str.slice(0, digits))
    return hashed.to_series().to_arrow().cast(pa.string())

"""Identifiers become keyed pseudonyms. The key is opened inside the Python worker and never meets a plan."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.arrow_function import arrow_function

PSEUDONYM_HEX = 32
BLOCK = 64
"""Bytes of a SHA-256 block."""


class KeyReader(Protocol):
    """Names a key; opening it happens in the worker."""

    def open(self) -> bytes:
        """Return the key's bytes."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where pseudonyms may be linked: within one region, purpose and epoch. ``epoch`` is ``month`` or ``none``."""

    region: str
    purpose: str
    epoch: str


def pseudonym(key: bytes, *parts: str) -> str:
    """Return 128 bits of HMAC-SHA256 (RFC 2104, truncated as its section 5 allows) in hex.

    Parts are length-prefixed, so that 1|23 and 12|3 differ.
    """
    return _digests(key, [_canonical(*parts)])[0].hex()[:PSEUDONYM_HEX]


def _digests(key: bytes, messages: Iterable[bytes]) -> list[bytes]:
    """Return HMAC-SHA256 of each message, hashing the key's pads once (RFC 2104, section 4)."""
    padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)).copy for pad in (0x36, 0x5C))
    made = []
    for message in messages:  # a loop over millions: no call in it that is not a hash's
        first, second = inner(), outer()
        first.update(message)
        second.update(first.digest())
        made.append(second.digest())
    return made


def pseudonymize_columns(
    df: DataFrame, *, columns: Mapping[str, tuple[str, str]], keys: KeyReader, domain: Domain, time: str = "event_time"
) -> DataFrame:
    """Add each column of ``columns`` (new name to old name and kind); a null identifier stays null.

    Identifiers of two kinds never collide. In another region, purpose or epoch the same identifier gives an
    unlinkable pseudonym.
    """
    monthly = domain.epoch == "month"
    made = {
        new: _pseudonym_udf(keys, domain, kind)(F.col(old), *([F.date_format(time, "yyyy-MM")] if monthly else []))
        for new, (old, kind) in columns.items()
    }
    return df.withColumns(made)


def _pseudonym_udf(keys: KeyReader, domain: Domain, kind: str) -> Callable[..., Column]:
    scope = (domain.region, domain.purpose, kind)

    def once(values: pa.Array, epoch: str = "") -> pa.Array:
        derived = hmac.digest(keys.open(), _canonical(*scope, epoch), "sha256")
        repeated = values.dictionary_encode()  # people repeat: hash once
        return _hex(_digests(derived, _messages(repeated.dictionary))).take(repeated.indices)

    def monthly(values: pa.Array, epochs: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        made = pa.nulls(len(values), pa.string())
        for epoch in epochs.drop_null().unique().to_pylist():
            mine = pc.fill_null(pc.equal(epochs, epoch), False)
            made = pc.replace_with_mask(made, mine, once(values.filter(mine), epoch))
        return made

    def always(values: pa.Array) -> pa.Array:
        return once(values)

    return arrow_function(monthly if domain.epoch == "month" else always, "string")


def _messages(values: pa.Array) -> list[bytes]:
    """Return each text as ``_canonical`` writes it, all at once."""
    import pyarrow.compute as pc

    sizes = pa.py_buffer(pc.binary_length(values).to_numpy(zero_copy_only=False).astype(">u8").tobytes())
    prefixes = pa.Array.from_buffers(pa.binary(8), len(values), [None, sizes]).cast(pa.binary())
    messages: list[bytes] = pc.binary_join_element_wise(prefixes, values.cast(pa.binary()), b"").to_pylist()
    return messages


def _hex(digests: list[bytes]) -> pa.Array:
    """Return the first half of each digest as text."""
    import numpy as np

    digits = b"".join([digest[: PSEUDONYM_HEX // 2] for digest in digests]).hex().encode()
    ends = np.arange(len(digests) + 1, dtype=np.int32) * PSEUDONYM_HEX
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(ends), pa.py_buffer(digits))


def _canonical(*parts: str) -> bytes:
    return b"".join([_sized(part.encode("utf-8", "surrogatepass")) for part in parts])


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part

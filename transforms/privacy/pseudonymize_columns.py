"""Identifiers become keyed pseudonyms. The key is opened inside the Python worker and never meets a plan."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
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
    return pseudonymizer(key)(*parts)


def pseudonymizer(key: bytes) -> Callable[..., str]:
    """Return ``pseudonym`` for one key, hashing the key's pads once (RFC 2104, section 4)."""
    padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

    def made(*parts: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(_canonical(*parts))
        second.update(first.digest())
        return second.hexdigest()[:PSEUDONYM_HEX]

    return made


def pseudonymize_columns(
    df: DataFrame, *, columns: Mapping[str, tuple[str, str]], keys: KeyReader, domain: Domain, time: str = "event_time"
) -> DataFrame:
    """Add each column of ``columns`` (new name to old name and kind); a null identifier stays null.

    Identifiers of two kinds never collide. In another region, purpose or epoch the same identifier gives an
    unlinkable pseudonym.
    """
    epoch = F.date_format(F.col(time), "yyyy-MM") if domain.epoch == "month" else F.lit("")
    made = {new: _pseudonym_udf(keys, domain, kind)(F.col(old), epoch) for new, (old, kind) in columns.items()}
    return df.withColumns(made)


def _pseudonym_udf(keys: KeyReader, domain: Domain, kind: str) -> Callable[..., Column]:
    scope = (domain.region, domain.purpose, kind)

    def pseudonyms(values: pa.Array, epochs: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        derived: dict[str, Callable[..., str]] = {}
        root = keys.open()
        pairs = pc.binary_join_element_wise(epochs, values, "\x1f").dictionary_encode()  # people repeat: hash once
        made = []
        for pair in pairs.dictionary.to_pylist():
            epoch, _, value = pair.partition("\x1f")
            if epoch not in derived:
                derived[epoch] = pseudonymizer(hmac.digest(root, _canonical(*scope, epoch), "sha256"))
            made.append(derived[epoch](value))
        return pa.array(made, pa.string()).take(pairs.indices)

    return arrow_function(pseudonyms, "string")


def _canonical(*parts: str) -> bytes:
    return b"".join([_sized(part.encode("utf-8", "surrogatepass")) for part in parts])


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part

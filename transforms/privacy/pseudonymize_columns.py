"""Identifiers become keyed pseudonyms. The key is opened inside the Python worker and never meets a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.arrow_function import arrow_function
from transforms.privacy.hmac_sha256 import hmac_sha256
from transforms.privacy.identifiers import Domain, KeyReader, domain_key, in_one_form, refuse_unknown_kind

PSEUDONYM_HEX = 32
USE = "geoward pseudonym 1"
SAMPLE = 1000
"""Rows that tell whether values repeat: finding that out of all of them costs a fifth of hashing them."""


def pseudonyms(key: bytes, values: pa.Array, *, domain: Domain, kind: str, epoch: str = "") -> pa.Array:
    """Return 128 bits of HMAC-SHA256 (RFC 2104, truncated as its section 5 allows) of each identifier, in hex.

    Null stays null. ``epoch`` is the period, such as 2026-11, where the domain's epoch is one. Region, purpose, kind
    and epoch are in the domain's key, each behind its length (``domain_key``); the message is the identifier alone,
    so no two parts meet in it. Raises what ``domain_key`` does.
    """
    derived = domain_key(key, USE, domain, kind, epoch).hex()
    values = in_one_form(kind, values)
    if not _repeat(values):
        return hmac_sha256(derived, values, digits=PSEUDONYM_HEX)
    repeated = values.dictionary_encode()  # people repeat: hash once
    return hmac_sha256(derived, repeated.dictionary, digits=PSEUDONYM_HEX).take(repeated.indices)


def pseudonymize_columns(
    df: DataFrame, *, columns: Mapping[str, tuple[str, str]], keys: KeyReader, domain: Domain, time: str = "event_time"
) -> DataFrame:
    """Add each column of ``columns`` (new name to old name and kind); a null identifier stays null.

    Identifiers of two kinds never collide. In another region, purpose or epoch the same identifier gives an
    unlinkable pseudonym. Raises ``UsageError`` for a kind that is not declared.
    """
    monthly = domain.epoch == "month"
    made = {
        new: pseudonym_function(keys, domain, kind)(F.col(old), *([F.date_format(time, "yyyy-MM")] if monthly else []))
        for new, (old, kind) in columns.items()
    }
    return df.withColumns(made)


def pseudonym_function(keys: KeyReader, domain: Domain, kind: str) -> Callable[..., Column]:
    """Return ``pseudonyms`` as a function of a Spark column, and of the event's month where the epoch is monthly."""
    refuse_unknown_kind(kind)

    def monthly(values: pa.Array, epochs: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        made = pa.nulls(len(values), pa.string())
        for epoch in epochs.drop_null().unique().to_pylist():
            mine = pc.fill_null(pc.equal(epochs, epoch), False)
            once = pseudonyms(keys.open(), values.filter(mine), domain=domain, kind=kind, epoch=epoch)
            made = pc.replace_with_mask(made, mine, once)
        return made

    def always(values: pa.Array) -> pa.Array:
        return pseudonyms(keys.open(), values, domain=domain, kind=kind)

    return arrow_function(monthly if domain.epoch == "month" else always, "string")


def _repeat(values: pa.Array) -> bool:
    sample = values[:SAMPLE]
    return len(sample.unique()) < 0.95 * len(sample)

"""Identifiers become keyed pseudonyms. The key is opened inside the Python worker and never meets a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.contracts.untold import untold
from transforms.arrow_function import arrow_function
from transforms.privacy.hmac_sha256 import hmac_sha256
from transforms.privacy.identifiers import (
    SUBJECTS,
    Domain,
    KeyReader,
    PseudonymKeys,
    SubjectTokens,
    domain_key,
    in_one_form,
    refuse_unknown_kind,
)
from transforms.typed import typed

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


@untold
def subject_pseudonyms(
    key: bytes, values: pa.Array, subjects: SubjectTokens, *, domain: Domain, kind: str, epoch: str = ""
) -> pa.Array:
    """Return ``pseudonyms`` of the subjects' tokens, null for those destroyed; of the identifiers for other kinds."""
    if kind not in SUBJECTS:
        return pseudonyms(key, values, domain=domain, kind=kind, epoch=epoch)
    once = in_one_form(kind, values).dictionary_encode()
    tokens = pa.array(subjects.tokens(kind, once.dictionary.to_pylist()), pa.binary())
    return pseudonyms(key, tokens, domain=domain, kind=kind, epoch=epoch).take(once.indices)


def pseudonymize_columns(
    df: DataFrame, *, columns: Mapping[str, tuple[str, str]], keys: PseudonymKeys, domain: Domain,
    time: str = "event_time",
) -> DataFrame:  # fmt: skip
    """Add each column of ``columns`` (new name to old name and kind); a null identifier stays null.

    Of a kind in ``SUBJECTS`` it is the subject's token that is hashed: once that is destroyed, not even who has the key
    and the identifier makes the pseudonym again, and a column gets null.
    Identifiers of two kinds never collide. In another region, purpose or epoch the same identifier gives an
    unlinkable pseudonym. Raises ``UsageError`` for a kind that is not declared.
    """
    monthly = domain.epoch == "month"
    if monthly:
        typed(df, **{time: T.TimestampType})
    made = {
        new: pseudonym_function(keys.pseudonym, domain, kind, keys.subjects)(
            F.col(old), *([F.date_format(time, "yyyy-MM")] if monthly else [])
        )
        for new, (old, kind) in columns.items()
    }
    return df.withColumns(made)


def pseudonym_function(
    keys: KeyReader, domain: Domain, kind: str, subjects: SubjectTokens | None = None
) -> Callable[..., Column]:
    """Return ``pseudonyms`` as a function of a Spark column, and of the event's month where the epoch is monthly.

    With ``subjects``, those of a kind that has tokens are made of them.
    """
    refuse_unknown_kind(kind)

    def monthly(values: pa.Array, epochs: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        made = pa.nulls(len(values), pa.string())
        for epoch in epochs.drop_null().unique().to_pylist():
            mine = pc.fill_null(pc.equal(epochs, epoch), False)
            once = made_of(values.filter(mine), epoch)
            made = pc.replace_with_mask(made, mine, once)
        return made

    def always(values: pa.Array) -> pa.Array:
        return made_of(values, "")

    def made_of(values: pa.Array, epoch: str) -> pa.Array:
        if subjects is None:
            return pseudonyms(keys.open(), values, domain=domain, kind=kind, epoch=epoch)
        return subject_pseudonyms(keys.open(), values, subjects, domain=domain, kind=kind, epoch=epoch)

    return arrow_function(monthly if domain.epoch == "month" else always, "string")


def _repeat(values: pa.Array) -> bool:
    sample = values[:SAMPLE]
    return len(sample.unique()) < 0.95 * len(sample)

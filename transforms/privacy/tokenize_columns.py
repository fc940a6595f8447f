"""Identifiers become tokens that the key's holder can turn back: deterministic, so they join; AES-SIV, RFC 5297."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from pyspark.sql import Column

from transforms.arrow_function import arrow_function
from transforms.privacy.identifiers import Domain, KeyReader, refuse_unknown_kind
from transforms.privacy.tokens import reveal, tokenize


def token_function(keys: KeyReader, domain: Domain, kind: str, *, back: bool = False) -> Callable[..., Column]:
    """Return ``tokenize``, or ``reveal`` with ``back``, as a function of a Spark column.

    The key is opened in the worker. Raises ``UsageError`` for a kind that is not declared.
    """
    refuse_unknown_kind(kind)

    def made(values: pa.Array) -> pa.Array:
        return (reveal if back else tokenize)(keys.open(), values, domain=domain, kind=kind)

    return arrow_function(made, "string")

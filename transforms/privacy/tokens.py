"""Identifiers and their tokens as arrays: AES-SIV (RFC 5297), deterministic, so that equal identifiers join."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from quality.contracts.errors import GeowardError
from transforms.privacy import aes_siv
from transforms.privacy.aes_siv import AesSiv
from transforms.privacy.identifiers import Domain, domain_info, domain_key, in_one_form

USE = "geoward token 1"


class TokenRefused(GeowardError):
    """A token was altered, or was made with another key or in another domain; the message holds no value."""

    def __init__(self, kind: str) -> None:
        """Name the kind of identifier."""
        super().__init__(
            f"A token of kind {kind} is not whole, or is of another key or domain; none was revealed.",
            mend="Copy it whole, and name the region, kind and purpose that it was made for.",
        )


def tokenize(key: bytes, values: pa.Array, *, domain: Domain, kind: str, epoch: str = "") -> pa.Array:
    """Return each identifier's token in lower-case hex, 32 digits more than twice its bytes; null stays null.

    Equal identifiers of a domain have equal tokens, and whoever sees a token sees the identifier's length. Raises
    what ``domain_key`` does.
    """
    cipher = _cipher(key, domain, kind, epoch)
    return each_length(in_one_form(kind, values), lambda rows: to_hex(cipher.seal(rows))).view(pa.string())


def reveal(key: bytes, tokens: pa.Array, *, domain: Domain, kind: str, epoch: str = "") -> pa.Array:
    """Return the identifiers of tokens that ``tokenize`` made with the same arguments; null stays null.

    Raises ``TokenRefused`` if a token is altered or foreign: then none is revealed.
    """
    return opened(_cipher(key, domain, kind, epoch), tokens, kind).view(pa.string())


def opened(cipher: AesSiv, tokens: pa.Array, kind: str) -> pa.Array:
    """Return what tokens in lower-case hex hold, as bytes; raise ``TokenRefused`` if one is not whole."""

    def of_one_length(digits: Any) -> Any:
        sealed = _unhex(digits)
        if sealed is None or sealed.shape[1] < aes_siv.BLOCK:
            raise TokenRefused(kind)
        rows, whole = cipher.open(sealed)
        if not whole.all():
            raise TokenRefused(kind)
        return rows

    return each_length(tokens, of_one_length)


def _cipher(key: bytes, domain: Domain, kind: str, epoch: str) -> AesSiv:
    derived = domain_key(key, USE, domain, kind, epoch, size=aes_siv.KEY_BYTES)
    return AesSiv(derived, domain_info(USE, domain, kind, epoch))


def each_length(values: pa.Array, change: Callable[[Any], Any]) -> pa.Array:
    """Return bytes changed, all of one length at once: ``change`` takes and returns an array of n rows by length."""
    import numpy as np

    present = values.drop_null().cast(pa.binary())
    _, ends, data = present.buffers()
    bounds = np.frombuffer(ends, np.int32)[present.offset :][: len(present) + 1] if len(present) else np.zeros(1, int)
    letters = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    sizes = np.diff(bounds)
    groups = [(np.flatnonzero(sizes == size), int(size)) for size in np.unique(sizes)]
    changed = [(mine, change(letters[bounds[mine, None] + np.arange(size)])) for mine, size in groups]
    widths = np.zeros(len(present) + 1, np.int32)
    for mine, rows in changed:
        widths[mine + 1] = rows.shape[1]
    made_ends = np.cumsum(widths, dtype=np.int64)
    made = np.empty(made_ends[-1], np.uint8)
    for mine, rows in changed:
        made[made_ends[mine, None] + np.arange(rows.shape[1])] = rows
    buffers = [None, pa.array(made_ends, pa.int32()).buffers()[1], pa.py_buffer(made)]
    rows = pa.Array.from_buffers(pa.binary(), len(present), buffers)
    return rows if len(rows) == len(values) else _with_nulls(rows, values)


def _with_nulls(rows: pa.Array, values: pa.Array) -> pa.Array:
    """Return ``rows`` where ``values`` are not null, and null where they are."""
    import numpy as np

    valid = values.is_valid().to_numpy(zero_copy_only=False)
    return rows.take(pa.array(np.cumsum(valid) - 1, mask=~valid))


def to_hex(rows: Any) -> Any:
    """Return n rows of bytes as lower-case hex digits."""
    import numpy as np

    return np.frombuffer(rows.tobytes().hex().encode(), np.uint8).reshape(len(rows), -1)


def _unhex(digits: Any) -> Any:
    """Return the bytes of lower-case hex digits, or None where they are not: a capital would be a second spelling."""
    import numpy as np

    text = digits.tobytes()
    try:
        raw = binascii.unhexlify(text)
    except ValueError:
        return None
    whole = digits.shape[1] % 2 == 0 and raw.hex().encode() == text
    return np.frombuffer(raw, np.uint8).reshape(len(digits), -1) if whole else None

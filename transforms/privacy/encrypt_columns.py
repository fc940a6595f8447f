"""Values are encrypted by a key of the subject they tell of: once that key is destroyed, nobody can read them.

A value is version | length of the epoch, epoch | nonce | ciphertext and tag (AES-256-GCM). Table, column and subject
are authenticated with it, so that it can be read nowhere else; two values of one subject in one column can be exchanged
unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from quality.contracts.errors import GeowardError
from transforms.arrow_function import arrow_function

VERSION, NONCE_BYTES, TAG_BYTES = 1, 12, 16
EPOCH = re.compile(rb"[0-9A-Za-z-]{1,32}")


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A subject's data key of one epoch, and what stands for the subject where its identifier must not."""

    index: bytes
    key: bytes = field(repr=False)


class SubjectKeys(Protocol):
    """Looks keys up, a batch of subjects at a time, inside the worker; None stands for a subject that was destroyed."""

    def to_write(self, kind: str, subjects: Sequence[str], epoch: str) -> Sequence[SubjectKey | None]:
        """Return each subject's key, made at first sight."""

    def to_read(self, kind: str, subjects: Sequence[str], epoch: str) -> Sequence[SubjectKey | None]:
        """Return each subject's key; raise if one is not known."""

    def nonces(self, count: int) -> bytes:
        """Return ``count`` times 12 random bytes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value may be read: in a column of a table, by the keys of subjects of one kind."""

    table: str
    column: str
    kind: str


class Result(NamedTuple):
    """Values, and where there is none because the subject was destroyed."""

    values: pa.Array
    destroyed: pa.Array


class ValueRefused(GeowardError):
    """Encrypted values are not as they were written, or belong elsewhere."""

    def __init__(self, place: Place, what: str) -> None:
        """Name table and column, never a value or a subject."""
        super().__init__(f"{place.table}.{place.column}: {what}: refused.", mend="Look for damage with `geoward fsck`.")


def encrypt_columns(
    df: DataFrame, *, columns: Mapping[str, Place], subject: str, epoch: str, keys: SubjectKeys
) -> DataFrame:
    """Replace texts by bytes that ``keys`` of the column ``subject`` open; null stays null.

    ``epoch`` names the column that says of which epoch each row's key is. A destroyed subject's values become null:
    ``<column>_destroyed`` tells of them, to be counted. Rows that are sorted by subject within their partitions take a
    third of the time: a batch then has few subjects.
    """
    return _replace(df, columns, [subject, epoch], lambda place: _encryptor(place, keys), "binary")


def decrypt_columns(df: DataFrame, *, columns: Mapping[str, Place], subject: str, keys: SubjectKeys) -> DataFrame:
    """Replace what ``encrypt_columns`` made by the texts; raise ``ValueRefused`` for what was changed or moved.

    A destroyed subject's values become null: ``<column>_destroyed`` tells of them, to be counted.
    """
    return _replace(df, columns, [subject], lambda place: _decryptor(place, keys), "string")


def encrypt_values(values: pa.Array, subjects: pa.Array, epochs: pa.Array, place: Place, keys: SubjectKeys) -> Result:
    """Return binaries; raise ``ValueRefused`` if a value has no subject or epoch: no key could ever be destroyed."""
    import pyarrow.compute as pc

    ids, who = _numbered(subjects, epochs)
    if pc.any(pc.and_(values.is_valid(), ids.is_null())).as_py():
        raise ValueRefused(place, "values without a subject or an epoch")
    ciphers, random = _ciphers(who, place, keys.to_write), keys.nonces(len(values))
    nonces = [random[at : at + NONCE_BYTES] for at in range(0, len(random), NONCE_BYTES)]
    rows = zip(values.cast(pa.binary()).to_pylist(), ids.to_pylist(), nonces, strict=True)
    made = [  # a loop over millions: no call in it that is not a cipher's
        None if value is None or (of := ciphers[one]) is None else of.head + nonce + of.encrypt(nonce, value, of.place)
        for value, one, nonce in rows
    ]
    return _result(values, pa.array(made, pa.binary()))


def decrypt_values(values: pa.Array, subjects: pa.Array, place: Place, keys: SubjectKeys) -> Result:
    """Return texts; raise ``ValueRefused`` if any value is not as it was written for its subject and place."""
    raw = values.to_pylist()
    ids, who = _numbered(subjects, pa.array([_epoch(value, place) for value in raw], pa.string()))
    ciphers = _ciphers(who, place, keys.to_read)
    try:
        made = [
            None
            if value is None or (of := ciphers[one]) is None
            else of.decrypt(value[of.start - NONCE_BYTES : of.start], value[of.start :], of.place)
            for value, one in zip(raw, ids.to_pylist(), strict=True)
        ]
    except (InvalidTag, ValueError, KeyError):  # a KeyError: there is no subject
        raise ValueRefused(place, "an encrypted value was changed, or belongs elsewhere") from None
    return _result(values, pa.array(made, pa.binary()).cast(pa.string()))


def _result(before: pa.Array, after: pa.Array) -> Result:
    import pyarrow.compute as pc

    return Result(after, pc.and_(before.is_valid(), after.is_null()))


class _Cipher(NamedTuple):
    """What encrypts and decrypts the values of one subject and epoch in one place; ``start`` is where text begins."""

    head: bytes
    start: int
    place: bytes
    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes]


Lookup = Callable[[str, Sequence[str], str], Sequence[SubjectKey | None]]


def _ciphers(who: Mapping[str, Mapping[int, str]], place: Place, look_up: Lookup) -> dict[int | None, _Cipher | None]:
    """Return one cipher for each subject and epoch, None where it was destroyed."""
    found: dict[int | None, _Cipher | None] = {}
    for epoch, subjects in who.items():
        if not EPOCH.fullmatch(epoch.encode()):
            raise ValueRefused(place, "an epoch is not written in letters, digits and hyphens")
        head = bytes([VERSION]) + _sized(epoch.encode())
        start, where = len(head) + NONCE_BYTES, head + _sized(place.table.encode()) + _sized(place.column.encode())
        for one, key in zip(subjects, look_up(place.kind, list(subjects.values()), epoch), strict=True):
            if key is None:
                found[one] = None
                continue
            aead = AESGCM(key.key)
            found[one] = _Cipher(head, start, where + key.index, aead.encrypt, aead.decrypt)
    return found


def _numbered(subjects: pa.Array, epochs: pa.Array) -> tuple[pa.Array, dict[str, dict[int, str]]]:
    """Return each row's number of subject and epoch, None if either is null; and by epoch, the numbers' subjects."""
    import pyarrow.compute as pc

    one, other = subjects.dictionary_encode(), epochs.dictionary_encode()
    width = max(len(one.dictionary), 1)
    ids = pc.add(one.indices.cast(pa.int64()), pc.multiply(other.indices.cast(pa.int64()), width))
    names, spans = one.dictionary.to_pylist(), other.dictionary.to_pylist()
    who: dict[str, dict[int, str]] = {}
    for number in ids.drop_null().unique().to_pylist():
        who.setdefault(spans[number // width], {})[number] = names[number % width]
    return ids, who


def _epoch(value: bytes | None, place: Place) -> str | None:
    """Return the epoch in a value's head."""
    if value is None:
        return None
    if len(value) < 2 or value[0] != VERSION or len(value) < 2 + value[1] + NONCE_BYTES + TAG_BYTES:
        raise ValueRefused(place, "an encrypted value was cut, or is of another version")
    epoch = value[2 : 2 + value[1]]
    if not EPOCH.fullmatch(epoch):
        raise ValueRefused(place, "an encrypted value was changed")
    return epoch.decode()


def _sized(part: bytes) -> bytes:
    return bytes([len(part)]) + part


def _replace(
    df: DataFrame, columns: Mapping[str, Place], beside: list[str], make: Callable[[Place], Any], kind: str
) -> DataFrame:
    made = {
        name: arrow_function(make(place), f"struct<value: {kind}, destroyed: boolean>")(
            F.col(name), *map(F.col, beside)
        )
        for name, place in columns.items()
    }
    wide = df.withColumns({f"_{name}": column for name, column in made.items()})
    split = {name: F.col(f"_{name}.value") for name in columns}
    split |= {f"{name}_destroyed": F.col(f"_{name}.destroyed") for name in columns}
    return wide.withColumns(split).drop(*[f"_{name}" for name in columns])


def _encryptor(place: Place, keys: SubjectKeys) -> Callable[[pa.Array, pa.Array, pa.Array], pa.Array]:
    def encrypt(values: pa.Array, subjects: pa.Array, epochs: pa.Array) -> pa.Array:
        return _struct(encrypt_values(values, subjects, epochs, place, keys))

    return encrypt


def _decryptor(place: Place, keys: SubjectKeys) -> Callable[[pa.Array, pa.Array], pa.Array]:
    def decrypt(values: pa.Array, subjects: pa.Array) -> pa.Array:
        return _struct(decrypt_values(values, subjects, place, keys))

    return decrypt


def _struct(result: Result) -> pa.Array:
    return pa.StructArray.from_arrays([result.values, result.destroyed], ["value", "destroyed"])

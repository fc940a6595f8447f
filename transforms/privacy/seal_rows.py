"""The personal columns of a row are encrypted as one, by a key of its subject: once that is destroyed, nobody reads it.

A value is nonce | ciphertext and tag (AES-256-GCM, NIST SP 800-38D) of a packed row. Version, table, columns and epoch
are authenticated with it, and the key is the subject's alone: it can be read nowhere else. Two rows of one subject
and epoch in one table can be exchanged unseen. With random nonces one key may encrypt 2^32 values (section 8.3): a
subject's rows of one epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quality.contracts import DATE, Contract
from quality.contracts.at_rest import EPOCH, ERASED, SEALED, SUBJECT, sealed_columns
from quality.contracts.errors import GeowardError
from transforms.privacy.canonical import canonical
from transforms.privacy.pack_rows import ARROW, pack_rows, unpack_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

VERSION, NONCE_BYTES = b"\x01", 12


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A subject's data key of one epoch, and what stands for the subject where its identifier must not.

    ``cipher`` seals and opens its rows: to make it costs as much as to seal three of them.
    """

    index: bytes
    key: bytes = field(repr=False)
    cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the cipher."""
        object.__setattr__(self, "cipher", AESGCM(self.key))


class SubjectKeys(Protocol):
    """Looks keys up, a batch of subjects at a time, inside the worker; None stands for a subject that was destroyed."""

    def epoch_of(self, month: str) -> str:
        """Return the epoch whose keys seal the rows of a month now, such as 2026-11."""

    def to_seal(self, kind: str, subjects: Sequence[str], epoch: str) -> Sequence[SubjectKey | None]:
        """Return each subject's key, made at first sight."""

    def to_open(self, indexes: Sequence[bytes], epoch: str) -> Sequence[SubjectKey | None]:
        """Return the keys of subjects; raise if one is not known."""

    def nonces(self, count: int) -> bytes:
        """Return ``count`` times 12 random bytes."""


class RowRefused(GeowardError):
    """Sealed rows are not as they were written, or belong elsewhere."""

    def __init__(self, table: str, what: str) -> None:
        """Name the table, never a value or a subject."""
        super().__init__(f"{table}: {what}: refused.", mend="Look for damage with `geoward fsck`.")


class Sealed(NamedTuple):
    """Rows as they lie on disk: where their subjects' keys are, of which epoch, and the rows; null where erased."""

    index: pa.Array
    epoch: pa.Array
    rows: pa.Array


def seal_rows(df: DataFrame, contract: Contract, keys: SubjectKeys, *, subject: str = "", kind: str = "") -> DataFrame:
    """Add the columns of rows at rest, and ``_erased`` where the subject was destroyed, of whom nothing is kept.

    ``subject`` names the column of the subject, by default the contract's erasure key, and ``kind`` what it identifies.
    Rows without a subject stay unsealed: null. The rows of a subject are brought together within partitions: with its
    cipher at hand, to seal them, and to open them ever after, takes half the time. Sorting by one number is cheap.
    """
    from pyspark.sql import functions as F

    from transforms.arrow_function import arrow_function

    names, subject = [column.name for column in sealed_columns(contract)], subject or contract.erasure_key
    made = _sealer(contract, keys, kind or contract.erasure_kind)
    returned = f"struct<index: binary, epoch: string, sealed: binary, {ERASED}: boolean>"
    values = F.struct(*[F.col(name) for name in names])
    one = arrow_function(made, returned, once=True)(values, F.col(subject), F.col(DATE))
    columns = {SUBJECT.name: "index", EPOCH.name: "epoch", SEALED.name: "sealed", ERASED: ERASED}
    wide = df.sortWithinPartitions(F.xxhash64(subject)).withColumn("_sealed", one)
    return wide.withColumns({name: F.col(f"_sealed.{of}") for name, of in columns.items()}).drop("_sealed")


def open_rows(df: DataFrame, contract: Contract, keys: SubjectKeys) -> DataFrame:
    """Return rows at rest as the contract declares them, and ``_erased``: all personal columns are null there.

    Raises ``RowRefused`` for what was changed or moved.
    """
    from pyspark.sql import functions as F

    from transforms.arrow_function import arrow_function

    hidden = sealed_columns(contract)
    fields = ", ".join(f"`{column.name}`: {column.type}" for column in hidden)
    opened = arrow_function(_opener(contract, keys), f"struct<{fields}, {ERASED}: boolean>", once=True)
    wide = df.withColumn("_opened", opened(*[F.col(column.name) for column in (SUBJECT, EPOCH, SEALED)]))
    names = {column.name for column in hidden}
    columns = [F.col(f"_opened.{c.name}") if c.name in names else F.col(c.name) for c in contract]
    return wide.select(*columns, F.col(f"_opened.{ERASED}"))


def seal_values(
    table: str, columns: Mapping[str, pa.Array], subjects: pa.Array, epochs: pa.Array, keys: SubjectKeys, kind: str
) -> Sealed:
    """Seal a batch; null where there is no subject, or one that was destroyed."""
    ids, who = _numbered(subjects, epochs)
    of: list[SubjectKey | None] = []
    places: list[bytes] = []
    for epoch, names in who:
        of += keys.to_seal(kind, names, epoch)
        places += [_place(table, columns, epoch)] * len(names)
    ciphers = [one.cipher if one else None for one in of] + [None]  # the last: of rows without a subject
    random = keys.nonces(len(subjects))
    nonces = [random[at : at + NONCE_BYTES] for at in range(0, len(random), NONCE_BYTES)]
    rows = zip(pack_rows(list(columns.values())).to_pylist(), nonces, ids.fill_null(-1).to_pylist(), strict=True)
    sealed = [  # a loop over millions: no call in it that is not the cipher's
        nonce + cipher.encrypt(nonce, row, places[number]) if (cipher := ciphers[number]) else None
        for row, nonce, number in rows
    ]
    index = pa.array([one.index if one else None for one in of], pa.binary()).take(ids)
    there = index.is_valid()
    return Sealed(index, pc.if_else(there, epochs, None), pa.array(sealed, pa.binary()))


def open_values(
    table: str, types: Mapping[str, pa.DataType], sealed: Sealed, keys: SubjectKeys
) -> tuple[list[pa.Array], pa.Array]:
    """Return the columns of a batch, null where the subject was destroyed, and where that is so."""
    if sealed.index.null_count or sealed.epoch.null_count or sealed.rows.null_count:
        raise RowRefused(table, "a row without its subject, epoch or values")
    ids, who = _numbered(sealed.index, sealed.epoch)
    ciphers: list[AESGCM | None] = []
    places: list[bytes] = []
    for epoch, indexes in who:
        ciphers += [one.cipher if one else None for one in keys.to_open(indexes, epoch)]
        places += [_place(table, types, epoch)] * len(indexes)
    try:
        opened = [
            cipher.decrypt(row[:NONCE_BYTES], row[NONCE_BYTES:], places[number])
            if (cipher := ciphers[number])
            else None
            for row, number in zip(sealed.rows.to_pylist(), ids.to_pylist(), strict=True)
        ]
    except (InvalidTag, ValueError):
        raise RowRefused(table, "a sealed row was changed, or belongs elsewhere") from None
    rows = pa.array(opened, pa.binary())
    columns = unpack_rows(rows.drop_null(), list(types.values()))
    if rows.null_count:
        nth = pc.subtract(pc.cumulative_sum(rows.is_valid().cast(pa.int64())), 1)
        columns = [column.take(pc.if_else(rows.is_valid(), nth, None)) for column in columns]
    return columns, rows.is_null()


def _place(table: str, columns: Mapping[str, object], epoch: str) -> bytes:
    """Return what a row is bound to beside its subject, whose key alone opens it.

    The columns are part of it: packed otherwise, the bytes would mean something else.
    """
    return VERSION + canonical(table, ",".join(columns), epoch)


def _numbered(subjects: pa.Array, epochs: pa.Array) -> tuple[pa.Array, list[tuple[str, list[Any]]]]:
    """Return each row's number of subject and epoch, null if either is; and the subjects by epoch, in that order."""
    one, other = subjects.dictionary_encode(), epochs.dictionary_encode()
    width = max(len(one.dictionary), 1)
    ids = pc.add(one.indices.cast(pa.int64()), pc.multiply(other.indices.cast(pa.int64()), width))
    found = pc.unique(ids.drop_null()).sort()
    spans = pc.divide(found, width)
    who = [
        (epoch, one.dictionary.take(pc.subtract(mine, number * width)).to_pylist())
        for number, epoch in enumerate(other.dictionary.to_pylist())
        if len(mine := found.filter(pc.equal(spans, number)))
    ]
    return pc.index_in(ids, found), who


def _sealer(contract: Contract, keys: SubjectKeys, kind: str) -> Callable[..., pa.Array]:
    table, names = contract.name, [column.name for column in sealed_columns(contract)]

    def seal(values: pa.Array, subjects: pa.Array, dates: pa.Array) -> pa.Array:
        columns = dict(zip(names, values.flatten(), strict=True))
        sealed = seal_values(table, columns, subjects, _epochs(dates, keys), keys, kind)
        erased = pc.and_(subjects.is_valid(), sealed.rows.is_null())
        return pa.StructArray.from_arrays([*sealed, erased], ["index", "epoch", "sealed", ERASED])

    return seal


def _epochs(dates: pa.Array, keys: SubjectKeys) -> pa.Array:
    """Return the epoch of each date: few dates come in a batch."""
    days = dates.dictionary_encode()
    return pa.array([keys.epoch_of(f"{day:%Y-%m}") for day in days.dictionary.to_pylist()], pa.string()).take(
        days.indices
    )


def _opener(contract: Contract, keys: SubjectKeys) -> Callable[..., pa.Array]:
    table, types = contract.name, {column.name: ARROW[column.type] for column in sealed_columns(contract)}

    def opened(index: pa.Array, epoch: pa.Array, rows: pa.Array) -> pa.Array:
        columns, erased = open_values(table, types, Sealed(index, epoch, rows), keys)
        return pa.StructArray.from_arrays([*columns, erased], [*types, ERASED])

    return opened

"""Values can be read with their subject's key, in their place, and nowhere and by no other; never once it is gone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

from transforms.privacy.encrypt_columns import (
    Place,
    SubjectKey,
    ValueRefused,
    decrypt_columns,
    decrypt_values,
    encrypt_columns,
    encrypt_values,
)

NOTE = Place("raw.notes", "note", "actor")


@dataclass(frozen=True)
class Keys:
    """Keys by hash, but for those who were destroyed."""

    gone: frozenset[str] = frozenset()
    asked: list[int] = field(default_factory=list)

    def to_write(self, kind, subjects, epoch):
        self.asked.append(len(subjects))
        return [None if one in self.gone else self._key(kind, one, epoch) for one in subjects]

    to_read = to_write

    def nonces(self, count):
        return b"".join([hashlib.sha256(bytes([number])).digest()[:12] for number in range(count)])

    def _key(self, kind, one, epoch):
        index = hashlib.sha256(f"{kind} {one}".encode()).digest()
        return SubjectKey(index, hashlib.sha256(f"{kind} {one} {epoch}".encode()).digest())


def text(*values):
    return pa.array(values, pa.string())


WHO, WHEN = text("ada", "bob", "ada", "ada"), text("2024-06", "2024-06", "2024-07", "2024-06")
VALUES = text("52.1, 13.2", "", "tschüß", None)


@pytest.fixture
def written():
    return encrypt_values(VALUES, WHO, WHEN, NOTE, Keys()).values


def test_values_come_back_and_null_stays_null(written):
    read = decrypt_values(written, WHO, NOTE, Keys())

    assert read.values.to_pylist() == VALUES.to_pylist()
    assert read.destroyed.to_pylist() == [False] * 4
    assert not any(b"52.1" in value for value in written.to_pylist() if value)


def test_equal_values_are_written_differently():
    first, second = encrypt_values(text("a", "a"), text("ada", "ada"), text("e", "e"), NOTE, Keys()).values.to_pylist()

    assert first != second


def test_a_value_says_its_version_and_the_epoch_of_its_key(written):
    first = written[0].as_py()

    assert first[:9] == b"\x01\x072024-06"
    assert len(first) == 9 + 12 + len("52.1, 13.2") + 16


def test_keys_are_asked_for_once_for_each_subject_and_epoch_of_a_batch():
    keys = Keys()
    encrypt_values(VALUES, WHO, WHEN, NOTE, keys)

    assert sorted(keys.asked) == [1, 2]


def test_a_destroyed_subject_reads_and_writes_null_and_is_counted_apart(written):
    keys = Keys(frozenset({"ada"}))

    for result in (decrypt_values(written, WHO, NOTE, keys), encrypt_values(VALUES, WHO, WHEN, NOTE, keys)):
        assert [value is None for value in result.values.to_pylist()] == [True, False, True, True]
        assert result.destroyed.to_pylist() == [True, False, True, False], "a null was none before"


def test_every_flipped_bit_of_a_value_is_refused_and_nothing_of_it_told(written):
    value = written[0].as_py()
    for bit in range(len(value) * 8):
        raw = bytearray(value)
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueRefused) as error:
            decrypt_values(pa.array([bytes(raw)], pa.binary()), text("ada"), NOTE, Keys())
        assert str(error.value).startswith("raw.notes.note: ")
        assert "ada" not in str(error.value) and "52.1" not in str(error.value)
        assert error.value.__context__ is None or error.value.__suppress_context__


@pytest.mark.parametrize("length", [0, 1, 8, 9, 30, 46])
def test_a_value_that_was_cut_is_refused(written, length):
    with pytest.raises(ValueRefused):
        decrypt_values(pa.array([written[0].as_py()[:length]], pa.binary()), text("ada"), NOTE, Keys())


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        pytest.param("bob", NOTE, id="another-subject"),
        pytest.param(None, NOTE, id="no-subject"),
        pytest.param("ada", Place("raw.notes", "other", "actor"), id="another-column"),
        pytest.param("ada", Place("raw.note", "snote", "actor"), id="names-that-join-alike"),
        pytest.param("ada", Place("raw.notes", "note", "device"), id="another-kind"),
    ],
)
def test_a_value_that_was_moved_is_refused(written, subject, place):
    with pytest.raises(ValueRefused):
        decrypt_values(written[:1], text(subject), place, Keys())


@pytest.mark.parametrize(
    ("subject", "epoch"), [pytest.param(None, "e", id="no-subject"), pytest.param("ada", None, id="no-epoch")]
)
def test_a_value_without_a_subject_is_refused_since_no_key_of_it_could_be_destroyed(subject, epoch):
    with pytest.raises(ValueRefused, match="without a subject"):
        encrypt_values(text("a"), text(subject), text(epoch), NOTE, Keys())
    assert encrypt_values(text(None), text(subject), text(epoch), NOTE, Keys()).values.to_pylist() == [None]


def test_an_epoch_of_other_signs_is_refused_before_it_is_written():
    with pytest.raises(ValueRefused, match="letters, digits"):
        encrypt_values(text("a"), text("ada"), text("2024/06"), NOTE, Keys())


def test_empty_batches_stay_empty():
    empty = text()

    assert len(encrypt_values(empty, empty, empty, NOTE, Keys()).values) == 0
    assert len(decrypt_values(pa.array([], pa.binary()), empty, NOTE, Keys()).values) == 0


def test_a_key_shows_nothing_of_itself():
    assert b"secret" not in repr(SubjectKey(b"index", b"secret")).encode()


@pytest.mark.spark
def test_columns_are_encrypted_and_read_in_spark(spark):
    rows = [("ada", "2024-06", "x"), ("bob", "2024-06", "y"), ("ada", "2024-07", None)]
    df = spark.createDataFrame(rows, "actor_id string, epoch string, note string")

    written = encrypt_columns(df, columns={"note": NOTE}, subject="actor_id", epoch="epoch", keys=Keys())
    assert written.schema["note"].dataType.simpleString() == "binary"
    stored = written.drop("note_destroyed")
    read = decrypt_columns(stored, columns={"note": NOTE}, subject="actor_id", keys=Keys(frozenset({"bob"})))

    assert [tuple(row) for row in read.orderBy("actor_id", "epoch").collect()] == [
        ("ada", "2024-06", "x", False),
        ("ada", "2024-07", None, False),
        ("bob", "2024-06", None, True),
    ]

"""Rows can be read with their subject's key, in their table, and nowhere and by no other; never once it is gone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby

import pyarrow as pa
import pytest

from quality.contracts import Column, Contract, Sensitivity, contract
from quality.contracts.at_rest import at_rest, sealed_columns
from quality.contracts.shared_columns import ACTOR_ID, EVENT_DATE
from transforms.privacy.seal_rows import RowRefused, Sealed, SubjectKey, open_rows, open_values, seal_rows, seal_values

TABLE = "raw.notes"
TYPES = {"note": pa.string(), "size": pa.float64()}


@dataclass(frozen=True)
class Keys:
    """Keys by hash, but for those who were destroyed."""

    gone: frozenset[str] = frozenset()
    asked: list[int] = field(default_factory=list)

    def epoch_of(self, month):
        return f"{month}-r2"

    def to_seal(self, kind, subjects, epoch):
        self.asked.append(len(subjects))
        return self.to_open([hashlib.sha256(f"{kind} {one}".encode()).digest() for one in subjects], epoch)

    def to_open(self, indexes, epoch):
        gone = {hashlib.sha256(f"actor {one}".encode()).digest() for one in self.gone}
        return [
            None if one in gone else SubjectKey(one, hashlib.sha256(one + epoch.encode()).digest()) for one in indexes
        ]

    def nonces(self, count):
        return b"".join([hashlib.sha256(bytes([number])).digest()[:12] for number in range(count)])


def text(*values):
    return pa.array(values, pa.string())


WHO, WHEN = text("ada", "bob", "ada", "ada"), text("2024-06", "2024-06", "2024-07", "2024-06")
VALUES = {"note": text("52.1, 13.2", "", "tschüß", None), "size": pa.array([1.0, None, 3.0, None])}


def sealed_by(keys, table=TABLE, kind="actor"):
    return seal_values(table, VALUES, WHO, WHEN, keys, kind)


def first(sealed, **other):
    """Return the first row alone, with columns replaced."""
    return Sealed(*[pa.array([other.get(name, getattr(sealed, name)[0].as_py())], getattr(sealed, name).type)
                    for name in Sealed._fields])  # fmt: skip


@pytest.fixture
def sealed():
    return sealed_by(Keys())


def test_values_come_back_and_null_stays_null(sealed):
    columns, erased = open_values(TABLE, TYPES, sealed, Keys())

    assert columns == list(VALUES.values())
    assert erased.to_pylist() == [False] * 4
    assert not any(b"52.1" in row for row in sealed.rows.to_pylist())


def test_equal_rows_are_sealed_differently():
    same = {"note": text("a", "a")}
    rows = seal_values(TABLE, same, text("ada", "ada"), text("e", "e"), Keys(), "actor").rows.to_pylist()

    assert rows[0] != rows[1]


def test_keys_are_asked_for_once_for_each_subject_and_epoch_of_a_batch():
    keys = Keys()
    sealed_by(keys)

    assert sorted(keys.asked) == [1, 2]


def test_of_a_destroyed_subject_nothing_is_read_and_nothing_written(sealed):
    keys = Keys(frozenset({"ada"}))

    columns, erased = open_values(TABLE, TYPES, sealed, keys)
    assert erased.to_pylist() == [True, False, True, True]
    assert [column.to_pylist() for column in columns] == [[None, "", None, None], [None] * 4]
    assert [row is None for row in sealed_by(keys).rows.to_pylist()] == [True, False, True, True]


def test_a_row_without_a_subject_stays_unsealed_since_no_key_of_it_could_be_destroyed():
    sealed = seal_values(TABLE, {"note": text("a")}, text(None), text("e"), Keys(), "actor")

    assert [column.to_pylist() for column in sealed] == [[None]] * 3


def test_every_flipped_bit_of_a_row_is_refused_and_nothing_of_it_told(sealed):
    row = sealed.rows[0].as_py()
    for bit in range(len(row) * 8):
        raw = bytearray(row)
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RowRefused) as error:
            open_values(TABLE, TYPES, first(sealed, rows=bytes(raw)), Keys())
        assert str(error.value).startswith("raw.notes: ")
        assert "ada" not in str(error.value) and "52.1" not in str(error.value)
        assert error.value.__context__ is None or error.value.__suppress_context__


@pytest.mark.parametrize("length", [0, 1, 12, 28, 40])
def test_a_row_that_was_cut_is_refused(sealed, length):
    with pytest.raises(RowRefused):
        open_values(TABLE, TYPES, first(sealed, rows=sealed.rows[0].as_py()[:length]), Keys())


@pytest.mark.parametrize(
    ("table", "types", "other"),
    [
        pytest.param(TABLE, TYPES, {"index": hashlib.sha256(b"actor bob").digest()}, id="another-subject"),
        pytest.param(TABLE, TYPES, {"epoch": "2024-07"}, id="another-epoch"),
        pytest.param("raw.note", TYPES, {}, id="another-table"),
        pytest.param(TABLE, {"size": pa.string(), "note": pa.float64()}, {}, id="other-columns"),
        pytest.param(TABLE, TYPES, {"index": None}, id="no-subject"),
        pytest.param(TABLE, TYPES, {"epoch": None}, id="no-epoch"),
        pytest.param(TABLE, TYPES, {"rows": None}, id="no-row"),
    ],
)
def test_a_row_that_was_moved_is_refused(sealed, table, types, other):
    with pytest.raises(RowRefused):
        open_values(table, types, first(sealed, **other), Keys())


def test_another_kind_of_subject_has_another_key(sealed):
    assert sealed_by(Keys(), kind="device").index[0] != sealed.index[0]


def test_empty_batches_stay_empty():
    none = seal_values(TABLE, {"note": text()}, text(), text(), Keys(), "actor")

    assert len(none.rows) == 0
    assert open_values(TABLE, {"note": pa.string()}, none, Keys())[0] == [text()]


def test_a_key_shows_nothing_of_itself():
    assert b"secret" not in repr(SubjectKey(b"index", b"secret, of 32 bytes, as all are.")).encode()


@pytest.mark.parametrize("name", ["raw.pings", "raw.actions", "raw.consents", "raw.actors", "clean.pings"])
def test_below_protected_no_personal_column_lies_open(name):
    declared, stored = contract(name), at_rest(contract(name))

    assert not {c.name for c in declared if c.personal} & set(stored.column_names)
    assert {c.name for c in declared if not c.personal} < set(stored.column_names)


@pytest.mark.parametrize("name", ["protected.pings", "curated.mobility", "reference.ip_ranges"])
def test_what_is_above_lies_as_it_is_declared(name):
    assert at_rest(contract(name)) is contract(name)
    assert sealed_columns(contract(name)) == ()


NOTES = Contract(
    "raw.notes", "Notes.", "one note",
    (ACTOR_ID, Column("note", "string", "Text.", Sensitivity.FREE_TEXT),
     Column("at", "timestamp", "When.", Sensitivity.QUASI_ID), Column("source", "string", "Whence.", Sensitivity.NONE),
     EVENT_DATE),
    erasure_key="actor_id",
)  # fmt: skip


@pytest.mark.spark
def test_rows_are_sealed_and_opened_in_spark(spark):
    at = datetime(2024, 6, 1, 12, tzinfo=UTC)
    rows = [("ada", "x", at, "s", date(2024, 6, 1)), ("bob", "y", at, "s", date(2024, 6, 1)),
            ("ada", None, None, "s", date(2024, 7, 1)), (None, "z", at, "s", date(2024, 6, 1))]  # fmt: skip
    df = spark.createDataFrame(rows, NOTES.spark_schema)

    made = seal_rows(df, NOTES, Keys())
    assert sorted(row["sealed"] is None for row in made.collect()) == [False, False, False, True]
    stored = at_rest(NOTES).conform(made.where("sealed is not null"))
    assert {row["key_epoch"] for row in stored.collect()} == {"2024-06-r2", "2024-07-r2"}
    read = open_rows(stored, NOTES, Keys(frozenset({"bob"})))

    assert read.columns == [*NOTES.column_names, "_erased"]
    found = sorted(map(tuple, read.select("actor_id", "note", "source", "event_date", "_erased").collect()), key=repr)
    assert found == [
        ("ada", "x", "s", date(2024, 6, 1), False),
        ("ada", None, "s", date(2024, 7, 1), False),
        (None, None, "s", date(2024, 6, 1), True),
    ]


@pytest.mark.spark
def test_rows_of_a_subject_come_together_so_that_its_cipher_is_made_once(spark):
    at = datetime(2024, 6, 1, 12, tzinfo=UTC)
    rows = [(f"s{number % 3}", "x", at, "s", date(2024, 6, 1)) for number in range(9)]

    made = seal_rows(spark.createDataFrame(rows, NOTES.spark_schema).coalesce(1), NOTES, Keys()).collect()

    assert len([key for key, _ in groupby(made, lambda row: row["subject_index"])]) == 3

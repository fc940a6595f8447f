"""Rows come back from their bytes as they went in, whatever they hold."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from transforms.privacy.pack_rows import ARROW, pack_rows, unpack_rows

VALUES = {
    "string": ["a", "", None, "tschüß\0", "x" * 70_000],
    "double": [0.1, -0.0, None, math.inf, -1e308],
    "timestamp": [datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), datetime(9999, 1, 1, tzinfo=UTC), None, None, None],
    "date": [date(1, 1, 1), None, date(2024, 2, 29), date(9999, 12, 31), None],
    "int": [-(2**31), 2**31 - 1, 0, None, 7],
    "bigint": [-(2**63), 2**63 - 1, None, 0, 7],
    "boolean": [True, False, None, True, None],
}
COLUMNS = [pa.array(values, ARROW[kind]) for kind, values in VALUES.items()]


def back(columns):
    return unpack_rows(pack_rows(columns), [column.type for column in columns])


@pytest.mark.parametrize("part", [slice(0, 5), slice(1, 3), slice(2, 3), slice(4, 4)], ids=str)
def test_columns_of_every_type_come_back_also_of_a_part_of_a_batch(part):
    columns = [column[part] for column in COLUMNS]

    assert back(columns) == columns
    assert [column.type for column in back(columns)] == [column.type for column in columns]


@pytest.mark.parametrize("kind", VALUES)
def test_a_row_of_one_column_comes_back(kind):
    columns = [pa.array(VALUES[kind], ARROW[kind])]

    assert back(columns) == columns


def test_not_a_number_comes_back():
    (column,) = back([pa.array([math.nan])])

    assert math.isnan(column[0].as_py())


def test_what_a_text_holds_cannot_be_taken_for_the_next_one():
    one, other = pack_rows([pa.array(["ab", "a"]), pa.array(["c", "bc"])]).to_pylist()

    assert one != other


def test_more_columns_than_bits_in_a_byte_come_back():
    columns = [pa.array([number, None]) for number in range(17)]

    assert back(columns) == columns


def test_a_row_is_as_long_as_its_bits_numbers_lengths_and_letters():
    (row,) = pack_rows([pa.array([1.5]), pa.array(["abc"])]).to_pylist()

    assert row == b"\xc0" + b"\0\0\0\0\0\0\xf8\x3f" + b"\3\0\0\0" + b"abc"


def test_a_column_of_another_type_is_no_row_s():
    with pytest.raises(TypeError, match="decimal"):
        pack_rows([pa.array([None], pa.decimal128(4, 2))])

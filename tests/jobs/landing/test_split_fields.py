"""Plain records are split into fields where they are read; all others stay whole, for Spark's parser."""

from __future__ import annotations

import io

import pytest

from jobs.landing.split_fields import FieldSplitter
from jobs.landing.split_records import Splitter


def rows(text, *, tabs=False, ends=b"\n", least=1):
    """Return the fields at the first and last of three places, or the whole record."""
    splitter = FieldSplitter(Splitter(ends, quoted=not tabs, least=least), "\t" if tabs else ",", 3, (0, 2))
    found = []
    for columns, count in splitter.rows(io.BytesIO(text.encode())):
        taken = [column.to_pylist() for column in columns.values()]
        assert {len(column) for column in taken} == {count}
        found += [row[:2] if row[2] is None else row[2] for row in zip(*taken, strict=True)]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1,a,x\n2,b,y\n", [("1", "x"), ("2", "y")], id="plain"),
        pytest.param("1,a,\n,b,y", [("1", None), (None, "y")], id="empty-fields-are-null"),
        pytest.param("1,a,x\r\n\r\n2,b,\r\n", [("1", "x"), ("2", "")], id="a-last-value-that-is-but-its-line-s-end"),
        pytest.param('1,"a,\nb","x ""y"""\n2,b,""\n', ['1,"a,\nb","x ""y"""', '2,b,""'], id="three-quotes-are-odd"),
        pytest.param('1,"a,\nb","x ""y"" z"\n2,b,""\n', [("1", 'x "y" z'), ("2", None)], id="quoted"),
        pytest.param('1,"a"b,x\n', ['1,"a"b,x'], id="a-rest-after-a-quote-is-odd"),
        pytest.param('1,a"b,x\n', ['1,a"b,x'], id="a-quote-in-a-value-is-odd"),
        pytest.param("1,a,x\n2,b\n3,c,z,9\n", [("1", "x"), "2,b", "3,c,z,9"], id="other-lengths-stay-whole"),
        pytest.param("1,a,x\r\n2,b\r\n", [("1", "x"), "2,b\r"], id="with-their-carriage-return"),
        pytest.param("1,a,x\r\n2,b,y\n", ["1,a,x\r", "2,b,y"], id="lines-that-do-not-end-alike"),
        pytest.param("1,a,x\n2,b\rc,y\n", ["1,a,x", "2,b\rc,y"], id="a-carriage-return-in-a-value"),
        pytest.param("1,a,x\n2,\0,y\n", ["1,a,x", "2,\0,y"], id="nul"),
        pytest.param("\n\n", [], id="nothing-but-empty-lines"),
        pytest.param('1,a,x\n2,"b,y\n', [("1", "x"), '2,"b,y\n'], id="never-closed"),
    ],
)
def test_what_is_plain_is_split_and_what_is_not_stays_whole(text, expected):
    assert rows(text) == expected


def test_short_stretches_between_odd_quotes_are_left_whole_with_them():
    text = '1,"a",x\n2,b"c,y\n3,d,z\n'

    assert rows(text) == [("1", "x"), '2,b"c,y', "3,d,z"]
    assert rows(text, least=100) == ['1,"a",x', '2,b"c,y', "3,d,z"]


def test_a_quote_in_tab_separated_values_is_just_a_quote():
    assert rows('"1\ta"\t"""\n', tabs=True) == ['"1\ta"\t"""']
    assert rows('"1\ta"\t"x\n', tabs=True) == [('"1', '"x')]


def test_lines_of_old_macintoshes_are_left_whole():
    assert rows("1,a,x\r2,b,y\r", ends=b"\r") == ["1,a,x", "2,b,y"]

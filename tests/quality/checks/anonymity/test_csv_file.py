"""CSV is read in one dialect, as it was written, or refused: never as another table."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.checks.anonymity import csv_file as module
from quality.checks.anonymity.csv_file import csv_file
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles, open_engine, open_file
from quality.contracts.errors import UsageError


def read(path, text, **said):
    path.write_bytes(text.encode())
    file = csv_file(path, **said)
    rows = file.read().read_all()
    file.check(rows.num_rows)
    return [tuple(row.values()) for row in rows.to_pylist()]


def test_rows_with_a_hash_are_no_comment(db, tmp_path):
    """A sniffer took ``#`` for a comment and told k = 10 of 20 people who are alone."""
    path = tmp_path / "mixed.csv"
    rows = [f"30,#{at}" for at in range(10)] + [f"#{at},A" for at in range(10)]
    path.write_text("\n".join(["age,unit", *rows]) + "\n")

    measured = measure_anonymity(db, open_file(db, path), Roles(("age", "unit")))

    assert (measured.rows, measured.k, measured.classes) == (20, 1, 20)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("a;b\n1,5;2\n", [("1,5", "2")], id="a-comma-in-values-of-semicolons"),
        pytest.param("a\tb\n1\t2\n", [("1", "2")], id="tabs"),
        pytest.param("a|b\n1|2\n", [("1", "2")], id="bars"),
        pytest.param("\ufeffa,b\r\n1,2\r\n", [("1", "2")], id="bom-and-crlf"),
        pytest.param("a,b\r1,2\r", [("1", "2")], id="cr"),
        pytest.param('a,b\n1,"x\r\ny"\n', [("1", "x\r\ny")], id="a-line-end-in-quotes"),
        pytest.param('a,b\n1,"say ""x"", y"\n', [("1", 'say "x", y')], id="doubled-quotes"),
        pytest.param('"a","x\n;y"\n1,2\n', [("1", "2")], id="a-line-end-in-the-header"),
        pytest.param("a,b\n\n1,2\n\n\n", [("1", "2")], id="empty-lines-are-no-rows"),
        pytest.param("a\n1\n\n2\n", [("1",), (None,), ("2",)], id="of-one-column-they-are-nulls"),
        pytest.param('a\n1\n""\n', [("1",), (None,)], id="an-empty-value-is-null"),
        pytest.param("a,b\n1,", [("1", None)], id="no-last-line-end"),
        pytest.param("a,b\nnull,NA\n", [("null", "NA")], id="words-are-no-nulls"),
        pytest.param("a,b\n#x,'y\n--,\\n\n", [("#x", "'y"), ("--", "\\n")], id="other-signs-are-themselves"),
        pytest.param(",b\n1,2\n", [("1", "2")], id="a-column-without-a-name"),
        pytest.param("a,b\n", [], id="no-rows"),
    ],
)
def test_a_file_is_read_as_its_header_says(tmp_path, text, rows):
    assert read(tmp_path / "t.csv", text) == rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a,b;c\n1,2;3\n", "2 kinds of delimiters", id="several-delimiters"),
        pytest.param("a,A\n1,2\n", "has column a, A more than once", id="names-up-to-case"),
        pytest.param("", "no header", id="empty"),
        pytest.param("\na,b\n1,2\n", "no header", id="an-empty-first-line"),
        pytest.param('a,"b\n1,2\n', "no header", id="an-open-quote"),
        pytest.param("a,b\n1,x\r\n2,x\n", "end in several ways", id="a-cr-that-may-be-of-a-value"),
        pytest.param("a\n1\r2\n", "end in several ways", id="a-cr-in-a-value"),
        pytest.param('a,b\n1,x"\n2,y\n', "A quote in t.csv is never closed", id="a-quote-that-ends-nothing"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        read(tmp_path / "t.csv", text)


def test_a_delimiter_may_be_said(tmp_path):
    assert read(tmp_path / "t.csv", "a,b;c\n1,2;3\n", delimiter=";") == [("1,2", "3")]
    with pytest.raises(UsageError, match="comma, semicolon, tab"):
        read(tmp_path / "t.csv", "a\n1\n", delimiter=":")


@pytest.mark.parametrize("text", ["a,b\n1,2,3\n", 'a,b\n1,"2"x"3"\n4\n'], ids=["a-field-more", "a-field-less"])
def test_lines_of_another_width_are_refused(db, tmp_path, text):
    (tmp_path / "t.csv").write_text(text)

    with pytest.raises(UsageError, match=r"cannot be read|fields, the header has 2|quote"):
        open_file(db, tmp_path / "t.csv")


def test_content_is_read_in_place_of_the_file(tmp_path):
    zipped = gzip.compress(b"a,b\n1,2\n")

    file = csv_file(tmp_path / "absent.csv.gz", content=zipped)

    assert (file.read().read_all().to_pylist(), file.count()) == ([{"a": "1", "b": "2"}], 1)


@pytest.mark.parametrize("block", [5, 11, 17])
def test_a_line_end_in_quotes_may_lie_between_two_blocks(tmp_path, monkeypatch, block):
    monkeypatch.setattr(module, "BLOCK", block)

    rows = read(tmp_path / "t.csv", 'a\n"1\r\n"\n"2\r\n"\n"3\r\n"\n')

    assert rows == [("1\r\n",), ("2\r\n",), ("3\r\n",)]


PIECES = ["a", "#x", "# ", "//", '"', "'", ",", ";", "|", "\t", "\n", "\r", "\r\n", " ", "*", "[1, 2]", "é", "\\", "--"]
VALUES = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)


@given(
    rows=st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[VALUES] * width), min_size=1, max_size=9)),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    bom=st.booleans(),
    block=st.sampled_from([64, 1 << 24]),
)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_what_is_written_is_what_is_read(tmp_path_factory, rows, delimiter, end, quoting, bom, block):
    folder = tmp_path_factory.mktemp("csv")
    text = io.StringIO(newline="")
    names = [f"c{at}" for at in range(len(rows[0]))]
    ends_lines = quoting == csv.QUOTE_MINIMAL and any("\r" in value for row in rows for value in row)  # not quoted
    quoting = csv.QUOTE_ALL if ends_lines else quoting
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([names, *rows])
    (folder / "t.csv").write_bytes(("\ufeff" * bom + text.getvalue()).encode())

    with pytest.MonkeyPatch.context() as patch, open_engine(folder, threads=1) as db:
        patch.setattr(module, "BLOCK", block)
        open_file(db, folder / "t.csv", name="t", delimiter=delimiter)
        found = db.execute("SELECT * FROM t").fetchall()

    assert sorted(tuple(value or "" for value in row) for row in found) == sorted(rows)

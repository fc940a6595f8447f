"""Files made so that a text in clear gets by, or so that what is written is another file than what was read."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import text_rows
from quality.contracts.errors import UsageError

MAIL = "ada@a.example"
COMMANDS = {
    "redact": ("redact", "--purpose", "analytics", "--field"),
    "pseudonymize": ("pseudonymize", "--purpose", "risk", "--kind", "actor", "--region", "eu", "--column"),
}


@pytest.fixture(params=["redact", "pseudonymize"])
def work(request, geoward):
    def work(path, output, field="text"):
        command, *options = COMMANDS[request.param]
        return geoward(command, path, *options, field, "--output", output)

    return work


@pytest.fixture
def redact(geoward):
    return lambda path, output: geoward("redact", path, "--purpose", "analytics", "--field", "text", "--output", output)


def files(folder):
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_a_csv_field_that_is_there_twice_is_refused(work, tmp_path):
    (tmp_path / "a.csv").write_text(f"id,text,text\n1,mail {MAIL},mail {MAIL}\n")

    done = work(tmp_path / "a.csv", tmp_path / "b.csv")

    assert isinstance(done.exception, UsageError) and "2 fields 'text'" in done.exception.message
    assert files(tmp_path) == {"a.csv"}


def test_a_parquet_field_that_is_there_twice_is_refused(work, tmp_path):
    pq.write_table(pa.table([["a"], [MAIL], [MAIL]], ["id", "text", "text"]), tmp_path / "a.parquet")

    done = work(tmp_path / "a.parquet", tmp_path / "b.parquet")

    assert isinstance(done.exception, UsageError) and "2 fields 'text'" in done.exception.message
    assert files(tmp_path) == {"a.parquet"}


def test_another_field_may_be_there_twice(redact, tmp_path):
    (tmp_path / "a.csv").write_text("n,n,text\n1,2,fine\n")
    pq.write_table(pa.table([[1], [2], [MAIL]], ["n", "n", "text"]), tmp_path / "a.parquet")

    redact(tmp_path / "a.csv", tmp_path / "b.csv")
    redact(tmp_path / "a.parquet", tmp_path / "b.parquet")

    assert (tmp_path / "b.csv").read_text() == "n,n,text\n1,2,fine\n"
    read = pq.ParquetFile(tmp_path / "b.parquet").read()
    assert [column.to_pylist() for column in read.columns] == [[1], [2], ["[EMAIL_ADDRESS]"]]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"text": "%s", "text": "fine"}', id="in-the-row"),
        pytest.param('{"text": "fine", "t\\u0065xt": "%s"}', id="spelled-another-way"),
        pytest.param('{"text": "fine", "of": [{"n": "%s", "n": 1}]}', id="within-another-field"),
    ],
)
def test_a_json_row_that_has_a_key_twice_is_left_out(work, tmp_path, line):
    (tmp_path / "a.jsonl").write_text('{"text": "fine"}\n' + line % MAIL + "\n")

    done = work(tmp_path / "a.jsonl", tmp_path / "b.jsonl")

    assert "2 rows in = 1 out + 1 rejected (key_twice 1)" in done.stderr
    assert len((tmp_path / "b.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('2,"' + "x" * 1_100 + f"\nwrite to {MAIL},thanks\nbye" + '"', id="a-line-too-long"),
        pytest.param('2,"' + ("x" * 80 + "\n") * 13 + f"write to {MAIL},thanks\nbye" + '"', id="too-many-lines"),
        pytest.param('2,"' + "x" * 600 + '","' + "\n" * 600 + f'write to {MAIL},thanks\nbye"', id="many-fields"),
        pytest.param(f'2,a\rb,"\nwrite to {MAIL},thanks\nbye"', id="a-carriage-return"),
        pytest.param(f'"2,fine\nwrite to {MAIL},thanks', id="a-quote-without-end"),
    ],
)  # fmt: skip
def test_csv_whose_row_has_no_known_end_leaves_no_output_and_the_row_is_named(redact, tmp_path, monkeypatch, row):
    monkeypatch.setattr(text_rows, "LONGEST_LINE", 1_000)
    (tmp_path / "a.csv").write_bytes(f"id,text\n1,fine\n\n{row}\n3,fine\n".encode())

    done = redact(tmp_path / "a.csv", tmp_path / "b.csv")

    assert "Row 2 of the CSV file" in str(done.exception)
    assert MAIL not in f"{done.output}{done.exception}"
    assert files(tmp_path) == {"a.csv"}


def test_csv_that_is_longer_than_a_row_may_be_is_read_to_its_end(redact, tmp_path, monkeypatch):
    monkeypatch.setattr(text_rows, "LONGEST_LINE", 100)
    (tmp_path / "a.csv").write_text("id,text\n" + '1,"two\nlines"\n' * 30 + "1,fine")

    redact(tmp_path / "a.csv", tmp_path / "b.csv")

    assert (tmp_path / "b.csv").read_text() == "id,text\n" + '1,"two\nlines"\n' * 30 + "1,fine\n"


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_cell_with_a_carriage_return_does_not_tear_its_row(redact, tmp_path, name):
    (tmp_path / name).write_bytes(b'"i\rd"\ttext\n"1\r2"\t"a\rb"\n'.replace(b"\t", b"," if name == "a.csv" else b"\t"))

    redact(tmp_path / name, tmp_path / f"out-{name}")

    with (tmp_path / f"out-{name}").open(newline="") as file:
        read = list(csv.reader(file, delimiter="," if name == "a.csv" else "\t"))
    assert read == [["i\rd", "text"], ["1\r2", "a\rb"]]


@pytest.mark.parametrize(
    "other",
    ["12345678901234567.25", "1e400", "-0.0", "1E5", '"\\u00e9\\/"', '{"b":1, "a" : [ 1.10 ]}', "98765432109876543210"],
)  # fmt: skip
def test_what_stands_beside_the_field_goes_out_as_it_came(redact, tmp_path, other):
    (tmp_path / "a.jsonl").write_text(f' {{"n" : {other},"text":"{MAIL}", "m":{other} }} \n')

    redact(tmp_path / "a.jsonl", tmp_path / "b.jsonl")

    out = (tmp_path / "b.jsonl").read_text()
    assert out == f'{{"n" : {other},"text":"[EMAIL_ADDRESS]", "m":{other} }}\n'
    assert json.loads(out)["text"] == "[EMAIL_ADDRESS]"


@pytest.mark.parametrize("field", ["text", "other"])
def test_parquet_texts_of_type_view_are_read_and_written_as_they_are(redact, tmp_path, field):
    views = {"text": pa.array([MAIL, None]), "other": pa.array(["x", None]), "n": pa.array([b"1", None])}
    views |= {field: views[field].cast(pa.string_view()), "n": views["n"].cast(pa.binary_view())}
    pq.write_table(pa.table(views), tmp_path / "a.parquet")

    done = redact(tmp_path / "a.parquet", tmp_path / "b.parquet")

    assert done.exit_code == 0, done.output
    made = pq.ParquetFile(tmp_path / "b.parquet").read()
    assert made.to_pydict() == {"text": ["[EMAIL_ADDRESS]", None], "other": ["x", None], "n": [b"1", None]}
    assert made.schema.field("n").type == pa.binary_view()


ENDED = """
import signal, sys
from pathlib import Path
from jobs.cli.row_output import rows_to
folder, ends = Path(sys.argv[1]), getattr(signal, sys.argv[2])
signal.signal(ends, signal.SIG_DFL)  # what began the tests may ignore it
with rows_to(folder / "a.csv", folder / "b.csv", "text"):
    assert len(list(folder.iterdir())) == 2
    signal.raise_signal(ends)
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_command_that_is_ended_leaves_no_part_of_its_output(tmp_path, name, code):
    (tmp_path / "a.csv").write_text("text\nfine\n")

    done = subprocess.run([sys.executable, "-c", ENDED, tmp_path, name], check=False)

    assert done.returncode == code
    assert files(tmp_path) == {"a.csv"}

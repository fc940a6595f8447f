"""Landed files become records: none is lost, none is invented, the malformed are marked."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.landing.probe_file import probe_file
from jobs.landing.read_records import LandedFile, read_records
from quality.sources.load_mapping import load_mapping

pytestmark = pytest.mark.spark

LANDED = datetime(2024, 5, 1, 12, tzinfo=UTC)
LABELS = """
name: m
description: d
format: FORMAT
legal_basis: {risk: Consent}
emits:
  - to: raw.labels
    columns:
      event_id: {from: id}
      entity_type: {constant: actor}
      entity_id: {from: who}
      label: {from: label}
      label_source: {constant: test}
      event_time: {from: t, epoch: seconds}
"""


@pytest.fixture
def land(tmp_path, spark, keep):
    def each(format_, *contents, extra="", suffix="", only=None):
        path = tmp_path / "m.yaml"
        path.write_text(LABELS.replace("FORMAT", format_) + extra)
        mapping = load_mapping(path)
        files = []
        for number, content in enumerate(contents):
            name = f"{number:064x}"
            file = tmp_path / f"{name}.{format_}{suffix}"
            file.write_bytes(content)
            probe = probe_file(file, mapping)
            assert probe.readable, probe.reason
            files.append(LandedFile(keep(file), name, LANDED, probe.columns, LANDED.date()))
        return read_records(spark, files, mapping, only)

    def land(*arguments, **options):
        [frame] = each(*arguments, **options)
        return frame

    land.each = each
    return land


def rows(frame):
    return sorted((tuple(row[:4]) for row in frame.collect()), key=str)


GOOD = ("1", "a", "x", "10")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"id,who,label,t\n1,a,x,10\n", id="plain"),
        pytest.param(b"\xef\xbb\xbfid,who,label,t\n1,a,x,10\n", id="byte-order-mark"),
        pytest.param(b"id,who,label,t\r\n1,a,x,10\r\n", id="crlf"),
        pytest.param(b"id,who,label,t\n1,a,x,10", id="no-last-line-break"),
        pytest.param(b"id,who,label,t\n\n1,a,x,10\n\n", id="blank-lines"),
        pytest.param(b't,"label",new,who,id\n10,"x",n,a,1\n', id="other-order-quoted-and-an-unmapped-column"),
    ],
)
def test_a_csv_record_is_read_by_the_header(land, content):
    for suffix, bytes_ in (("", content), (".gz", gzip.compress(content))):
        row = land("csv", bytes_, suffix=suffix).collect()[0]

        assert (row.id, row.who, row.label, row.t, row._corrupt) == (*GOOD, None)
        assert row._file_id == f"{0:064x}"
        assert row._landed_at == LANDED.replace(tzinfo=None)


def test_quotes_commas_and_line_breaks_stay_inside_a_csv_value(land):
    frame = land("csv", b'id,who,label,t\n"1","a ""b"", c","x\ny",10\n2,\\,z,11\n3,,"",12\n')

    assert [(r.id, r.who, r.label, r.t) for r in frame.orderBy("id").collect()] == [
        ("1", 'a "b", c', "x\ny", "10"),
        ("2", "\\", "z", "11"),
        ("3", None, None, "12"),
    ]
    assert frame.where("_corrupt is not null").count() == 0


@pytest.mark.parametrize(
    "record",
    [pytest.param(b"1,a,x", id="short"), pytest.param(b"1,a,x,10,11", id="long"), pytest.param(b"1", id="one")],
)
def test_a_csv_record_of_another_length_is_malformed_and_keeps_its_text(land, record):
    frame = land("csv", b"id,who,label,t\n" + record + b"\n1,a,x,10\n")

    assert [row._corrupt for row in frame.collect() if row._corrupt] == [record.decode()]
    assert frame.count() == 2
    assert frame.where("_corrupt is not null").count() == 1
    assert frame.select("_corrupt").where("_corrupt is null").count() == 1


def test_files_with_different_headers_are_joined_by_name(land):
    frame = land("csv", b"id,who,label,t\n1,a,x,10\n", b"t,label,more,who,id\n11,y,m,b,2\n")

    assert [(r.id, r.who, r.label, r.t) for r in frame.orderBy("id").collect()] == [GOOD, ("2", "b", "y", "11")]
    assert {r._file_id for r in frame.collect()} == {f"{0:064x}", f"{1:064x}"}


def test_a_record_tells_the_same_of_its_file_alone_and_in_company(land):
    one, other = b"id,who,label,t\n1,a,x,10\n", b"id,who,label,t\n2,a,x,10\n"
    alone, together = land("csv", one), land("csv", one, other)

    assert alone.dtypes == together.dtypes
    assert alone.collect() == together.where("id = 1").collect()
    assert {row._landed_at.astimezone(UTC) for row in alone.collect()} == {LANDED}


def test_tab_separated_values_without_header_keep_their_quotes(land):
    frame = land("tsv", b'1\ta"\t"x\t10\n', extra="columns: [id, who, label, t]\n")

    assert [(r.id, r.who, r.label, r.t, r._corrupt) for r in frame.collect()] == [("1", 'a"', '"x', "10", None)]


def test_huge_values_are_read(land):
    huge = "y" * 3_000_000
    assert len(land("csv", f"id,who,label,t\n1,{huge},x,10\n".encode()).collect()[0].who) == len(huge)
    assert len(land("jsonl", f'{{"id": "1", "who": "{huge}"}}\n'.encode()).collect()[0].who) == len(huge)


def test_json_values_become_text(land):
    good = b'{"id": 12345678901234567890, "who": {"b": [1, "c"]}, "label": true, "t": 51.10}'
    frame = land("jsonl", b"\xef\xbb\xbf" + good + b'\r\n{"id": null}\n')

    first, second = sorted(frame.collect(), key=lambda row: row.id is None)
    assert (first.id, first.label, first.t) == ("12345678901234567890", "true", "51.1")
    assert json.loads(first.who) == {"b": [1, "c"]}
    assert (second.id, second.who, second._corrupt) == (None, None, None)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"id": 1', id="cut"),
        pytest.param("[]", id="array"),
        pytest.param('[{"id": 1}, {"id": 2}]', id="array-of-objects"),
        pytest.param("null", id="null"),
        pytest.param("7", id="number"),
        pytest.param('{"id": 1} {"id": 2}', id="two-objects"),
        pytest.param('{"id": 1}, {"id": 2}', id="two-objects-with-a-comma"),
        pytest.param('{"id": 1} trailing', id="trailing-text"),
        pytest.param('{"id": ' + "[" * 5000 + "]" * 5000 + "}", id="very-deep"),
        pytest.param('{"id": NaN1}', id="not-json"),
    ],
)
def test_a_broken_json_line_is_one_malformed_record(land, line):
    frame = land("jsonl", f'{{"id": "0"}}\n{line}\n\n'.encode(), suffix="")

    assert sorted(row._corrupt or "" for row in frame.collect()) == ["", line]


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def test_parquet_types_are_read_as_they_are(land):
    content = parquet(
        id=pa.array([1], pa.uint32()), who=pa.array(["a"], pa.large_string()),
        label=pa.array(["x"]).dictionary_encode(), t=pa.array([10], pa.int8()), more=pa.array([1], pa.timestamp("ns")),
    )  # fmt: skip
    frame = land("parquet", content)

    assert rows(frame) == [(1, "a", "x", 10)]
    assert dict(frame.dtypes)["t"] == "tinyint"


def test_parquet_files_of_other_types_keep_theirs_so_that_no_file_changes_with_its_company(land):
    found = land.each(
        "parquet",
        parquet(id=["0"], who=["a"], label=["x"], t=pa.array([1.25], pa.float32())),
        parquet(id=[1], who=["a"], label=["x"], t=pa.array([1.1], pa.float64())),
        parquet(id=[2], who=["a"], label=["x"], t=pa.array([2.1], pa.float64())),
    )

    values = sorted((str(row.id), row.t) for frame in found for row in frame.collect())
    assert values == [("0", 1.25), ("1", 1.1), ("2", 2.1)]
    assert sorted(dict(frame.dtypes)["t"] for frame in found) == ["double", "float"]


@pytest.mark.parametrize(
    ("zone", "type_"), [pytest.param("UTC", "timestamp", id="moments"), pytest.param(None, "timestamp_ntz", id="local")]
)
def test_nanoseconds_from_pandas_are_read_with_their_zone_or_without(land, zone, type_):
    nanoseconds = pa.array([1_714_473_000_123_456_789, None], pa.timestamp("ns", zone))
    frame = land("parquet", parquet(id=["1", "2"], who=["a", "a"], label=["x", "x"], t=nanoseconds))

    assert [row.t for row in frame.orderBy("id").collect()] == [datetime(2024, 4, 30, 10, 30, 0, 123_456), None]
    assert dict(frame.dtypes)["t"] == type_


def test_moments_in_the_old_form_of_96_bits_are_read(land):
    sink = pa.BufferOutputStream()
    moments = pa.array([1_714_473_000_000_000], pa.timestamp("us"))
    pq.write_table(
        pa.table({"id": ["1"], "who": ["a"], "label": ["x"], "t": moments}), sink, use_deprecated_int96_timestamps=True
    )

    [row] = land("parquet", sink.getvalue().to_pybytes()).collect()
    assert row.t == datetime(2024, 4, 30, 10, 30)


def test_of_parquet_only_what_is_asked_for_is_read_and_rows_are_counted_even_if_that_is_nothing(land):
    content = parquet(id=["1", "2"], who=["a", "b"], label=["x", "y"], t=["10", "11"])

    [row, _] = land("parquet", content, only=("t",)).orderBy("t").collect()
    assert (row.id, row.who, row.label, row.t) == (None, None, None, "10")
    assert len(land("parquet", content, only=()).collect()) == 2


def test_no_files_give_no_records_of_the_same_shape(land):
    frame = land("csv")

    assert frame.count() == 0
    assert frame.columns == ["id", "who", "label", "t", "_file_id", "_landed_at", "_stand_in", "_corrupt"]


def test_lines_that_end_in_several_ways_are_still_lines(land):
    rows_ = b"1,a,10,x\r\n\r\n2,b,11,y\n3,c,12,\r\n"
    for header in (b"id,who,t,label\n", b"id,who,t,label\r\n"):
        frame = land("csv", header + rows_)

        assert rows(frame) == [("1", "a", "x", "10"), ("2", "b", "y", "11"), ("3", "c", "", "12")]
        assert frame.where("_corrupt is not null").count() == 0


@pytest.mark.parametrize("format_", ["csv", "tsv"])
def test_lines_that_end_with_a_carriage_return_alone_are_lines(land, format_):
    content = b"id,who,label,t\r1,a,x,10\r2,b,y,11\r"
    frame = land(format_, content.replace(b",", b"\t") if format_ == "tsv" else content)

    assert rows(frame) == [("1", "a", "x", "10"), ("2", "b", "y", "11")]


def test_a_quote_that_is_not_closed_makes_no_record_of_the_values_of_others(land):
    frame = land("csv", b'id,who,label,t\n0,z,w,9\n1,"a,x,10\n2,b,y,11\n3,"c",z,12\n4,d,w,13\n')

    good = [(row.id, row.t) for row in frame.collect() if row._corrupt is None]
    [torn] = [row._corrupt for row in frame.collect() if row._corrupt]
    assert good == [("0", "9"), ("4", "13")]
    assert "2,b,y,11" in torn


def test_a_nul_is_part_of_its_value_and_no_quote(land):
    for format_, sep in (("csv", b","), ("tsv", b"\t")):
        lines = [b"0,z,w,9", b"1,\0a,b\0,10", b"2,\0,y,11", b"3,c,z,12"]
        frame = land(format_, b"\n".join([b"id,who,label,t", *lines]).replace(b",", sep) + b"\n")

        assert [(r.id, r.who, r.label, r.t) for r in frame.orderBy("id").collect()] == [
            ("0", "z", "w", "9"), ("1", "\0a", "b\0", "10"), ("2", "\0", "y", "11"), ("3", "c", "z", "12"),
        ]  # fmt: skip


def test_a_line_of_many_commas_is_one_malformed_record(land):
    frame = land("csv", b"id,who,label,t\n1,a,x,10\n" + b"," * 30_000 + b"\n2,b,y,11\n")

    assert sorted(row.id for row in frame.collect() if row._corrupt is None) == ["1", "2"]
    assert frame.count() == 3


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        pytest.param(r'{"id": "\ud83d\ude00"}', "\U0001f600", id="a-whole-character"),
        pytest.param(r'{"id": "\ud83d\ude00\ud83d\ude00"}', "\U0001f600" * 2, id="two-of-them"),
        pytest.param(r'{"id": "\\ud800"}', r"\ud800", id="a-backslash-and-letters"),
        pytest.param(r'{"id": "\ud800"}', None, id="first-half"),
        pytest.param(r'{"id": "x\udc00y"}', None, id="second-half"),
        pytest.param(r'{"id": "\ud83d\ude00\udc00"}', None, id="a-whole-one-and-a-half"),
        pytest.param(r'{"id": "\uD800\uD800\uDC00"}', None, id="a-half-and-a-whole-one"),
        pytest.param(r'{"id": "\\\uDBFF"}', None, id="a-half-after-a-backslash"),
        pytest.param('{"id": 1e400}', None, id="number-beyond-all-doubles"),
        pytest.param('{"id": NaN}', None, id="not-a-number"),
        pytest.param('{"id": "Infinity"}', "Infinity", id="the-word"),
    ],
)
def test_a_json_text_that_java_would_change_is_malformed(land, line, id_):
    found = sorted(land("jsonl", f'{{"id": "0"}}\n{line}\n'.encode()).collect(), key=lambda row: row.id != "0")

    assert (found[0].id, found[0]._corrupt) == ("0", None)
    assert found[1]._corrupt == (None if id_ else line)
    assert id_ is None or found[1].id == id_


def test_a_quote_that_never_ends_makes_a_malformed_record_that_keeps_the_rest(land):
    frame = land("csv", b'id,who,label,t\n1,a,x,10\n2,"b,y,11\n3,c,z,12\n')

    good, bad = sorted(frame.collect(), key=lambda row: row._corrupt is not None)
    assert (good.id, good._corrupt) == ("1", None)
    assert "3,c,z,12" in bad._corrupt

"""A file is read to its end before Spark meets it, and what is wrong with it has a code."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.landing import probe_text
from jobs.landing.probe_file import probe_file
from quality.sources.load_mapping import load_mapping

PINGS = """
name: p
description: d
format: FORMAT
legal_basis: {analytics: Consent}
ignored: [known]
emits:
  - to: raw.pings
    columns:
      event_id: {from: id}
      actor_id: {from: who}
      event_time: {from: t, epoch: seconds}
      latitude: {from: lat}
      longitude: {from: lon}
"""
HEADER = "id,who,t,lat,lon,known,new"
ROWS = "".join(f"{n},a,1500000000,1.5,2.5,k,n\n" for n in range(2000))
TEXT = f"{HEADER}\n{ROWS}"


@pytest.fixture
def mapping(tmp_path):
    def make(format_="csv", extra=""):
        path = tmp_path / "p.yaml"
        path.write_text(PINGS.replace("FORMAT", format_) + extra)
        return load_mapping(path)

    return make


def probe(tmp_path, content, mapping):
    path = tmp_path / "file"
    path.write_bytes(content)
    return probe_file(path, mapping)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), id="byte-order-mark"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(TEXT.replace("who", '"who"', 1).encode(), id="quoted-header"),
        pytest.param((HEADER + "\n").encode(), id="header-only"),
        pytest.param(f"{TEXT}x,{'y' * 3_000_000},1,1,1,1,1\n".encode(), id="huge-value"),
    ],
)
def test_a_csv_file_is_readable(tmp_path, mapping, content):
    for zipped in (False, True):
        found = probe(tmp_path, gzip.compress(content) if zipped else content, mapping())

        assert (found.readable, found.reason, found.gzipped) == (True, "", zipped)
        assert found.columns == tuple(HEADER.split(","))
        assert (found.dropped, found.unknown) == (("known", "new"), ("new",))


ZIPPED = gzip.compress(TEXT.encode())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="zero-bytes"),
        pytest.param(gzip.compress(b""), "empty_file", id="gzip-of-nothing"),
        pytest.param(b"\xef\xbb\xbf", "empty_file", id="only-a-byte-order-mark"),
        pytest.param(ZIPPED[: len(ZIPPED) // 2], "truncated_gzip", id="half-a-gzip"),
        pytest.param(
            gzip.compress(TEXT.replace("lat", "y", 1).encode())[:-12], "truncated_gzip", id="damage-before-columns"
        ),
        pytest.param(ZIPPED[:-4], "truncated_gzip", id="gzip-without-its-length"),
        pytest.param(ZIPPED[:-8] + b"\0" * 8, "corrupt_gzip", id="gzip-with-a-wrong-sum"),
        pytest.param(ZIPPED[:40] + b"\xff\xff\xff" + ZIPPED[43:], "corrupt_gzip", id="gzip-with-flipped-bytes"),
        pytest.param(TEXT.encode("utf-16"), "bad_encoding", id="utf-16"),
        pytest.param(TEXT.encode("utf-16-le"), "bad_encoding", id="utf-16-without-mark"),
        pytest.param(TEXT.encode() + b"\xff\n", "bad_encoding", id="latin-1-in-the-last-line"),
        pytest.param(gzip.compress(TEXT.encode() + b"\xff\n"), "bad_encoding", id="latin-1-in-a-gzip"),
        pytest.param(TEXT.replace("lat,lon", "y,x", 1).encode(), "missing_column:lat,lon", id="missing-columns"),
        pytest.param(TEXT.replace("known", "who", 1).encode(), "duplicate_column:who", id="column-twice"),
        pytest.param(b"PAR1 and so on", "wrong_format", id="parquet-as-csv"),
        pytest.param(b"PK\x03\x04 and so on", "wrong_format", id="zip-as-csv"),
        pytest.param(gzip.compress(ZIPPED), "wrong_format", id="gzip-of-a-gzip"),
        pytest.param(bz2.compress(TEXT.encode()), "wrong_format", id="bzip2"),
        pytest.param(lzma.compress(TEXT.encode()), "wrong_format", id="xz"),
        pytest.param(b"\n<!DOCTYPE html>\n<html>" + TEXT.encode(), "wrong_format", id="web-page"),
        pytest.param(TEXT.encode("utf-32"), "bad_encoding", id="utf-32"),
        pytest.param(ZIPPED + b"garbage", "corrupt_gzip", id="garbage-after-a-gzip"),
        pytest.param(f"{HEADER}\r{ROWS}".encode(), "mixed_line_ends", id="header-ends-with-cr-alone"),
        pytest.param(f'"{TEXT}{"x" * (1 << 20)}'.encode(), "wrong_format", id="a-header-without-end"),
    ],
)
def test_a_damaged_csv_file_has_a_reason(tmp_path, mapping, content, reason):
    found = probe(tmp_path, content, mapping())

    assert (found.readable, found.reason) == (False, reason)


def test_an_absent_file_and_a_folder_have_reasons(tmp_path, mapping):
    assert probe_file(tmp_path / "absent", mapping()).reason == "not_found"
    assert probe_file(tmp_path, mapping()).reason == "not_a_file"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path, mapping):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")

    assert probe_file(tmp_path / "pipe", mapping()).reason == "not_a_file"
    assert probe_file(tmp_path / "dangling", mapping()).reason == "not_found"
    assert probe_file(tmp_path / "circle", mapping()).reason == "not_found"
    assert probe_file(tmp_path / ("x" * 300), mapping()).reason == "unreadable"


@pytest.mark.parametrize(
    ("format_", "content", "reason"),
    [
        pytest.param("csv", f"{HEADER}\n{'x' * 3000}", "record_too_long", id="line-without-end"),
        pytest.param("tsv", HEADER.replace(",", "\t") + "\n" + "x" * 3000, "record_too_long", id="tsv-line"),
        pytest.param("jsonl", '{"id": 1}\n' + "x" * 3000, "record_too_long", id="json-line"),
        pytest.param("csv", f'{HEADER}\n1,"a,1,1,1,1,1\n{ROWS}', "record_too_long", id="quote-without-end"),
        pytest.param("csv", f'{HEADER}\n1,"a",1,1,1,1,1\n{ROWS}', "", id="quotes-that-end"),
        pytest.param("csv", f'{HEADER}\n1,5" disk,1,1,1,1,1\n{ROWS}', "", id="quote-inside-a-value"),
    ],
)
def test_a_record_that_would_end_java_is_found_first(tmp_path, mapping, monkeypatch, format_, content, reason):
    monkeypatch.setattr(probe_text, "LONGEST", 1000)
    monkeypatch.setattr(probe_text, "_CHUNK", 100)
    old = probe_text.csv.field_size_limit(1000)
    try:
        assert probe(tmp_path, content.encode(), mapping(format_)).reason == reason
    finally:
        probe_text.csv.field_size_limit(old)


def test_a_nul_in_the_first_row_is_the_rows_matter(tmp_path, mapping):
    assert probe(tmp_path, f"{HEADER}\n1,\0a,1,1,1,1,1\n".encode(), mapping()).readable
    assert probe(tmp_path, b'{"id": "\0"}\n{"id": 1}\n', mapping("jsonl")).readable


def test_names_that_may_be_values_are_told_by_their_place(tmp_path, mapping):
    found = probe(tmp_path, f"{HEADER},ada@example.org\n".encode(), mapping())
    record = {"id": 1} | {f"person{n}": 1 for n in range(500)}

    assert (found.columns[-2:], found.unknown) == (("new", "(column 8)"), ("new", "(column 8)"))
    assert "person7" not in probe(tmp_path, json.dumps(record).encode(), mapping("jsonl")).unknown


RENAMED = HEADER.replace("lat", "latitude")
"""``lat`` was renamed, so the file is refused; what it has instead is what a person needs to know."""


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        pytest.param("csv", f"{RENAMED}\n".encode(), id="csv"),
        pytest.param("tsv", f"{RENAMED}\n".replace(",", "\t").encode(), id="tsv"),
        pytest.param("jsonl", b'{"known": 1, "latitude": 2, "new": 3}\n', id="jsonl"),
    ],
)
def test_a_refused_file_tells_the_names_that_the_mapping_does_not_know(tmp_path, mapping, format_, content):
    found = probe(tmp_path, content, mapping(format_))

    assert found.reason.startswith("missing_column:") and not found.readable
    assert sorted(found.dropped) == ["known", "latitude", "new"]
    assert sorted(found.unknown) == ["latitude", "new"]


def test_a_refused_parquet_file_tells_its_names_too(tmp_path, mapping):
    assert probe(tmp_path, parquet(lat=None, latitude=[1.0]), mapping("parquet")).unknown == ("latitude",)


def test_a_header_in_other_case_is_a_header(tmp_path, mapping):
    found = probe(tmp_path, TEXT.replace(HEADER, HEADER.upper()).encode(), mapping())

    assert found.reason == "missing_column:id,lat,lon,t,who" and found.unknown[:2] == ("ID", "WHO")


def test_what_may_be_a_value_in_a_refused_header_is_told_by_its_place(tmp_path, mapping):
    found = probe(tmp_path, f"{RENAMED},ada@example.org\n".encode(), mapping())

    assert found.unknown == ("latitude", "new", "(column 8)")


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        pytest.param("csv", b"77,Ada Lovelace,1500000000,Delft,2.5\n", id="csv"),
        pytest.param("tsv", b"77\tAda Lovelace\t1500000000\tDelft\t2.5\n", id="tsv"),
        pytest.param("csv", b"77;Ada Lovelace;1500000000;Delft;2.5\n", id="with-another-delimiter"),
        pytest.param("jsonl", b'{"Ada Lovelace": {"Delft": 1}}\n', id="keys-that-are-persons"),
    ],
)
def test_of_a_first_row_in_which_no_name_is_known_nothing_is_told(tmp_path, mapping, format_, content):
    """A file that lost its header has a person's values in its place."""
    found = probe(tmp_path, content, mapping(format_))

    assert found.reason.startswith("missing_column:")
    assert (found.columns, found.dropped, found.unknown) == ((), (), ())


@pytest.mark.parametrize(
    ("format_", "sign", "told"),
    [
        pytest.param("csv", ";", "semicolon", id="semicolons-as-csv"),
        pytest.param("csv", "\t", "tab", id="tabs-as-csv"),
        pytest.param("csv", "|", "bar", id="bars-as-csv"),
        pytest.param("tsv", ",", "comma", id="commas-as-tsv"),
    ],
)
def test_another_delimiter_than_that_of_the_format_is_told(tmp_path, mapping, format_, sign, told):
    for header in (HEADER, RENAMED, HEADER.replace("id", '"id"')):
        found = probe(tmp_path, f"{header}\r\n1,a,1,1,1,1,1\r\n".replace(",", sign).encode(), mapping(format_))

        assert found.reason == f"other_delimiter:{told}"
        assert "new" in found.unknown and "id" not in found.unknown


def test_a_semicolon_in_a_header_that_commas_tell_apart_is_no_delimiter(tmp_path, mapping):
    found = probe(tmp_path, f"{RENAMED},lat;lon\n".encode(), mapping())

    assert found.reason == "missing_column:lat"


def test_a_file_without_header_has_the_columns_of_its_mapping(tmp_path, mapping):
    found = probe(tmp_path, ROWS.encode(), mapping("tsv", "columns: [id, who, t, lat, lon, known]\n"))

    assert found.readable
    assert found.columns == ("id", "who", "t", "lat", "lon", "known")


@pytest.mark.parametrize(
    ("content", "reason", "rows"),
    [
        pytest.param('{"id": 1}\n{"who": 2, "new": 3}\n', "", 2, id="keys-are-optional"),
        pytest.param('{"id": 1}\r\n\r\n{"id": 2}', "", 2, id="blank-lines-are-no-records"),
        pytest.param('not json\n{"id": 1}\n', "", 2, id="a-broken-line-is-the-quarantines"),
        pytest.param('{"x": 1}\n', "missing_column:id,lat,lon,t,who", None, id="no-mapped-key-at-all"),
        pytest.param("a,b\n1,2\n", "wrong_format", None, id="csv-as-json"),
        pytest.param("\n\n", "empty_file", None, id="only-blank-lines"),
    ],
)
def test_json_lines_are_probed_by_their_keys(tmp_path, mapping, content, reason, rows):
    found = probe(tmp_path, content.encode(), mapping("jsonl"))

    assert (found.readable, found.reason, found.rows) == (not reason, reason, rows)


def parquet(written=None, **changes):
    columns = {"id": ["1"], "who": ["a"], "t": [1], "lat": [1.0], "lon": [2.0], "known": [1], **changes}
    sink = pa.BufferOutputStream()
    table = pa.table({name: column for name, column in columns.items() if column is not None})
    pq.write_table(table, sink, write_page_checksum=True, **(written or {}))
    return sink.getvalue().to_pybytes()


def test_a_parquet_file_is_readable(tmp_path, mapping):
    found = probe(
        tmp_path, parquet(who=pa.array(["a"], pa.large_string()), t=pa.array([1], pa.int8())), mapping("parquet")
    )

    assert (found.readable, found.rows, found.dropped, found.unknown) == (True, 1, ("known",), ())


def test_how_a_column_that_nobody_reads_is_packed_does_not_matter(tmp_path, mapping):
    assert probe(tmp_path, parquet({"compression": {"known": "brotli"}}), mapping("parquet")).readable


def test_long_texts_that_recur_are_no_swollen_file(tmp_path, mapping):
    rows = 1 << 16
    bodies = pa.DictionaryArray.from_arrays(pa.array([0, 1] * (rows // 2)), pa.array(["a" * 17_000, "b" * 17_000]))
    columns = {"id": ["1"], "t": [1], "lat": [1.0], "lon": [2.0], "known": [1]}
    content = parquet(who=bodies, **{name: column * rows for name, column in columns.items()})

    assert probe(tmp_path, content, mapping("parquet")).rows == rows


WHOLE = parquet()
SWOLLEN = parquet(
    **{
        name: pa.array(column * 2_000)
        for name, column in {"id": ["1"], "t": [1], "lat": [1.0], "lon": [2.0], "known": [1]}.items()
    },
    who=pa.DictionaryArray.from_arrays(pa.array([0] * 2_000), pa.array(["a" * 4_000_000])),
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="zero-bytes"),
        pytest.param(WHOLE[: len(WHOLE) // 2], "corrupt_parquet", id="truncated"),
        pytest.param(WHOLE[:-20] + b"\xff" * 10 + WHOLE[-10:], "corrupt_parquet", id="flipped-footer"),
        pytest.param(WHOLE[:40] + bytes([WHOLE[40] ^ 255]) + WHOLE[41:], "corrupt_parquet", id="flipped-page"),
        pytest.param(TEXT.encode(), "wrong_format", id="csv-as-parquet"),
        pytest.param(gzip.compress(WHOLE), "wrong_format", id="gzipped"),
        pytest.param(parquet(lat=None), "missing_column:lat", id="missing-column"),
        pytest.param(parquet(LAT=[1.0]), "duplicate_column:lat", id="names-that-differ-in-case-alone"),
        pytest.param(parquet(t=pa.array([1], pa.time32("s"))), "unsupported_type:t", id="time-of-day"),
        pytest.param(parquet({"compression": {"lat": "brotli"}}), "unsupported_encoding:lat", id="brotli"),
        pytest.param(
            parquet({"use_dictionary": False, "column_encoding": {"lon": "BYTE_STREAM_SPLIT"}}),
            "unsupported_encoding:lon", id="split-into-streams-of-bytes",
        ),
        pytest.param(parquet(who=pa.array([b"\xff"]).view(pa.string())), "corrupt_parquet", id="text-not-utf-8"),
        pytest.param(SWOLLEN, "swollen_parquet", id="the-same-megabytes-in-each-row"),
    ],
)  # fmt: skip
def test_a_damaged_parquet_file_has_a_reason(tmp_path, mapping, content, reason):
    found = probe(tmp_path, content, mapping("parquet"))

    assert (found.readable, found.reason) == (False, reason)


PROBE_ALL = """
import sys
from pathlib import Path
from jobs.landing.probe_file import probe_file
from quality.sources.load_mapping import load_mapping
mapping, whole = load_mapping(Path(sys.argv[1])), Path(sys.argv[2])
content = whole.read_bytes()
footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
for bit in (1, 8):
    for place in range(footer, len(content)):
        flipped = content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]
        whole.with_suffix(".flipped").write_bytes(flipped)
        print(probe_file(whole.with_suffix(".flipped"), mapping).reason)
"""


def test_no_flipped_bit_of_a_footer_ends_the_process(tmp_path, mapping):
    mapping("parquet")
    (tmp_path / "whole").write_bytes(WHOLE)

    done = subprocess.run(
        [sys.executable, "-c", PROBE_ALL, tmp_path / "p.yaml", tmp_path / "whole"], capture_output=True, text=True,
        check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert {"", "corrupt_parquet"} < set(done.stdout.splitlines())


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "name", "rows"),
    [
        pytest.param("geolife/geolife_1min_dev.parquet", "geolife", 978_375, id="geolife"),
        pytest.param("checkins_marc/brightkite_dev.parquet", "checkins_marc_brightkite", 94_491, id="brightkite"),
        pytest.param("ad_clicks_talkingdata/train_sample_dev.csv.gz", "ad_clicks_talkingdata", None, id="talkingdata"),
        pytest.param("fraud_ecommerce/IpAddress_to_Country.csv.gz", "fraud_ecommerce_ip_ranges", None, id="ip-ranges"),
        pytest.param("fraud_ecommerce/fraud_data_no_ip_dev.csv.gz", "fraud_ecommerce_no_ip", None, id="fraud"),
    ],
)
def test_real_files_are_readable_and_hold_no_unknown_column(shared_data, file, name, rows):
    found = probe_file(shared_data / file, load_mapping(name))

    assert (found.readable, found.reason, found.rows, found.unknown) == (True, "", rows, ())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(OSError("planted damage"), "corrupt_parquet", id="arrow-tells-damage-without-a-number"),
        pytest.param(OSError(errno.EIO, "planted"), "unreadable", id="the-machine"),
    ],
)
def test_a_parquet_file_that_the_machine_cannot_read_is_not_called_damaged(
    tmp_path, mapping, monkeypatch, error, expected
):
    def fail(*_, **__):
        raise error

    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", fail)

    assert probe_file(tmp_path / "a.parquet", mapping("parquet")).reason == expected

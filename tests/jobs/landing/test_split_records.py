"""Where records end: as Spark's own reader has it, in whatever parts a text is read."""

from __future__ import annotations

import io
import random
import re
from collections import Counter

import pytest
from pyspark.sql import functions as F

from jobs.landing import read_text, split_records, spread_files
from jobs.landing.file_opening import PlainFile
from jobs.landing.read_text import csv_options, read_separated
from jobs.landing.split_records import WHOLE, Span, Splitter, plain_to
from quality.sources.load_mapping import load_mapping

CSV, LINES = Splitter(b"\n", quoted=True), Splitter(b"")
SIGNS = ['"', '"', '"', ",", ",", "\n", "\n", "\r", " ", "a", "b", "\t", "\0", "\\", "é"]


def split(text, splitter=CSV, span=WHOLE):
    """Return the records of a text, or of a part of it."""
    data = text if isinstance(text, bytes) else text.encode()
    return [record for records in splitter.records(io.BytesIO(data), span) for record in records.to_pylist()]


@pytest.fixture(params=[3, 7, 1 << 20], ids="blocks-of-{}".format)
def blocks(request, monkeypatch):
    monkeypatch.setattr(split_records, "BLOCK", request.param)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(
    ("text", "records"),
    [
        pytest.param("1,a\n2,b\n", ["1,a", "2,b"], id="lines"),
        pytest.param("1,a\n\n\n2,b", ["1,a", "2,b"], id="empty-lines-and-no-last-end"),
        pytest.param("1,a\r\n2,b\r\n", ["1,a\r", "2,b\r"], id="a-carriage-return-is-the-parsers-matter"),
        pytest.param('1,"a\nb"\n2,c\n', ['1,"a\nb"', "2,c"], id="quoted"),
        pytest.param('1,"a ""b""\n\nc"\n2\n', ['1,"a ""b""\n\nc"', "2"], id="doubled-quotes-and-an-empty-line"),
        pytest.param('1,a"b\n2,c"\n', ['1,a"b', '2,c"'], id="a-quote-in-a-value-is-none"),
        pytest.param('1," a"b\n2\n', ['1," a"b', "2"], id="a-rest-after-a-closing-quote"),
        pytest.param('1,"a"" \n2,"b"\n3', ['1,"a"" \n2,"b"', "3"], id="a-doubled-quote-closes-nothing"),
        pytest.param('1,"a"x"\n2\n', ['1,"a"x"', "2"], id="a-quote-in-that-rest-is-none"),
        pytest.param('1\n2,"b\n3\n', ["1", '2,"b\n3\n'], id="never-closed"),
        pytest.param("\ufeff1\n2", ["1", "2"], id="byte-order-mark"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_record_ends_where_its_line_does_unless_a_quote_is_open(text, records):
    assert split(text) == records


@pytest.mark.usefixtures("blocks")
def test_lines_of_json_end_in_each_way_that_lines_do():
    assert split("a\r\nb\rc\n\r\n\rd", LINES) == ["a", "b", "c", "d"]


def test_the_header_is_the_first_record_that_is_not_empty():
    splitter = Splitter(b"\n", quoted=True, header=True)

    assert split('\n"i\nd",who\n1,a\n', splitter) == ["1,a"]
    assert split("id\n", splitter) == []


@pytest.mark.parametrize("splitter", [CSV, LINES, Splitter(b"\r", quoted=True), Splitter(b"\n", header=True)], ids=str)
def test_in_whatever_parts_a_text_is_read_each_record_is_in_one_of_them(splitter, monkeypatch):
    chance = random.Random(1)
    for number in range(3_000):
        monkeypatch.setattr(split_records, "BLOCK", chance.choice([1, 2, 5, 1000]))
        quotes = SIGNS if number % 3 else [sign for sign in SIGNS if sign != '"']
        text = b"x\n" * splitter.header + "".join(chance.choices(quotes, k=chance.randrange(60))).encode()
        cuts = sorted(chance.sample(range(1, len(text) + 2), min(len(text), chance.randrange(4))))
        spans = [Span(start, end) for start, end in zip([0, *cuts], [*cuts, None], strict=True)]

        whole = split(text, splitter)

        assert [record for span in spans for record in split(text, splitter, span)] == whole, (text, cuts)


@pytest.mark.parametrize("quotes", [0, 1, 30])
def test_no_byte_is_lost_between_records(quotes):
    chance = random.Random(quotes)
    text = "".join(chance.choices([*"ab,\n", *['"'] * bool(quotes)], k=10_000))

    assert "".join(split(text)).replace("\n", "") == text.replace("\n", "")


def test_a_stretch_is_plain_up_to_the_first_record_with_a_quote_elsewhere_than_around_a_field():
    field = rb'(?:"(?:[^"]++|"")*+"|[^",\n]*+)'
    plain = re.compile(rb"(?:%b(?:,%b)*+\r?\n)*+" % (field, field))
    chance = random.Random(7)
    for _ in range(20_000):
        text = "".join(chance.choices([*'"""",,\n\n\ra'], k=chance.randrange(40))).encode() + b"\n"

        assert plain_to(text, b"\n") == plain.match(text).end(), text


def spark_splits(spark, paths, places, options):
    """Return what Spark's own reader makes of the files, by name."""
    schema = ", ".join(f"{place} string" for place in [*places, "_corrupt"])
    records = spark.read.schema(schema).options(**options, header="true").csv([str(path) for path in paths])
    rows = records.select(*places, F.col("_corrupt").isNotNull(), F.col("_metadata.file_name")).collect()
    return [tuple(row) for row in rows]


@pytest.mark.spark
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "in-parts"])
@pytest.mark.parametrize(("format_", "ends"), [("csv", "\n"), ("csv", "\r"), ("tsv", "\n")])
def test_random_texts_fall_into_the_records_and_fields_that_sparks_own_reader_finds(
    spark, tmp_path, monkeypatch, format_, ends, cut
):
    monkeypatch.setattr(read_text, "LEAST", 1)
    if cut:
        monkeypatch.setattr(spread_files, "PART", 8)
    chance, names, paths = random.Random(f"{format_}{ends}{cut}"), ("x", "y", "z"), []
    for number in range(200):
        signs = SIGNS if number % 4 else [sign for sign in SIGNS if sign != '"']
        body = "".join(chance.choices(signs, k=chance.randrange(80))).replace("\n", ends)
        paths.append(tmp_path / f"{number}.{format_}")
        sep = "\t" if format_ == "tsv" else ","
        paths[-1].write_bytes(f"{sep.join(names)}{ends}{body.replace(',', sep)}{ends}".encode())
    (tmp_path / "m.yaml").write_text(MAPPING.replace("FORMAT", format_))
    mapping = load_mapping(tmp_path / "m.yaml")
    options = csv_options(tabs=format_ == "tsv", ends_with_cr=ends == "\r")
    theirs = spark_splits(spark, paths, [f"_{n}" for n in range(3)], options)

    files = [(number, PlainFile(path)) for number, path in enumerate(paths)]
    frame = read_separated(spark, files, mapping, columns=names, ends_with_cr=ends == "\r")
    rows = [(*row[:3], row._corrupt is not None, paths[row._of].name) for row in frame.collect()]

    ours = Counter(as_compared(*row) for row in rows)
    theirs = Counter(as_compared(*row) for row in (as_read(row, ends) for row in theirs) if row)
    counts, known = (Counter(row[-1] for row in rows.elements()) for rows in (ours, theirs))
    assert not known - counts, "no record is lost"
    assert (counts - known).total() < 10, (
        "an open quote before the last line's end, which Spark takes for an empty line"
    )
    assert not well_formed(ours) - well_formed(theirs), "what we take, Spark reads so"
    refused = Counter(row[-1] for row in (well_formed(theirs) - well_formed(ours)).elements())
    assert len(refused) < 10 and set(refused.values()) <= {1}, "a quote that the end of a file leaves open is no record"
    assert all('"' in (tmp_path / name).read_text() for name in refused)


def well_formed(rows):
    return Counter({row: count for row, count in rows.items() if not row[3]})


def as_compared(first, second, third, malformed, name):
    """Return a row, of a malformed one only that it is: where a quote stays open, the ends of its last field differ."""
    values = ["" if malformed else value or "" for value in (first, second, third)]
    return (*values, malformed, name)


def as_read(row, ends):
    """Return a row as it is compared, after what ``read_separated`` does to fields that Spark has split."""
    if row[0] == "\r" and row[1] is None:
        return None
    first, second, third = (value or "" for value in row[:3])
    torn = any(value.startswith('"') and ends in value for value in (first, second, third))
    return first, second, third.removesuffix("\r"), row[3] or torn, row[4]


MAPPING = """
name: m
description: d
format: FORMAT
legal_basis: {risk: Consent}
emits:
  - to: raw.labels
    columns:
      event_id: {from: x}
      entity_type: {constant: actor}
      entity_id: {from: y}
      label: {from: z}
      label_source: {constant: test}
      event_time: {from: z, epoch: seconds}
"""

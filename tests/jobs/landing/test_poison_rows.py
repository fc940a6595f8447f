"""Values that break parsers: each, in each format that can hold it, leaves its neighbor alone and has its reason."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from functools import reduce

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

from jobs.landing.probe_file import probe_file
from jobs.landing.read_records import LandedFile, read_records
from quality.contracts import contract
from quality.sources.load_mapping import load_mapping
from transforms.landing.find_violations import violation
from transforms.landing.map_records import map_records

pytestmark = [pytest.mark.spark, pytest.mark.long]

LANDED = datetime(2024, 5, 2, tzinfo=UTC)
MAPPING = """\
name: poison
description: Files with one bad row.
format: FORMAT
legal_basis: {risk: Legitimate interests}
evidence: a test
emits:
  - to: TABLE
    columns:
      event_id: {from: id}
      actor_id: {from: who}
      event_time: {from: at, iso: true}
      device_id: {from: text}
"""
TABLES = {
    "raw.pings": ("latitude", "      latitude: {from: number}\n      longitude: {constant: 2}\n"),
    "raw.actions": ("amount", "      amount: {from: number}\n      action: {constant: post}\n"),
}
GOOD = {"id": "good", "who": "a", "at": "2024-05-01T10:00:00Z", "number": 1.5, "text": "x"}

DEEP = "[" * 5000 + "]" * 5000
HUGE = "y" * 10_000_000
BEYOND_LONG = 2**63
OUTSIDE, UNREADABLE, EARLY_OR_LATE = "out_of_bounds:{number}", "unparseable:event_time", "time_out_of_bounds"
TEXTS = dict.fromkeys(("csv", "tsv", "jsonl", "parquet"))


class Bare(str):
    """Text that stands in JSON as it is, without quotes."""


def everywhere(reason):
    return dict.fromkeys(TEXTS, reason)


POISONS = {
    "latitude-91-or-an-amount-below-zero": ("number", {"raw.pings": 91.0, "raw.actions": -1.0}, everywhere(OUTSIDE)),
    "not-a-number": ("number", float("nan"), {**everywhere(OUTSIDE), "jsonl": "malformed_record", "parquet": "null"}),
    "the-word-nan": ("number", "NaN", everywhere(OUTSIDE)),
    "the-word-infinity": ("number", "-Infinity", everywhere(OUTSIDE)),
    "beyond-all-doubles": ("number", Bare("1e400"), {**everywhere(OUTSIDE), "jsonl": "malformed_record"}),
    "beyond-all-doubles-as-text": ("number", "1e400", everywhere(OUTSIDE)),
    "infinite": ("number", float("inf"), {**everywhere(OUTSIDE), "jsonl": "malformed_record"}),
    "ten-megabytes": ("text", HUGE, everywhere(None)),
    "nul": ("text", "a\0b", everywhere(None)),
    "deep-json": ("text", Bare(DEEP), {**everywhere(None), "jsonl": "malformed_record"}),
    "deep-json-as-text": ("text", DEEP, everywhere(None)),
    "id-beyond-long": ("id", BEYOND_LONG, everywhere(None)),
    "year-1970": ("at", "1970-01-01T00:00:00Z", everywhere(EARLY_OR_LATE)),
    "year-9999": ("at", "9999-12-31T23:59:59Z", everywhere(EARLY_OR_LATE)),
    "year-10000": ("at", "10000-01-01T00:00:00Z", everywhere(EARLY_OR_LATE)),
    "no-zone": ("at", "2024-05-01T10:00:00", everywhere(UNREADABLE)),
    "leap-second": ("at", "2016-12-31T23:59:60Z", everywhere(UNREADABLE)),
    "no-such-day": ("at", "2023-02-29T10:00:00Z", everywhere(UNREADABLE)),
    "typed-year-1970": ("at", datetime(1970, 1, 1, tzinfo=UTC), {"parquet": EARLY_OR_LATE}),
    "typed-year-9999": ("at", datetime(9999, 12, 31, tzinfo=UTC), {"parquet": EARLY_OR_LATE}),
    "typed-no-zone": ("at", datetime(2024, 5, 1, 10), {"parquet": UNREADABLE}),
}
"""By name: the column, its value and, by format, the reason why the row is not used; "null" if the value is dropped."""


def rows_of(table, column, value):
    value = value[table] if isinstance(value, dict) else value
    return [GOOD, {**GOOD, "id": "bad", column: value}]


def written(format_, rows):
    if format_ == "parquet":
        return _parquet(rows)
    if format_ == "jsonl":
        return "".join(_json(row) + "\n" for row in rows).encode()
    lines = [list(GOOD), *(row.values() for row in rows)]
    return "".join({"csv": ",", "tsv": "\t"}[format_].join(map(str, line)) + "\n" for line in lines).encode()


def _json(row):
    text = json.dumps({name: "@" if isinstance(value, Bare) else value for name, value in row.items()})
    bare = [str(value) for value in row.values() if isinstance(value, Bare)]
    return text.replace('"@"', bare[0]) if bare else text


def _parquet(rows):
    """Write the bad row alone where its type is another; the good one is then in a file beside it."""
    columns = {}
    for name in GOOD:
        values = [row[name] for row in rows]
        mixed = len({type(value) for value in values} - {Bare}) > 1 or isinstance(values[-1], Bare)
        columns[name] = pa.array([values[-1]] * 2 if mixed else values, _TYPES.get(values[-1]) if mixed else None)
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


_TYPES = {
    BEYOND_LONG: pa.uint64(),
    datetime(1970, 1, 1, tzinfo=UTC): pa.timestamp("us", "UTC"),
    datetime(9999, 12, 31, tzinfo=UTC): pa.timestamp("us", "UTC"),
    datetime(2024, 5, 1, 10): pa.timestamp("us"),
}


@pytest.fixture(scope="module")
def became(spark, tmp_path_factory, keep):
    """Rows by table, format and poison, each with the reason that raw or clean gives it."""
    folder, found = tmp_path_factory.mktemp("poison"), {}
    for table, (_, more) in TABLES.items():
        for format_ in TEXTS:
            path = folder / "m.yaml"
            path.write_text(MAPPING.replace("FORMAT", format_).replace("TABLE", table) + more)
            for name, rows in became_of(spark, keep, folder, load_mapping(path)).items():
                found[table, format_, name] = rows
    return found


def became_of(spark, keep, folder, mapping):
    [emit], names, files = mapping.emits, {}, []
    for number, (name, (column, value, reasons)) in enumerate(POISONS.items()):
        if mapping.format in reasons:
            path = folder / f"{number:064x}.{mapping.format}"
            path.write_bytes(written(mapping.format, rows_of(emit.to, column, value)))
            probe = probe_file(path, mapping)
            assert probe.readable, (name, probe.reason)
            names[path.stem] = name
            files.append(LandedFile(keep(path), path.stem, LANDED, probe.columns, LANDED.date()))
    frames = [map_records(records, mapping, emit) for records in read_records(spark, files, mapping)]
    rows = reduce(lambda one, other: one.unionByName(other), frames)
    clean = violation(contract(emit.to.replace("raw.", "clean.")), set(emit.columns))
    rows = rows.withColumn("_reason", F.coalesce("_reason", clean))
    found = {}
    for row in rows.select("file_id", "event_id", "device_id", "_reason").collect():
        found.setdefault(names[row.file_id], []).append(row)
    return found


CASES = [
    pytest.param(table, format_, name, id=f"{name}-in-{table}-from-{format_}")
    for table in TABLES
    for name, (_, _, reasons) in POISONS.items()
    for format_ in reasons
]


@pytest.mark.parametrize(("table", "format_", "name"), CASES)
def test_a_poisoned_row_has_its_reason_and_its_neighbor_is_good(became, table, format_, name):
    number, expected = TABLES[table][0], POISONS[name][2][format_]
    if expected == "null":
        expected = "missing:latitude" if table == "raw.pings" else None
    reason = expected and expected.format(number=number)

    reasons = [row._reason for row in became[table, format_, name]]

    assert len(reasons) == 2
    assert reason in reasons
    if format_ == "parquet":  # a column has one type, so both rows may be poisoned
        assert set(reasons) <= {None, reason}
    else:
        assert sorted(map(str, reasons)) == sorted(["None", str(reason)])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("format_", TEXTS)
def test_what_is_long_odd_or_large_and_yet_good_is_kept_to_the_last_digit(became, table, format_):
    def last(name, column):
        return max((row[column] for row in became[table, format_, name]), key=len)

    assert last("ten-megabytes", "device_id") == HUGE
    assert last("nul", "device_id") == "a\0b"
    assert last("deep-json-as-text", "device_id") == DEEP
    assert last("id-beyond-long", "event_id") == "9223372036854775808"


@pytest.mark.parametrize("table", TABLES)
def test_a_reason_holds_no_value(became, table):
    reasons = {row._reason for key, rows in became.items() if key[0] == table for row in rows if row._reason}

    assert {reason.partition(":")[2] for reason in reasons} <= {"", *contract(table).column_names}

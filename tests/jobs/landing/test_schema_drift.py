"""Every line of the guide's table of changed columns is what happens: the table is read from docs/sources.md."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.landing.probe_file import probe_file
from jobs.landing.read_records import LandedFile, read_records
from quality.sources.load_mapping import load_mapping
from transforms.landing.map_records import map_records

pytestmark = pytest.mark.spark

GUIDE = Path(__file__).parents[3] / "docs" / "sources.md"
LANDED = datetime(2024, 5, 2, tzinfo=UTC)
MAPPING = """\
name: drift
description: Files whose columns change.
format: FORMAT
legal_basis: {risk: Legitimate interests}
evidence: a test
emits:
  - to: raw.pings
    columns:
      event_id: {from: id}
      actor_id: {from: who}
      event_time: {from: t, epoch: seconds}
      latitude: {from: lat}
      longitude: {from: lon}
      altitude_m: {from: alt}
"""
ROWS = [{"id": f"7{n}", "who": "a", "t": 1_714_557_600 + n, "lat": 50.5 + n, "lon": n, "alt": 100 + n} for n in (0, 1)]
TYPES = {"t": pa.int32(), "lon": pa.int32(), "alt": pa.int32()}


def each(change):
    return lambda: [change(dict(row)) for row in ROWS]


def with_(**changes):
    """Return the rows with columns replaced by a function of their value."""
    return each(lambda row: {name: changes.get(name, lambda value: value)(value) for name, value in row.items()})


def without(column):
    return each(lambda row: {name: value for name, value in row.items() if name != column})


def renamed(column):
    return each(lambda row: {(f"{name}_2" if name == column else name): value for name, value in row.items()})


CHANGES = {
    "added": (each(lambda row: {"new": 1, **row}), {}),
    "dropped, required": (without("lat"), {}),
    "dropped, optional": (without("alt"), {}),
    "renamed, required": (renamed("lat"), {}),
    "renamed, optional": (renamed("alt"), {}),
    "spelled in other case": (each(lambda row: {name.upper(): value for name, value in row.items()}), {}),
    "reordered": (each(lambda row: dict(reversed(row.items()))), {}),
    "widened, int to long": (with_(alt=lambda value: value + 5_000_000_000), {"alt": pa.int64()}),
    "widened, whole to fraction": (with_(alt=lambda value: value + 0.25), {"alt": pa.float64()}),
    "widened, number to text": (with_(alt=str, lat=str, t=str), {"alt": None, "t": None}),
    "narrowed, long to int": (with_(t=int), {"t": pa.int32()}),
    "narrowed, double to float": (with_(lat=float), {"lat": pa.float32()}),
    "narrowed, fraction to whole": (with_(lat=int), {"lat": pa.int8()}),
    "narrowed, text to number": (with_(id=int), {"id": pa.int16()}),
    "turned into words": (with_(alt=lambda value: "high"), {"alt": None}),
    "turned into true or false": (with_(alt=lambda value: True), {"alt": pa.bool_()}),
    "turned into a list": (with_(alt=lambda value: [value]), {"alt": pa.list_(pa.int32())}),
}
"""What changes, by the words of the table: the rows of the changed file, and the Parquet types that change."""


def written(format_, rows, types):
    if format_ == "parquet":
        known = {**TYPES, **types}
        columns = {name: pa.array([row[name] for row in rows], known.get(name)) for name in rows[0]}
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink)
        return sink.getvalue()
    if format_ == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    lines = [list(rows[0]), *(row.values() for row in rows)]
    return "".join({"csv": ",", "tsv": "\t"}[format_].join(map(str, line)) + "\n" for line in lines).encode()


def table() -> dict[tuple[str, str], str]:
    """Return the guide's table: by change and format, what becomes of the file."""
    lines = [re.split(r" *\| *", line.strip("| \n")) for line in GUIDE.read_text().splitlines() if line[:1] == "|"]
    start = next(index for index, line in enumerate(lines) if line[0] == "a column is")
    formats = [heading.split(", ") for heading in lines[start][1:]]
    found = {}
    for change, *cells in lines[start + 2 :]:
        for names, cell in zip(formats, cells, strict=True):
            found |= {(change, name): cell for name in names}
    return found


TABLE = table()


@pytest.fixture(scope="module")
def became(spark, tmp_path_factory, keep):
    """What became of each changed file: by change and format, in the words of the table, and its rows."""
    folder, found = tmp_path_factory.mktemp("drift"), {}
    for format_ in ("csv", "tsv", "jsonl", "parquet"):
        path = folder / f"{format_}.yaml"
        path.write_text(MAPPING.replace("FORMAT", format_))
        found |= became_of(spark, keep, folder, load_mapping(path))
    return found


def became_of(spark, keep, folder, mapping):
    found, files = {}, {}
    for number, (change, (rows, types)) in enumerate(CHANGES.items()):
        file = folder / f"{number:064x}.{mapping.format}"
        file.write_bytes(written(mapping.format, rows(), types))
        probe = probe_file(file, mapping)
        if probe.reason:
            found[change, mapping.format] = (f"refused: `{probe.reason.partition(':')[0]}`", [])
        else:
            files[file.stem] = (change, LandedFile(keep(file), file.stem, LANDED, probe.columns, LANDED.date()))
    frames = read_records(spark, [file for _, file in files.values()], mapping)
    mapped = [map_records(records, mapping, mapping.emits[0]) for records in frames]
    rows_of = defaultdict(list)
    for row in reduce(lambda one, other: one.unionByName(other), mapped).orderBy("event_time").collect():
        rows_of[files[row.file_id][0]].append(row)
    return found | {(change, mapping.format): (_words(rows), rows) for change, rows in rows_of.items()}


def _words(rows):
    [reason] = {row._reason for row in rows}
    if reason:
        return f"quarantined: `{reason.partition(':')[0]}`"
    return "in" if all(row.altitude_m is not None for row in rows) else "in, null"


def test_the_table_has_every_change_and_every_format():
    assert {change for change, _ in TABLE} == set(CHANGES)
    assert {format_ for _, format_ in TABLE} == {"csv", "tsv", "jsonl", "parquet"}


CASES = [pytest.param(change, format_, id=f"{change} in {format_}") for change, format_ in TABLE]


@pytest.mark.parametrize(("change", "format_"), CASES)
def test_a_changed_column_does_what_the_guide_says(became, change, format_):
    assert became[change, format_][0] == TABLE[change, format_]


@pytest.mark.parametrize(("change", "format_"), [case for case in CASES if TABLE[tuple(case.values)].startswith("in")])
def test_what_is_in_has_the_values_that_the_file_holds(became, change, format_):
    held = [{name.lower(): value for name, value in row.items()} for row in CHANGES[change][0]()]

    for row, source in zip(became[change, format_][1], held, strict=True):
        assert (row.event_id, row.actor_id) == (str(source["id"]), "a")
        assert row.event_time.replace(tzinfo=UTC).timestamp() == float(source["t"])
        assert (row.latitude, row.longitude) == (float(source["lat"]), float(source["lon"]))
        assert row.altitude_m == (float(source["alt"]) if "alt" in source else None)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_a_new_name_is_told_when_the_file_lands(tmp_path, format_):
    (tmp_path / "m.yaml").write_text(MAPPING.replace("FORMAT", format_))
    (tmp_path / "file").write_bytes(written(format_, CHANGES["added"][0](), {}))

    assert probe_file(tmp_path / "file", load_mapping(tmp_path / "m.yaml")).unknown == ("new",)

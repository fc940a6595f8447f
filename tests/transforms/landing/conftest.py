"""Mappings written inline, and rows mapped by them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from quality.contracts import contract
from quality.sources.load_mapping import load_mapping

LANDED = datetime(2024, 5, 1, 12, tzinfo=UTC)
STAND_IN = date(2024, 4, 29)
PING = {
    "event_id": "{from: id}", "actor_id": "{from: who}", "event_time": "{from: t, iso: true}",
    "latitude": "{from: lat}", "longitude": "{from: lon}",
}  # fmt: skip
LABEL = {
    "event_id": "{from: id}", "entity_type": "{constant: actor}", "entity_id": "{from: who}", "label": "{from: label}",
    "label_source": "{constant: test}", "event_time": "{from: t, iso: true}",
}  # fmt: skip
GOOD = {"id": "1", "who": "a", "t": "2024-04-30T10:00:00Z", "lat": "1.5", "lon": "2", "label": "fraud"}


@pytest.fixture
def mapping(tmp_path):
    def mapping(to, basis="legal_basis: {risk: Consent}", format_="csv", when="", **rules):
        base = {"raw.pings": PING, "raw.labels": LABEL}.get(to, {})
        columns = "".join(f"      {name}: {rule}\n" for name, rule in {**base, **rules}.items())
        path = tmp_path / "m.yaml"
        head = f"name: m\ndescription: d\nformat: {format_}\n{basis}\nemits:\n  - to: {to}\n"
        path.write_text(head + (f"    when: {when}\n" if when else "") + "    columns:\n" + columns)
        return load_mapping(path)

    return mapping


@pytest.fixture
def mapped(spark):
    from transforms.landing.date_records import date_records
    from transforms.landing.map_records import map_records

    def mapped(mapping, *rows, types="string"):
        names = mapping.source_columns
        schema = ", ".join(f"`{n}` {types.get(n, 'string') if isinstance(types, dict) else types}" for n in names)
        values = [
            (*(({**GOOD, **row}).get(n) for n in names), "f" * 64, LANDED, STAND_IN, row.get("_corrupt"))
            for row in rows
        ]
        landed = "_file_id string, _landed_at timestamp, _stand_in date, _corrupt string"
        records = spark.createDataFrame(values, f"{schema}, {landed}")
        out = map_records(records, mapping, mapping.emits[0])
        found = out.collect()
        counted = Counter()
        for row in date_records(records, mapping, mapping.emits[0]).collect():
            counted[row._file_id, row.event_date or STAND_IN] += row.rows
        assert counted == Counter((row.file_id, row.event_date) for row in found), (
            "date_records must agree with map_records"
        )
        target = contract(mapping.emits[0].to)
        types = [(field.name, field.dataType) for field in out.drop("_reason", "_payload").schema]
        assert types == [(field.name, field.dataType) for field in target.spark_schema]
        return found

    return mapped

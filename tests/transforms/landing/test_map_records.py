"""Each record becomes a typed row or one with the first reason why it is not good."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from transforms.landing.map_records import map_records

pytestmark = pytest.mark.spark

LANDED = datetime(2024, 5, 1, 12, tzinfo=UTC)
GOOD = {"id": "1", "who": "a", "t": "2024-04-30T10:00:00Z", "lat": "1.5", "lon": "2", "label": "fraud"}


def test_a_good_row_has_the_contracts_columns_and_where_it_came_from(mapping, mapped):
    declared = mapping("raw.pings")
    (row,) = mapped(declared, {})

    assert (row.event_id, row.actor_id, row.latitude, row.longitude) == ("1", "a", 1.5, 2.0)
    assert row.event_time == datetime(2024, 4, 30, 10)
    assert (row.source, row.mapping_version, row.file_id) == ("m", declared.version, "f" * 64)
    assert (row.event_date, row.landed_at) == (date(2024, 4, 30), LANDED.replace(tzinfo=None))
    assert (row.device_id, row._reason, row._payload) == (None, None, None)


def test_a_filter_on_the_reason_does_not_make_spark_read_a_time_or_hash_an_id_twice(spark, mapping):
    declared = mapping("raw.pings", event_id="{derive: [id, t]}", event_time="{from: t, time: 'yyyy/MM/dd', zone: UTC}")
    landed = "_file_id string, _landed_at timestamp, _stand_in date, _corrupt string"
    schema = ", ".join(f"{name} string" for name in declared.source_columns)
    rows = map_records(spark.createDataFrame([], f"{schema}, {landed}").repartition(2), declared, declared.emits[0])

    plan = rows.where("_reason is null").drop("_reason")._jdf.queryExecution().optimizedPlan().toString()

    assert (plan.count("to_utc_timestamp("), plan.count("sha2(")) == (1, 1)


LATE = date(2024, 4, 29)


@pytest.mark.parametrize(
    ("change", "reason", "day"),
    [
        pytest.param({"_corrupt": "1,a"}, "malformed_record", LATE, id="malformed"),
        pytest.param({"who": None}, "missing:actor_id", date(2024, 4, 30), id="null"),
        pytest.param({"who": ""}, "missing:actor_id", date(2024, 4, 30), id="empty-text-is-no-value"),
        pytest.param({"t": None}, "missing:event_time", LATE, id="no-time"),
        pytest.param({"t": "yesterday"}, "unparseable:event_time", LATE, id="no-moment"),
        pytest.param({"t": "2024-04-30T10:00:00"}, "unparseable:event_time", LATE, id="no-offset"),
        pytest.param({"t": "2024-04-30"}, "unparseable:event_time", LATE, id="date-alone"),
        pytest.param({"t": "1999-12-31T23:59:59Z"}, "time_out_of_bounds", LATE, id="before-2000"),
        pytest.param({"t": "2024-05-02T12:00:01Z"}, "time_out_of_bounds", LATE, id="a-day-and-a-second-ahead"),
        pytest.param({"t": "2024-05-02T12:00:00.000001Z"}, "time_out_of_bounds", LATE, id="a-day-and-a-bit-ahead"),
        pytest.param({"t": "2024-05-02T12:00:00Z"}, None, date(2024, 5, 2), id="a-day-ahead"),
        pytest.param({"t": "2000-01-01T00:00:00Z"}, None, date(2000, 1, 1), id="start-of-2000"),
        pytest.param({"lat": "51.5007N"}, "unparseable:latitude", date(2024, 4, 30), id="no-number"),
        pytest.param({"lat": "NaN"}, "out_of_bounds:latitude", date(2024, 4, 30), id="not-a-number"),
        pytest.param({"lat": "1e400"}, "out_of_bounds:latitude", date(2024, 4, 30), id="infinite"),
        pytest.param({"lat": "91"}, None, date(2024, 4, 30), id="raw-keeps-what-landed"),
        pytest.param({"who": None, "lat": "x"}, "missing:actor_id", date(2024, 4, 30), id="missing-before-unparseable"),
        pytest.param({"t": "1999-01-01T00:00:00Z", "lat": "x"}, "unparseable:latitude", LATE, id="unparseable-first"),
        pytest.param({"t": "1999-01-01T00:00:00Z", "lat": "NaN"}, "time_out_of_bounds", LATE, id="time-before-bounds"),
    ],
)
def test_the_first_reason_wins_and_the_date_is_never_null(mapping, mapped, change, reason, day):
    (row,) = mapped(mapping("raw.pings"), change)

    assert (row._reason, row.event_date) == (reason, day)
    assert (row._payload is None) == (reason is None)


def test_the_payload_is_the_record_as_it_came(mapping, mapped):
    (row,) = mapped(mapping("raw.pings"), {"lat": "x"})

    assert json.loads(row._payload) == {key: {**GOOD, "lat": "x"}[key] for key in ("id", "who", "t", "lat", "lon")}


def test_the_payload_of_a_malformed_record_holds_its_text(mapping, mapped):
    (row,) = mapped(mapping("raw.pings"), {"_corrupt": '1,"a'})

    assert json.loads(row._payload)["_corrupt"] == '1,"a'


def test_without_a_legal_basis_every_personal_row_is_rejected_and_nothing_kept(mapping, mapped):
    found = mapped(mapping("raw.pings", basis=""), {}, {"lat": "x"}, {"_corrupt": "y"})

    assert [(row._reason, row._payload) for row in found] == [("no_legal_basis", None)] * 3


def test_rows_that_tell_of_nobody_need_no_legal_basis(mapping, mapped):
    rules = {"event_id": "{derive: [a]}", "range_from": "{from: a}", "range_to": "{from: a}", "country": "{from: c}"}
    declared = mapping("reference.ip_ranges", basis="", **rules)

    good, high, name = mapped(declared, {"a": "7", "c": "Chad"}, {"a": "4294967296", "c": "Chad"}, {"a": "7", "c": "1"})

    assert (good._reason, good.event_date, good.range_to) == (None, LATE, 7)
    assert (high._reason, name._reason) == ("out_of_bounds:range_from", "out_of_bounds:country")


def test_an_unmapped_value_has_its_own_reason(mapping, mapped):
    (row,) = mapped(mapping("raw.labels", label="{from: label, enum: {0: legitimate}}"), {"label": "7"})

    assert (row.label, row._reason) == (None, "unmapped_value:label")


def test_bounds_of_the_contract_are_a_reason(mapping, mapped):
    found = mapped(
        mapping("raw.labels", entity_type="{from: kind}"), {"kind": "planet"}, {"kind": "actor", "label": "A B"}
    )

    assert [row._reason for row in found] == ["out_of_bounds:entity_type", "out_of_bounds:label"]

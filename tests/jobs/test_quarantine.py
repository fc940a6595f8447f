from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace

import pytest

from jobs.quarantine import quarantine_contract, quarantined_rows
from jobs.registry import JOBS
from jobs.report import REJECTIONS
from quality.contracts import Layer, Sensitivity

DAY = date(2024, 5, 1)


def test_quarantine_is_held_under_the_strictest_rules_and_never_released():
    made = quarantine_contract("clean.pings")

    assert (made.name, made.layer, made.released) == ("quarantine.clean_pings", Layer.QUARANTINE, False)
    assert made["payload"].sensitivity is Sensitivity.DIRECT_ID
    assert "payload" not in made.delta_properties["delta.dataSkippingStatsColumns"]
    assert made is quarantine_contract("clean.pings")


@pytest.mark.spark
def test_bad_rows_are_kept_with_reason_and_payload_and_rejected_ones_without_payload(spark, home):
    inputs = SimpleNamespace(policy=home.policy, today=DAY)
    values = [("a", "s", DAY, None, None), ("b", "s", DAY, "out_of_bounds:latitude", "dropped helper"),
              ("c", "s", DAY, "no_consent", "dropped helper")]  # fmt: skip
    df = spark.createDataFrame(values, "actor_id string, source string, event_date date, _reason string, _x string")

    found = {row.reason: row for row in quarantined_rows(df, JOBS["clean.pings"], inputs).collect()}

    assert set(found) == {"out_of_bounds:latitude", "no_consent"}
    bad = found["out_of_bounds:latitude"]
    assert json.loads(bad.payload) == {"actor_id": "b", "source": "s", "event_date": "2024-05-01"}
    assert (bad.source, bad.retain_until, bad.event_date) == ("s", date(2024, 5, 15), DAY)
    assert found["no_consent"].payload is None
    assert "no_consent" in REJECTIONS


@pytest.mark.spark
def test_the_original_text_of_a_malformed_record_is_the_payload_where_there_is_one(spark, home):
    inputs = SimpleNamespace(policy=home.policy, today=DAY)
    values = [("a", "s", DAY, "malformed_record", "{broken"), ("b", "s", DAY, "missing:event_id", None)]
    df = spark.createDataFrame(values, "id string, source string, event_date date, _reason string, _payload string")

    rows = quarantined_rows(df, JOBS["raw.pings"], inputs)

    found = {row.reason: row.payload for row in rows.collect()}
    assert found["malformed_record"] == "{broken"
    assert json.loads(found["missing:event_id"])["id"] == "b"
    assert quarantine_contract("raw.pings").conform(rows).columns == list(quarantine_contract("raw.pings").column_names)

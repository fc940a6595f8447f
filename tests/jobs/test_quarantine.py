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


class Subjects:
    """Tells whose key seals which rows, and seals none; ``gone`` were destroyed."""

    def __init__(self, gone=()):
        self.gone = gone

    def seal(self, df, contract, *, subject, kind):
        from pyspark.sql import functions as F

        whose, gone = F.col(subject), F.coalesce(F.col(subject).isin(*self.gone, "nobody"), F.lit(False))
        opened = F.when(~gone & whose.isNotNull(), F.concat(F.lit(f"{kind} "), whose, F.lit(" "), "payload"))
        index = F.when(~gone, whose).cast("binary")
        return df.withColumns({"subject_index": index, "key_epoch": F.lit("e"), "sealed": opened, "_erased": gone})


def sealed(frame, table, inputs, gone=()):
    rows = quarantined_rows(frame, JOBS[table], inputs, Subjects(gone).seal).collect()
    return {row.reason: row for row in rows}


@pytest.mark.spark
def test_bad_rows_are_kept_with_reason_and_payload_and_rejected_ones_without_payload(spark, home):
    inputs = SimpleNamespace(policy=home.policy, today=DAY)
    values = [("a", "s", DAY, None, None), ("b", "s", DAY, "out_of_bounds:latitude", "dropped helper"),
              ("c", "s", DAY, "no_consent", "dropped helper")]  # fmt: skip
    df = spark.createDataFrame(values, "actor_id string, source string, event_date date, _reason string, _x string")

    found = sealed(df, "clean.pings", inputs)

    assert set(found) == {"out_of_bounds:latitude", "no_consent"}
    bad = found["out_of_bounds:latitude"]
    kind, whose, payload = bad.sealed.split(" ")
    assert (kind, whose) == ("actor", "b")
    assert json.loads(payload) == {"actor_id": "b", "source": "s", "event_date": "2024-05-01"}
    assert (bad.source, bad.retain_until, bad.event_date) == ("s", date(2024, 5, 15), DAY)
    assert found["no_consent"].sealed is None, "nothing is kept, nor a key made"
    assert "no_consent" in REJECTIONS


@pytest.mark.spark
def test_the_original_text_of_a_malformed_record_is_the_payload_where_there_is_one(spark, home):
    inputs = SimpleNamespace(policy=home.policy, today=DAY)
    values = [("a", "s", DAY, "malformed_record", "{broken"), ("b", "s", DAY, "missing:event_id", None)]
    df = spark.createDataFrame(
        values, "file_id string, source string, event_date date, _reason string, _payload string"
    )

    found = {reason: row.sealed.split(" ", 2) for reason, row in sealed(df, "raw.pings", inputs).items()}

    assert found["malformed_record"] == ["file", "a", "{broken"], "who is not known: a key of the file"
    assert found["missing:event_id"][:2] == ["file", "b"]
    assert json.loads(found["missing:event_id"][2])["file_id"] == "b"


@pytest.mark.spark
def test_of_an_erased_subject_nothing_is_kept_back_but_that_it_was_erased(spark, home):
    inputs = SimpleNamespace(policy=home.policy, today=DAY)
    values = [("a", "f", "s", DAY, "out_of_bounds:latitude"), (None, "f", "s", DAY, "missing:actor_id")]
    df = spark.createDataFrame(
        values, "actor_id string, file_id string, source string, event_date date, _reason string"
    )

    found = sealed(df, "raw.pings", inputs, gone=["a"])

    assert set(found) == {"erased", "missing:actor_id"}
    assert found["erased"].sealed is None and "erased" in REJECTIONS
    assert found["missing:actor_id"].sealed.startswith("file f ")

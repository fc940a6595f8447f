from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from transforms.redaction.operators import Token, drop, placeholder
from transforms.redaction.redact_column import redact_column

pytestmark = pytest.mark.spark

MAIL = "ada@a.example"


@dataclass(frozen=True)
class Key:
    sign: bytes = b"\x5a\xc3\x17\xee"

    def open(self):
        return self.sign * 8


def test_texts_lose_what_points_at_a_person_and_null_stays(spark):
    rows = [(1, f"to {MAIL}"), (2, None), (3, "nothing"), (4, f"to {MAIL}"), (5, "８.８.８.８ ok"), (6, "")]
    df = spark.createDataFrame(rows, "n int, body string")

    out = redact_column(df, "body", operator=placeholder)

    assert dict(out.collect()) == {
        1: "to [EMAIL_ADDRESS]", 2: None, 3: "nothing", 4: "to [EMAIL_ADDRESS]", 5: "[IP_ADDRESS] ok", 6: "",
    }  # fmt: skip


def test_a_new_column_keeps_the_old_one_and_its_key_is_in_no_plan(spark, capsys):
    df = spark.createDataFrame([(MAIL,), (MAIL,), ("bob@a.example",)], "body string")

    out = redact_column(df, "body", operator=Token(Key(), "case 1"), into="clean")
    out.explain("extended")
    made = [row.clean for row in out.collect()]

    assert out.columns == ["body", "clean"]
    assert made[0] == made[1] != made[2]
    assert Key().open().hex() not in capsys.readouterr().out
    assert made[0].startswith("[EMAIL_ADDRESS:")


def test_a_text_too_long_to_be_read_is_redacted_whole(spark):
    df = spark.createDataFrame([("a " * 20_000,)], "body string")

    assert redact_column(df, "body", operator=placeholder).first().body == "[UNREAD]"


def test_where_a_policy_wants_certainty_whole_texts_go(spark):
    df = spark.createDataFrame([("nothing here",), (None,), ("",)], "body string")

    out = redact_column(df, "body", operator=drop, whole=True)

    assert [row.body for row in out.collect()] == ["", None, ""]


def test_only_the_kinds_that_are_asked_for_go(spark):
    df = spark.createDataFrame([(f"{MAIL} 1.2.3.4",)], "body string")

    assert redact_column(df, "body", operator=placeholder, kinds=["IP_ADDRESS"]).first().body == f"{MAIL} [IP_ADDRESS]"


def test_a_worker_makes_its_recognizers_once_for_all_its_batches(spark):
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 10)
    try:
        df = spark.range(0, 200, 1, 1).selectExpr("concat('DE89 3704 0044 0532 0130 00 of Maria ', id) AS body")
        rows = redact_column(df, "body", operator=seen_by).collect()
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)

    assert len(rows) == 200
    assert len({row.body.split("|")[1] for row in rows}) == 1
    assert {row.body.split("|")[2] for row in rows} == {"1"}


def seen_by(finding, value):
    """Tell the worker, and how often it made Presidio's engine and read the given names."""
    from transforms.redaction.engine import engine
    from transforms.redaction.names import _given_names

    made = max(engine.cache_info().misses, _given_names.cache_info().misses)
    return f"|{os.getpid()}|{made}|"

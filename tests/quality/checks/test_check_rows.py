from datetime import date

import pytest

from quality.checks.check_rows import (
    check_pseudonyms,
    check_region,
    check_retention,
    pseudonyms_row_check,
    retention_row_check,
)
from quality.checks.row_check import judge_together
from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE, pseudonym

KEY = "0123456789abcdef" * 2
CONTRACT = Contract(
    "protected.things",
    "Things.",
    "one thing",
    (
        pseudonym("actor_key", "clean.things.actor_id", "Actor.", required=True),
        pseudonym("device_key", "clean.things.device_id", "Device."),
        Column("country", "string", "Country.", Sensitivity.NONE),
        EVENT_DATE,
    ),
)
SCHEMA = "actor_key string, device_key string, country string"


@pytest.mark.spark
@pytest.mark.parametrize(
    ("row", "failed_on"),
    [
        pytest.param((KEY, KEY, "US"), "", id="well-formed"),
        pytest.param((KEY, None, "US"), "", id="optional-key-absent"),
        pytest.param((None, KEY, "US"), "actor_key", id="required-key-absent"),
        pytest.param(("planted-user-77", KEY, "US"), "actor_key", id="an-identifier"),
        pytest.param((KEY.upper(), KEY, "US"), "actor_key", id="upper-case"),
        pytest.param((KEY + "\n", KEY, "US"), "actor_key", id="line-break-at-the-end"),
        pytest.param((KEY, "77".rjust(32, "0"), "US"), "device_key", id="padded-counter"),
        pytest.param((KEY, "77".ljust(32, "0"), "US"), "device_key", id="padded-on-the-right"),
    ],
)
def test_a_pseudonym_must_be_a_whole_keyed_hash(spark, row, failed_on):
    verdict = check_pseudonyms(spark.createDataFrame([(KEY, KEY, "US"), row], SCHEMA), CONTRACT)

    assert verdict.check == "pseudonym_well_formed"
    assert (verdict.passed, verdict.measured["failed_on"]) == (not failed_on, failed_on)
    assert "77" not in repr(verdict)


@pytest.mark.spark
def test_a_missing_pseudonym_column_fails(spark):
    verdict = check_pseudonyms(spark.createDataFrame([(KEY,)], "actor_key string"), CONTRACT)

    assert (verdict.passed, verdict.measured["failed_on"]) == (False, "device_key")


@pytest.mark.spark
@pytest.mark.parametrize(
    ("until", "missing", "past"),
    [
        pytest.param(date(2026, 3, 2), 0, 0, id="still-to-come"),
        pytest.param(date(2026, 3, 1), 0, 0, id="last-day"),
        pytest.param(date(2026, 2, 28), 0, 1, id="past"),
        pytest.param(None, 1, 0, id="missing"),
    ],
)
def test_a_row_may_be_kept_through_its_last_day(spark, until, missing, past):
    df = spark.createDataFrame([(until,)], "retain_until date")

    verdict = check_retention(df, date(2026, 3, 1))

    assert verdict.passed is (missing == past == 0)
    assert (verdict.measured["missing"], verdict.measured["past"]) == (missing, past)


@pytest.mark.spark
def test_rows_without_a_retention_column_fail(spark):
    verdict = check_retention(spark.createDataFrame([(1,), (2,)], "n int"), date(2026, 3, 1))

    assert (verdict.passed, verdict.measured["missing"]) == (False, 2)


@pytest.mark.spark
def test_row_checks_can_share_a_pass(spark):
    df = spark.createDataFrame([(KEY, None, None)], "actor_key string, device_key string, retain_until date")

    verdicts = judge_together(df, [pseudonyms_row_check(df, CONTRACT), retention_row_check(df, date(2026, 3, 1))])

    assert [(v.check, v.passed) for v in verdicts] == [
        ("pseudonym_well_formed", True),
        ("retention_date_present", False),
    ]


def test_files_below_the_root_stay_home(tmp_path):
    (tmp_path / "eu" / "table").mkdir(parents=True)

    assert check_region([tmp_path / "eu" / "table", tmp_path / "eu" / "new" / "part.parquet"], tmp_path / "eu").passed


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("us/table", id="another-region"),
        pytest.param("eu/../us/table", id="up-and-over"),
        pytest.param("eu-west/table", id="name-that-only-begins-alike"),
        pytest.param("eu", id="the-root-itself"),
    ],
)
def test_files_outside_the_root_fail(tmp_path, path):
    (tmp_path / "eu").mkdir()
    verdict = check_region([tmp_path / path], tmp_path / "eu")

    assert (verdict.passed, verdict.measured["outside"]) == (False, 1)


def test_a_link_out_of_the_region_fails(tmp_path):
    for name in ("eu/table", "us"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "us" / "part").write_text("x")
    (tmp_path / "eu" / "table" / "part").symlink_to(tmp_path / "us" / "part")
    (tmp_path / "eu" / "linked").symlink_to(tmp_path / "us")

    verdict = check_region([tmp_path / "eu" / "table", tmp_path / "eu" / "linked"], tmp_path / "eu")

    assert (verdict.passed, verdict.measured["outside"], verdict.measured["links_out"]) == (False, 1, 1)

import pytest

from quality.checks import detect_leaks
from quality.checks.detect_leaks import find_leaks, loose_columns
from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE, PURPOSES

pytestmark = pytest.mark.spark

CONTRACT = Contract(
    "protected.things",
    "Things.",
    "one thing",
    (
        Column("country", "string", "Country.", Sensitivity.NONE, pattern=r"^[A-Z]{2}$"),
        Column("text", "string", "Text.", Sensitivity.FREE_TEXT),
        Column("source", "string", "Source.", Sensitivity.NONE),
        PURPOSES,
        EVENT_DATE,
    ),
)
SCHEMA = "country string, text string, source string, purposes array<string>"
CLEAN = ("US", "hello [EMAIL_ADDRESS], call [NUMBER]", "app", ["risk"])


@pytest.mark.parametrize(
    ("row", "failed_on"),
    [
        pytest.param(("DE", None, "app", None), "", id="clean"),
        pytest.param(("DE", "planted@example.org", "app", []), "text: EMAIL_ADDRESS", id="e-mail-in-text"),
        pytest.param(("DE", "at 37.77493, -122.41942", "app", []), "text: COORDINATES", id="place-in-text"),
        pytest.param(("DE", "x", "10.1.2.3", []), "source: IP_ADDRESS", id="address-in-a-loose-column"),
        pytest.param(("DE", "x", "app", ["planted@example.org"]), "purposes: EMAIL_ADDRESS", id="e-mail-in-an-array"),
        pytest.param(("planted@example.org", "x", "app", []), "country: pattern", id="e-mail-in-a-structured-column"),
    ],
)
def test_a_leak_is_found_and_not_quoted(spark, row, failed_on):
    verdict = find_leaks(spark.createDataFrame([CLEAN, row], SCHEMA), CONTRACT)

    assert verdict.check == "no_direct_identifier"
    assert (verdict.passed, verdict.measured["failed_on"]) == (not failed_on, failed_on)
    assert not any(value in repr(verdict) for value in ("planted", "37.77", "10.1.2.3"))


def test_texts_are_scanned_once_each_and_counted_by_entity(spark):
    rows = [("US", text, "app", []) for text in ["a@b.org"] * 5 + ["c@d.org", "hello"]]

    measured = find_leaks(spark.createDataFrame(rows, SCHEMA), CONTRACT).measured

    assert (measured["distinct"], measured["scanned"], measured["EMAIL_ADDRESS"]) == (4, 4, 2)


def test_above_the_limit_a_stated_sample_is_scanned(spark, monkeypatch):
    monkeypatch.setattr(detect_leaks, "sample_size", lambda *_: 20)
    rows = [("US", f"text {n} a@b.org" if n % 5 == 0 else f"text {n}", "app", []) for n in range(200)]

    verdict = find_leaks(spark.createDataFrame(rows, SCHEMA), CONTRACT, seed=7)

    assert (verdict.measured["distinct"], verdict.measured["scanned"], verdict.measured["seed"]) == (201, 21, 7)
    assert not verdict.passed


def test_a_column_the_contract_does_not_know_is_scanned_too(spark):
    df = spark.createDataFrame([("a@b.org", 1)], "extra string, n int")

    assert loose_columns(df, CONTRACT) == ["extra"]
    assert find_leaks(df, CONTRACT).measured["failed_on"] == "extra: EMAIL_ADDRESS"

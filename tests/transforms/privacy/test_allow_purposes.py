from __future__ import annotations

from datetime import datetime

import pytest
from pyspark.sql import functions as F

from transforms.privacy.allow_purposes import Grant, allow_purposes, consent_spans

pytestmark = pytest.mark.spark


def at(hour):
    return datetime(2024, 5, 1, hour)


CONSENTS = [
    ("given", True, 2),
    ("withdrawn", True, 2), ("withdrawn", False, 4),
    ("again", True, 2), ("again", False, 4), ("again", True, 6),
    ("clash", True, 2), ("clash", False, 2),
    ("twice", True, 2), ("twice", True, 3),
    ("refused", False, 2),
]  # fmt: skip
ANALYTICS = {"analytics": Grant(frozenset(), frozenset({"app"}), False)}


def consents_of(spark, rows, purpose="analytics"):
    values = [(who, purpose, given, at(hour)) for who, given, hour in rows]
    return spark.createDataFrame(values, "subject_id string, purpose string, given boolean, event_time timestamp")


def actors_of(spark, *rows):
    return spark.createDataFrame(list(rows), "actor_id string, birth_year int, event_time timestamp")


def allowed(spark, events, *, consents=(), actors=(), grants=ANALYTICS, minor_below=16):
    """Return (purposes, why none) by event, given as (name, actor, hour, source)."""
    rows = [(name, who, at(hour), source) for name, who, hour, source in events]
    df = spark.createDataFrame(rows, "name string, actor_id string, event_time timestamp, source string")
    out = allow_purposes(
        df, consents=consents_of(spark, consents), actors=actors_of(spark, *actors), grants=grants,
        minor_below=minor_below,
    )  # fmt: skip
    found = out.collect()
    assert len(found) == len(events), "a row must never be lost or doubled"
    assert set(out.columns) == {*df.columns, "purposes", "_denied"}
    return {row["name"]: (row["purposes"], row["_denied"]) for row in found}


@pytest.fixture(scope="module")
def by_consent(spark):
    moments = {
        "before-it-was-given": ("given", 1), "at-the-very-moment": ("given", 2), "after": ("given", 9),
        "while-it-held": ("withdrawn", 3), "at-withdrawal": ("withdrawn", 4), "after-withdrawal": ("withdrawn", 5),
        "between-two": ("again", 5), "given-again": ("again", 6), "refusal-wins-a-tie": ("clash", 3),
        "given-twice": ("twice", 5), "refused": ("refused", 5), "never-asked": ("nobody", 5),
    }  # fmt: skip
    events = [(name, who, hour, "app") for name, (who, hour) in moments.items()]
    events.append(("null-actor", None, 5, "app"))
    return allowed(spark, events, consents=CONSENTS)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("before-it-was-given", False), ("at-the-very-moment", True), ("after", True), ("while-it-held", True),
        ("at-withdrawal", False), ("after-withdrawal", False), ("between-two", False), ("given-again", True),
        ("refusal-wins-a-tie", False), ("given-twice", True), ("refused", False), ("never-asked", False),
        ("null-actor", False),
    ],
    ids=str,
)  # fmt: skip
def test_the_latest_statement_as_of_the_event_holds_and_none_means_no(by_consent, moment, holds):
    assert by_consent[moment] == ((["analytics"], None) if holds else ([], "no_consent"))


def test_spans_of_one_purpose_do_not_come_from_another(spark):
    spans = consent_spans(consents_of(spark, CONSENTS).unionByName(consents_of(spark, [("given", False, 3)], "risk")))

    found = {
        (r.subject_id, r.given_from.hour, r.given_until and r.given_until.hour)
        for r in spans.where(F.col("subject_id").isin("given", "again")).collect()
    }
    assert found == {("given", 2, None), ("again", 2, 4), ("again", 6, None)}


def test_consent_to_another_purpose_allows_nothing(spark):
    grants = {"risk": Grant(frozenset(), frozenset({"app"}), False)}

    found = allowed(spark, [("e", "given", 5, "app")], consents=CONSENTS, grants=grants)

    assert found == {"e": ([], "no_consent")}


def test_each_source_serves_the_purposes_of_its_own_legal_basis(spark):
    grants = {
        "analytics": Grant(frozenset({"open"}), frozenset({"app"}), False),
        "risk": Grant(frozenset({"app"}), frozenset(), True),
    }
    events = [("free", "nobody", 5, "open"), ("risk-only", "nobody", 5, "app"), ("both", "given", 5, "app"),
              ("baseless", "given", 5, "stray")]  # fmt: skip

    assert allowed(spark, events, consents=CONSENTS, grants=grants) == {
        "free": (["analytics"], None),
        "risk-only": (["risk"], None),
        "both": (["analytics", "risk"], None),
        "baseless": ([], "no_legal_basis"),
    }


def test_a_minor_or_one_whose_birthday_may_be_yet_to_come_is_denied_unless_the_purpose_allows_minors(spark):
    actors = [("child", 2010, at(1)), ("turning", 2008, at(1)), ("grown", 2007, at(1)),
              ("corrected", 2000, at(1)), ("corrected", 2010, at(2)), ("silent", None, at(1))]  # fmt: skip
    events = [(who, who, 5, "open") for who in ("child", "turning", "grown", "corrected", "silent", "unknown")]
    free = Grant(frozenset({"open"}), frozenset(), False)

    strict = allowed(spark, events, actors=actors, grants={"analytics": free})
    lenient = allowed(spark, events, actors=actors, grants={"risk": Grant(free.free, free.on_consent, True)})

    assert {who for who, (_, why) in strict.items() if why == "minor"} == {"child", "turning", "corrected"}
    assert {who for who, (purposes, _) in lenient.items() if purposes == ["risk"]} == {who for who, *_ in events}


def test_without_any_use_nothing_is_allowed(spark):
    assert allowed(spark, [("e", "given", 5, "app")], consents=CONSENTS, grants={}) == {"e": ([], "no_legal_basis")}

"""A k-anonymous release of the lake accounts for every row, proves each day, and makes a day's rows once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from jobs.build_table_release import build_table_release, table_job
from jobs.job import Inputs
from quality.contracts import contract
from quality.policies.load_policy import load_policy
from quality.releases.contract_of import table_release
from quality.releases.declaration import Gates
from quality.releases.privacy_models import KAnonymity

D1, D2, D3 = (date(2026, 5, day) for day in (1, 2, 3))
NAME = "actions_anonymous"
VERSION = table_release(NAME).version[:12]
TABLE = contract(f"curated.{NAME}")
ACTIONS = (
    "actor_key string, device_key string, event_time timestamp, action string, app_id string, client string,"
    " country string, source string, purposes array<string>, event_date date"
)
NO_ATTACKS = Gates(singling_out=None, linkability=None, inference=None, max_information_loss=1)

pytestmark = pytest.mark.spark


def action(who, day=D1, *, app="feed", device=None, purposes=("risk",), hour=12):
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return who, device, moment, "post", app, "iOS", "NL", "log", list(purposes), day


def four(day=D1):
    """Return two persons in one app and two in another, all in one hour: two classes of two."""
    return [action("ann", day), action("bob", day), action("eve", day, app="maps"), action("joe", day, app="maps")]


@pytest.fixture(autouse=True)
def _of_two(monkeypatch):
    """Two alike are enough, without attacks."""
    small = table_release(NAME).model_copy(
        update={"models": (KAnonymity(model="k_anonymity", k=2),), "gates": NO_ATTACKS}
    )
    monkeypatch.setattr("jobs.build_table_release._declared", lambda _: small)


@pytest.fixture
def _consents(monkeypatch, spark):
    monkeypatch.setattr("jobs.allowed_rows._consenting", lambda *_: spark.createDataFrame([], "_subject string"))


@pytest.fixture
def inputs(spark, home, _consents):
    """Return what a build sees of actions, and of what is ``shown`` already."""

    def inputs(actions, shown=(), dates=(D1, D2), k=2):
        policy = load_policy()
        rules = policy.jurisdictions["eu"]
        rules = rules.model_copy(update={"release": rules.release.model_copy(update={"k": k})})
        policy = policy.model_copy(update={"jurisdictions": {**policy.jurisdictions, "eu": rules}})
        frame = spark.createDataFrame(list(actions), ACTIONS)
        return Inputs(
            home.region("eu"), policy, dates, D3, {"protected.actions": frame},
            {"log": {"risk": "Legitimate interests"}}, None, lambda: None, lambda *_: [], lambda of: None,
            shown=lambda: spark.createDataFrame(list(shown), TABLE.spark_schema),
        )  # fmt: skip

    return inputs


def published(built):
    return sorted((row["event_date"], row["app_id"]) for row in built.frame.collect())


def accounted(built):
    """Return the rows of the input by day and what became of them."""
    told = Counter()
    for row in built.frame.collect():
        told[row["event_date"], row["_level"]] += row["_rows"]
    for row in built.withheld.collect():
        told[row["event_date"], row["reason"]] += row["rows"]
    return told


def out(day, app="feed", declaration=VERSION):
    """Return a row that readers see already."""
    return "2026-05-01 12:00", "post", app, "iOS", "NL", declaration, day


def test_each_day_is_made_anonymous_by_itself(inputs):
    built = build_table_release(inputs([*four(), action("ann", D2), action("bob", D2, app="maps")]), name=NAME)

    assert published(built) == [
        (D1, "feed"), (D1, "feed"), (D1, "maps"), (D1, "maps"), (D2, "{feed, maps}"), (D2, "{feed, maps}"),
    ]  # fmt: skip
    assert accounted(built) == {(D1, "rows"): 4, (D2, "rows"): 2}


def test_accounts_on_one_device_are_one_person_so_that_a_second_one_opens_nothing(inputs):
    fakes = [action("eve", device="d"), action("eve2", device="d")]

    built = build_table_release(inputs(fakes), name=NAME)

    assert accounted(built) == {(D1, "not_proven"): 2}


def test_rows_that_do_not_serve_the_purpose_are_withheld(inputs):
    built = build_table_release(inputs([*four(), action("zoe", purposes=["analytics"])]), name=NAME)

    assert accounted(built) == {(D1, "rows"): 4, (D1, "no_purpose"): 1}


def test_a_day_that_cannot_be_made_anonymous_publishes_nothing_and_the_others_do(inputs):
    built = build_table_release(inputs([*four(), action("ann", D2)]), name=NAME)

    assert accounted(built) == {(D1, "rows"): 4, (D2, "not_proven"): 1}


def test_a_release_of_a_smaller_k_than_the_policy_asks_publishes_nothing(inputs):
    built = build_table_release(inputs(four(), k=3), name=NAME)

    assert accounted(built) == {(D1, "k_below_policy"): 4}


def test_what_is_out_of_a_smaller_k_than_the_policy_asks_now_is_taken_back(inputs):
    seen = inputs(four(), shown=[out(D1), out(D1)], k=3)
    built = build_table_release(seen, name=NAME)
    told = judged(built.frame, seen)

    assert (published(built), accounted(built)) == ([], {(D1, "k_below_policy"): 4})
    assert (told["days_released"].passed, told["rows_as_they_are"].passed) == (False, True)
    assert told["days_released"].measured["failed k_below_policy"] == 1


def test_a_day_that_is_out_keeps_its_rows_whatever_became_of_what_they_were_made_of(inputs):
    built = build_table_release(inputs([*four(), *four(D2)], shown=[out(D1, "old"), out(D1, "old")]), name=NAME)

    assert published(built)[:2] == [(D1, "old"), (D1, "old")]
    assert accounted(built) == {(D1, "as_published"): 4, (D2, "rows"): 4}


def test_the_same_rows_in_another_order_make_the_same_table(inputs):
    one, other = (build_table_release(inputs(rows), name=NAME).frame for rows in (four(), four()[::-1]))

    assert one.collect() == other.collect()


def judged(staged, seen):
    return {one.check: one for check in table_job(TABLE).checks for one in check(staged, seen)}


def test_what_is_staged_is_what_was_proven(inputs):
    seen = inputs(four())
    staged = build_table_release(seen, name=NAME).frame

    verdicts = judged(staged, seen)

    assert set(verdicts) == set(table_job(TABLE).verifies)
    assert all(one.passed for one in verdicts.values())
    assert verdicts["days_released"].measured["least_persons"] == 2


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        pytest.param(lambda df: df.limit(3), {"classes_hold", "rows_proven"}, id="a-row-is-lost"),
        pytest.param(lambda df: df.union(df), {"rows_proven"}, id="rows-are-there-twice"),
        pytest.param(lambda df: df.replace("maps", "web", "app_id"), {"rows_proven"}, id="other-values"),
    ],
)
def test_what_is_staged_and_was_not_proven_stops(inputs, change, failed):
    seen = inputs(four())
    verdicts = judged(change(build_table_release(seen, name=NAME).frame), seen)

    assert {name for name, one in verdicts.items() if one.stops} == failed


def test_a_day_that_is_not_released_is_told_with_what_failed(inputs):
    seen = inputs([*four(), action("ann", D2)])
    told = judged(build_table_release(seen, name=NAME).frame, seen)["days_released"]

    assert (told.passed, told.stops) == (False, False)
    assert told.measured["days_not_released"] == told.measured["failed models"] == 1


def test_a_day_whose_rows_changed_since_is_told(inputs):
    seen = inputs(four(), shown=[out(D1), out(D1)])
    told = judged(build_table_release(seen, name=NAME).frame, seen)

    assert (told["rows_as_they_are"].passed, told["rows_as_they_are"].measured["days_changed"]) == (False, 1)
    assert not any(one.stops for one in told.values())


def test_a_declaration_that_only_says_other_words_changes_no_day(inputs):
    seen = inputs(four())
    rows = build_table_release(seen, name=NAME).frame.drop("_rows", "_level").replace(VERSION, "0" * 12, "declaration")
    again = inputs(four(), shown=[tuple(row) for row in rows.collect()])

    told = judged(build_table_release(again, name=NAME).frame, again)

    assert all(one.passed for one in told.values())


def test_a_day_that_another_declaration_made_keeps_its_rows_and_stops_no_other_day(inputs):
    seen = inputs([*four(), *four(D2)], shown=[out(D1, declaration="0" * 12)])
    built = build_table_release(seen, name=NAME)
    told = judged(built.frame, seen)

    assert [day for day, _ in published(built)] == [D1, D2, D2, D2, D2]
    assert told["rows_as_they_are"].measured == {"days_changed": 1, "days_of_another_declaration": 1}
    assert not any(one.stops for one in told.values()), "one row alone, of a declaration that asked for no two"

"""A noisy release of the lake accounts for every row, and takes only those whose consent holds now."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pyarrow as pa
import pytest

from jobs.budget.export_spends import SPENDS
from jobs.build_curated_privacy_spends import build_curated_privacy_spends
from jobs.build_noisy_release import build_noisy_release, noisy_job
from jobs.job import Figures, Inputs
from quality.contracts import contract
from quality.contracts.errors import PolicyBreach
from quality.policies.load_policy import load_policy

D1, D2, D3 = (date(2026, 5, day) for day in (1, 2, 3))
TABLE = contract("curated.visits_noisy")
FIGURES = pa.table({"cell": ["a", "b"], "persons": [3, -1], "persons_sd": [7.75, 7.75]})
PINGS = "actor_key string, event_time timestamp, cell string, source string, purposes array<string>, event_date date"


class Noisy:
    """Stands for the ledger and the noise; keeps which rows it was handed."""

    def __init__(self, **made):
        self.made, self.seen = {date.fromisoformat(day): found for day, found in made.items()}, {}

    def public(self, release):
        return pa.table({"cell": ["a", "b"]})

    def of(self, release, day, rows):
        self.seen[day] = sorted(row["actor_key"] for row in rows.select("actor_key").collect())
        return self.made.get(day, Figures(FIGURES))

    def spends(self):
        return SPENDS.empty_table()


def ping(who, day=D1, purposes=("analytics",), source="survey"):
    return who, datetime(day.year, day.month, day.day, 12), "c", source, list(purposes), day


@pytest.fixture
def inputs(spark, home):
    """Return what a build sees: one source on consent, which Ann and Bob gave, and one on public interest."""

    def inputs(*pings, noisy=None, dates=(D1, D2)):
        bases = {"survey": {"analytics": "Consent"}, "census": {"analytics": "Public interest"}}
        return Inputs(
            home.region("eu"), load_policy(), dates, D3, {"protected.pings": spark.createDataFrame(list(pings), PINGS)},
            bases, None, lambda: None, lambda *_: [], lambda of: spark.createDataFrame([], of.spark_schema.add(
                "_reason", "string").add("_payload", "string")), noisy=noisy,
        )  # fmt: skip

    return inputs


@pytest.fixture(autouse=True)
def _consents(monkeypatch, spark):
    """Ann and Bob consent now; how that is found out is the business of ``allowed_rows``' own tests."""
    named = spark.createDataFrame([("ann",), ("bob",)], "_subject string")
    monkeypatch.setattr("jobs.allowed_rows._consenting", lambda *_: named)


def withheld(built):
    return Counter({(row["event_date"], row["reason"]): row["rows"] for row in built.withheld.collect()})


def contributing(built):
    return sum(row["_rows"] for row in built.frame.collect())


pytestmark = pytest.mark.spark


def test_figures_are_of_rows_that_serve_the_purpose_on_a_basis_that_holds_now(inputs):
    noisy = Noisy()
    pings = [
        ping("ann"),
        ping("bob"),
        ping("bob"),
        ping("eve"),
        ping("ann", purposes=["risk"]),
        ping("eve", source="x"),
    ]

    built = build_noisy_release(inputs(*pings, ping("eve", source="census"), noisy=noisy), name="visits_noisy")

    assert noisy.seen[D1] == ["ann", "bob", "bob", "eve"]
    assert withheld(built) == {(D1, "no_consent_now"): 1, (D1, "no_purpose"): 1, (D1, "no_legal_basis_now"): 1}
    assert contributing(built) == 4


def test_rows_of_a_day_without_a_budget_are_told_as_withheld(inputs):
    noisy = Noisy(**{str(D2): Figures(None, reason="no_budget")})

    built = build_noisy_release(inputs(ping("ann"), ping("bob", D2), ping("ann", D2), noisy=noisy), name="visits_noisy")

    assert {row["event_date"] for row in built.frame.collect()} == {D1}
    assert withheld(built) == {(D2, "no_budget"): 2}
    assert contributing(built) == 1


def test_a_day_whose_figures_are_all_left_out_loses_no_row_of_the_count(inputs):
    noisy = Noisy(**{str(D1): Figures(FIGURES.slice(0, 0))})

    built = build_noisy_release(inputs(ping("ann"), noisy=noisy, dates=(D1,)), name="visits_noisy")

    assert (built.frame.count(), withheld(built)) == (0, {(D1, "no_figures"): 1})


def test_a_day_without_rows_has_figures_too(inputs):
    built = build_noisy_release(inputs(ping("ann"), noisy=Noisy()), name="visits_noisy")

    assert {row["event_date"] for row in built.frame.collect()} == {D1, D2}


def test_without_a_ledger_nothing_is_released(inputs):
    with pytest.raises(PolicyBreach, match="no ledger of privacy budgets"):
        build_noisy_release(inputs(ping("ann")), name="visits_noisy")


@pytest.mark.parametrize(
    ("figures", "failed"),
    [
        pytest.param({}, set(), id="as-paid"),
        pytest.param({str(D1): Figures(FIGURES, changed=True)}, {"figures_of_these_rows"}, id="of-earlier-rows"),
        pytest.param(
            {str(D1): Figures(FIGURES.slice(0, 1))}, {"figures_paid", "partitions_public"}, id="other-than-published"
        ),
    ],
)
def test_what_is_staged_is_judged_against_the_ledger(spark, inputs, figures, failed):
    job = noisy_job(TABLE)
    seen = inputs(ping("ann"), noisy=Noisy(**figures), dates=(D1,))
    rows = FIGURES if failed != {"figures_paid", "partitions_public"} else FIGURES.slice(1)
    staged = spark.createDataFrame(rows.append_column("event_date", pa.array([D1] * rows.num_rows)))

    verdicts = [verdict for check in job.checks for verdict in check(staged, seen)]

    assert {verdict.check for verdict in verdicts} == set(job.verifies)
    assert {verdict.check for verdict in verdicts if not verdict.passed} == failed


def spend(number, day=D1, published=True, release="visits_noisy"):
    told = dict.fromkeys(SPENDS.names, "x") | {"id": number, "release": release, "first": day, "last": day}
    return told | {"loss": "0.05", "delta": "0", "published": published, "spent_at": datetime(2026, 5, 3, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("spends", "rows"),
    [
        pytest.param([spend(1)], [(True, 2)], id="paid"),
        pytest.param([spend(1, published=False), spend(2)], [(False, 0), (True, 2)], id="one-died"),
        pytest.param([spend(1), spend(2)], [(False, 0), (True, 2)], id="the-newer-is-published"),
        pytest.param([spend(1), spend(2, D3)], [(True, 2)], id="another-day"),
        pytest.param([], [], id="nothing-paid-for-what-is-published"),
    ],
)
def test_each_published_figure_is_counted_under_what_paid_for_it(spark, inputs, spends, rows):
    noisy = SimpleNamespace(spends=lambda: pa.Table.from_pylist(spends, SPENDS))
    figures = spark.createDataFrame(FIGURES.append_column("event_date", pa.array([D1] * 2)))
    seen = inputs(ping("ann"), noisy=noisy, dates=(D1,))
    seen.tables.clear()
    seen.tables["curated.visits_noisy"] = figures

    built = build_curated_privacy_spends(seen)

    told = built.frame.collect()
    assert sorted((row["published"], row["_rows"]) for row in told) == rows
    assert all((row["loss"], row["dataset"]) == ("0.05", "x") for row in told)

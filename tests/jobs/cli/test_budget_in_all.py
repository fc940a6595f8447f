"""Beside what a release costs stands what was spent of the same people before."""

from __future__ import annotations

import pytest

from tests.jobs.cli.noisy_builds import DAYS, DECLARED


def test_beside_what_a_release_costs_stands_what_the_ledger_has_spent_of_the_same_people(granted, noisy, geoward):
    """A day that is paid twice has lost 0.4, as rho: that is said of the second release, which alone costs 0.2."""
    for consumer in ([], ["--consumer", "city"]):
        geoward("budget", "grant", "visits", "--unit", "user_day", "--rho", "0.5", "--per", "day", *consumer)
    first, _ = noisy()
    again, _ = noisy("--from", "2026-05-01", "--to", "2026-05-02", out="both.csv")
    other, _ = noisy("--from", "2026-05-03", "--to", "2026-05-03", out="other.csv")

    told = [(one.document["alone"]["loss"], one.document["in_all"]["loss"]) for one in (first, again, other)]
    assert told == [(0.2, 0.2), (0.2, 0.4), (0.2, 0.4)]
    alone, in_all = again.document["alone"], again.document["in_all"]
    assert alone["claim"].startswith("This release alone: epsilon = ")
    assert in_all["claim"].startswith("With all that this ledger knows of visits: epsilon = ")
    assert in_all["epsilon"] > alone["epsilon"] and in_all["lifetime_epsilon"] > alone["lifetime_epsilon"]


def test_of_users_all_days_and_consumers_are_in_what_the_ledger_has_spent(geoward, noisy):
    geoward("budget", "make")
    for consumer in ([], ["--consumer", "city"], ["--consumer", "press"]):
        geoward("budget", "grant", "visits", "--unit", "user", "--rho", "1", *consumer)
    of_users = {"unit": {**DECLARED["unit"], "per": "user"}, "lifetime": {"units": 1}}
    noisy(**of_users)

    done, _ = noisy("--from", "2026-05-02", "--to", "2026-05-02", out="b.csv", consumer="press", **of_users)

    assert (done.document["alone"]["loss"], done.document["in_all"]["loss"]) == (0.2, 0.4)
    assert done.document["in_all"]["lifetime_epsilon"] == done.document["in_all"]["epsilon"]


def test_the_list_tells_what_a_unit_has_lost_as_epsilon(granted, noisy, geoward):
    """Two days are paid for once each: 0.4 of the lifetime's budget, of which a user-day has lost 0.2."""
    first, _ = noisy()
    noisy("--from", "2026-05-02", "--to", "2026-05-02", out="second.csv")

    for one in geoward("budget", "list", "--json").document["budgets"]:
        assert (one["spent"][0], one["unit_lost"]) == (0.4, [0.2, 0.0])
        assert one["unit_epsilon"] == [first.document["alone"]["epsilon"], 1e-7]
    assert "epsilon 3" in " ".join(geoward("budget", "list").stdout.split())


def test_where_delta_reaches_1_the_ledger_promises_nothing_any_more(geoward, noisy, tmp_path):
    geoward("budget", "make")
    for consumer in ([], ["--consumer", "city"]):
        geoward("budget", "grant", "visits", "--unit", "user_day", "--epsilon", "9", "--delta", "0.5", *consumer)
    private = {
        "loss": {"accounting": "approximate", "epsilon": 1, "delta": 0.06}, "partitions": {"are": "private"},
        "changed_input": "spend",
    }  # fmt: skip
    noisy(**private)

    done, _ = noisy(*DAYS, "--report", tmp_path / "r.html", people=4, out="b.csv", **private)

    assert done.document["alone"]["lifetime_delta"] == pytest.approx(0.6)
    assert done.document["in_all"] is None  # 10 units of 0.12
    assert "nothing is promised any more" in (tmp_path / "r.html").read_text()

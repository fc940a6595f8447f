from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from jobs.sample.activity import channel_id
from jobs.sample.day_of_actions import day_of_actions
from jobs.sample.planted_actions import FRAUD_CHANNEL, fraud_clicks, ring_actions, spam_actions, takeover_actions
from jobs.sample.takeovers import plan_takeovers

LADDER = (0.0, 0.25, 0.5, 0.75, 1.0)


def ring_spread(cast) -> float:
    """Mean seconds between the first and the last follow of a ring's campaign."""
    times = defaultdict(list)
    for day in range(cast.days):
        for row in ring_actions(cast, day):
            if row["type"] == "follow":
                times[day, row["ip"] if row["ip"].startswith("10.") else None, row["target"]].append(row["time_ms"])
    return float(np.mean([max(t) - min(t) for t in times.values() if len(t) > 2])) / 1_000


def click_gap(cast) -> float:
    """Median seconds between following clicks of one account."""
    times = defaultdict(list)
    for day in range(cast.days):
        for row in fraud_clicks(cast, day):
            if row["type"] == "ad_click":
                times[day, row["actor"]].append(row["time_ms"])
    return float(np.median(np.concatenate([np.diff(t) for t in times.values()]))) / 1_000


def conversion_share(cast) -> float:
    """Conversions by fraudulent clicks."""
    kinds = [row["type"] for day in range(cast.days) for row in fraud_clicks(cast, day)]
    return kinds.count("conversion") / kinds.count("ad_click")


def plain_contacts(cast) -> float:
    """Share of spam texts with an e-mail address, link, phone or coordinate in its usual form."""
    rows = [row["text"] for day in range(cast.days) for row in spam_actions(cast, day)]
    return float(np.mean([any(mark in text for mark in ("@", "https://", "+", ".")) for text in rows]))


@pytest.mark.parametrize(
    ("measure", "rises"),
    [
        pytest.param(ring_spread, True, id="rings-spread-out"),
        pytest.param(click_gap, True, id="fraud-clicks-slow-down"),
        pytest.param(conversion_share, True, id="some-fraud-clicks-convert"),
        pytest.param(plain_contacts, False, id="spam-hides-its-contacts"),
    ],
)
def test_hardness_camouflages_abuse_step_by_step(cast_of, measure, rises):
    measured = [measure(cast_of(hardness)) for hardness in LADDER]
    assert measured == sorted(measured, reverse=not rises)
    assert len(set(measured)) > 2


def test_one_channel_gets_the_fraud_and_hardly_any_sale(cast_of):
    cast = cast_of()
    rows = [row for day in range(cast.days) for row in day_of_actions(cast, plan_takeovers(cast), day)]
    clicks, sales = defaultdict(int), defaultdict(int)
    for row in rows:
        clicks[row.get("channel")] += row["type"] == "ad_click"
        sales[row.get("channel")] += row["type"] == "conversion"
    fraud = channel_id(FRAUD_CHANNEL)
    others = [name for name in clicks if name not in (None, fraud)]
    assert clicks[fraud] > 5 * max(clicks[name] for name in others)
    assert sales[fraud] / clicks[fraud] < 0.02 < 0.06 < sum(map(sales.get, others)) / sum(map(clicks.get, others))


def test_a_ring_follows_one_creator_within_two_minutes(cast_of):
    cast = cast_of(actors=200)
    ring = {cast.actor_id(int(actor)) for actor in cast.roles.rings[0]}
    follows = [row for row in ring_actions(cast, 0) if row["type"] == "follow" and row["actor"] in ring]
    assert len(follows) == len(ring)
    assert len({row["target"] for row in follows}) == 1
    assert max(row["time_ms"] for row in follows) - min(row["time_ms"] for row in follows) < 120_000


def test_an_intruder_logs_in_from_another_country_minutes_after_the_owner(cast_of):
    cast = cast_of()
    takeovers = plan_takeovers(cast)
    rows = [row for day in range(cast.days) for row in takeover_actions(cast, takeovers, day)]
    for actor in takeovers.actor.tolist():
        own = [row for row in rows if row["actor"] == cast.actor_id(actor)]
        owner, intruder = [row for row in own if row["type"] == "log_in"]
        assert intruder["time_ms"] - owner["time_ms"] < 8 * 60_000
        assert intruder["country"] != owner["country"]
        assert intruder["device"] != owner["device"]
        assert sum(row["type"] == "purchase" for row in own) == 2


def test_actions_are_in_order_inside_their_day_and_on_existing_accounts(cast_of):
    cast = cast_of(1.0)
    created = {cast.actor_id(actor): int(cast.created[actor]) for actor in range(len(cast))}
    for day in range(cast.days):
        rows = day_of_actions(cast, plan_takeovers(cast), day)
        times = np.array([row["time_ms"] for row in rows])
        assert (np.diff(times) >= 0).all()
        assert {(t // 1_000 - cast.start) // 86_400 for t in times.tolist()} == {day}
        assert all(row["time_ms"] // 1_000 >= created[row["actor"]] for row in rows)
